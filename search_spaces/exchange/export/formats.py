"""The formats by name, and the one way to write any of them. Torch is imported only where weights or ONNX need it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.automl_format import export_automl
from search_spaces.exchange.export.onnx_format import export_onnx
from search_spaces.exchange.export.pycls_format import export_pycls
from search_spaces.exchange.export.request import BATCH_NORM_EPS, Files, Request
from search_spaces.exchange.export.serving import classes_file
from search_spaces.exchange.export.timm_format import export_timm
from search_spaces.exchange.export.torch_format import export_torch
from search_spaces.exchange.export.torchvision_format import export_torchvision
from search_spaces.exchange.export.tpu_format import export_tpu
from search_spaces.files import atomic_write

FORMATS: dict[str, Callable[[Request, Path], Files]] = {
    "timm": export_timm,
    "torchvision": export_torchvision,
    "tpu": export_tpu,
    "automl": export_automl,
    "pycls": export_pycls,
    "onnx": export_onnx,
    "torch": export_torch,
}
WITHOUT_WEIGHTS = ("tpu", "automl", "pycls")


def export_architecture(
    architecture: Architecture,
    to: str,
    path: str | Path,
    weights: str | Path | None = None,
    num_classes: int = 1000,
    *,
    in_channels: int = 3,
    batch_norm_eps: float = BATCH_NORM_EPS,
) -> list[Path]:
    """Write `architecture` for another library and return the files written.

    `weights` is a safetensors file with a state dict of `build_network`, whose inputs and classes then count;
    `batch_norm_eps` is what it was trained with. timm, torchvision and torch get the weights in a file of their own
    beside `path`, with the suffix .safetensors. Names of classes that the weights know go to classes.txt there.
    Raises InvalidInput, and writes nothing, where the format cannot express the network.
    """
    if to not in FORMATS:
        raise InvalidInput("--to", to, FORMATS)
    if not math.isfinite(batch_norm_eps) or not 0 < batch_norm_eps <= 1:
        raise InvalidInput("--batch-norm-eps", batch_norm_eps, "a number above 0, to 1")
    if num_classes < 1:
        raise InvalidInput("--num-classes", num_classes, "an integer of at least 1")
    request = Request(
        architecture=architecture, num_classes=num_classes, in_channels=in_channels, batch_norm_eps=batch_norm_eps
    )
    if weights is not None:
        request = _with_weights(request, to, Path(weights))
    files, named = FORMATS[to](request, Path(path)), classes_file(request, Path(path))
    if files.keys() & named.keys():
        raise InvalidInput("--out", str(path), "another file: the names of the classes go there")
    files |= named
    _check_targets(files, weights)
    for target, content in files.items():
        with atomic_write(target, "wb") as stream:
            stream.write(content)
    return list(files)


def _with_weights(request: Request, to: str, weights: Path) -> Request:
    if to in WITHOUT_WEIGHTS:
        kept = ", ".join(name for name in FORMATS if name not in WITHOUT_WEIGHTS)
        raise InvalidInput(
            "--weights", str(weights), f"none with --to {to}, a description without weights; {kept} keep them"
        )
    from search_spaces.exchange.export.weights import read_weights, sizes

    state, expects = read_weights(weights, request.architecture)
    in_channels, num_classes = sizes(state)
    return replace(request, in_channels=in_channels, num_classes=num_classes, state=state, expects=expects)


def _check_targets(files: Files, weights: str | Path | None) -> None:
    """Refuse to write over the weights that were read, and a weight file in the place of the description."""
    for target in files:
        if target.is_dir() or (weights is not None and target.resolve() == Path(weights).resolve()):
            raise InvalidInput("--out", str(target), "another file")
