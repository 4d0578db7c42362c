"""An ONNX file: any of our networks, at its resolution, for any batch size. Needs torch and the `onnx` package."""

from __future__ import annotations

import importlib.util
import tempfile
import warnings
from pathlib import Path

from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.python_text import PRODUCER
from search_spaces.exchange.export.request import Files, Request
from search_spaces.exchange.export.serving import onnx_properties

OPSET = 20
LARGEST_BYTES = 2**31 - 2**24  # a protocol buffer ends at 2 GiB


def export_onnx(request: Request, path: Path) -> Files:
    """Return the network in evaluation mode, batch norms folded into convolutions; input `images`, output `logits`.

    Among its metadata is what the weights expect of images. Without weights in the request they are drawn from seed 0.
    """
    _check(request)
    import torch

    from search_spaces.network import build_network

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = build_network(
            request.architecture, request.in_channels, request.num_classes, batch_norm_eps=request.batch_norm_eps
        )
    if request.state is not None:
        network.load_state_dict(dict(request.state))
    images = torch.zeros(1, request.in_channels, *request.architecture.input_size)
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        # the exporter that torch recommends instead needs a further package, onnxscript
        warnings.simplefilter("ignore", DeprecationWarning)
        target = Path(folder) / "network.onnx"
        torch.onnx.export(
            network.eval(),
            (images,),
            target,
            dynamo=False,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["logits"],
            dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}},
        )
        return {path: _described(target, request)}


def _described(target: Path, request: Request) -> bytes:
    """Return the graph with who made it and what serving needs."""
    import onnx

    model = onnx.load(target)
    model.producer_name, model.producer_version = PRODUCER, ""
    onnx.helper.set_model_props(model, onnx_properties(request))
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _check(request: Request) -> None:
    if importlib.util.find_spec("onnx") is None:
        raise InvalidInput("--to", "onnx", "onnx with the package onnx installed (pip install 'compound-nas[export]')")
    size = 4 * estimate_cost(request.architecture, request.num_classes, request.in_channels).params
    if size > LARGEST_BYTES:
        raise InvalidInput(
            "architecture", f"{size} bytes of weights", f"at most {LARGEST_BYTES} bytes in one ONNX file"
        )
