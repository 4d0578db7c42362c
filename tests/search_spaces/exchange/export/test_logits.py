"""Every export of B0 to B7, loaded by the library it is for, gives our logits with our weights."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from search_spaces import Architecture, Head, Stage, Stem
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference

pytestmark = pytest.mark.slow

SIDE, NUM_CLASSES = 48, 10
EFFICIENTNETS = [f"efficientnet-b{index}" for index in range(8)]


@dataclass(frozen=True)
class Made:
    """A network with disturbed weights in a file, an input and its logits."""

    architecture: Architecture
    weights: Path
    images: Tensor
    logits: Tensor

    def check(self, logits: Tensor) -> None:
        assert (self.logits[0] - self.logits[1]).abs().max() > 0.1  # otherwise they would agree whatever is computed
        torch.testing.assert_close(logits, self.logits, rtol=0, atol=5e-4 * float(self.logits.abs().max()))


def make(architecture: Architecture, folder: Path, eps: float = 1e-3) -> Made:
    """Draw weights, and statistics of batch norms as a training would leave them."""
    torch.manual_seed(0)
    always_whole = replace(architecture, drop_path=0.0)
    network = build_network(always_whole, num_classes=NUM_CLASSES, batch_norm_eps=eps, batch_norm_momentum=1.0)
    height, width = architecture.input_size
    with torch.inference_mode():
        for name, tensor in network.state_dict().items():
            if tensor.dim() == 1 and name.endswith(("weight", "bias")):
                tensor.add_(torch.empty_like(tensor).uniform_(-0.3, 0.3))
        images = torch.randn(8, 3, height, width)
        network.train()(images)
        images = images[:2]  # on other images a deep network of random weights magnifies rounding errors
        logits = network.eval()(images)
    weights = folder / "ours.safetensors"
    safetensors.torch.save_file(network.state_dict(), weights)
    return Made(architecture, weights, images, logits)


@pytest.fixture(scope="module", params=EFFICIENTNETS)
def made(request: pytest.FixtureRequest, quiet: None) -> Iterator[Made]:  # noqa: ARG001
    with tempfile.TemporaryDirectory() as folder:
        yield make(replace(reference(request.param), resolution=SIDE), Path(folder))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that does not outlive the test: pytest keeps its own for three runs, at 3 GB of weights each."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # many small layers are quicker so where cores are shared
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch.set_num_threads(threads)


STRANGER = """
import json, sys
for name in ("search_spaces", "trials", "nas", "grid_search"):
    sys.modules[name] = None
import importlib, safetensors.torch, torch
torch.set_num_threads(1)
for line in sys.stdin:
    folder, name, weights = json.loads(line)
    sys.path.insert(0, folder)
    with torch.inference_mode():
        images = safetensors.torch.load_file(folder + "/images.safetensors")["images"]
        logits = importlib.import_module(name).load(weights).eval()(images)
    safetensors.torch.save_file({"logits": logits}, folder + "/logits.safetensors")
    print("done", flush=True)
"""


@pytest.fixture(scope="module")
def stranger() -> Iterator[subprocess.Popen[str]]:
    """Return a fresh process that runs standalone files and in which our packages cannot be imported."""
    command = [sys.executable, "-I", "-c", STRANGER]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.communicate()


class Undrawn(TorchFunctionMode):
    """Leave new weights at 0 in the place of drawing them: ours are loaded afterwards, and these would not pass."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.__name__.endswith(("normal_", "uniform_")):
            return (args[0] if args else kwargs["tensor"]).detach().zero_()
        return func(*args, **(kwargs or {}))


def import_file(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module  # timm looks a module up by its name
    specification.loader.exec_module(module)
    return module


def run(model: nn.Module, weights: Path, images: Tensor) -> Tensor:
    model.load_state_dict(safetensors.torch.load_file(weights))
    with torch.inference_mode():
        logits: Tensor = model.eval()(images)
    return logits


def run_timm(made: Made, path: Path, eps: float = 1e-3) -> Tensor:
    timm = pytest.importorskip("timm")
    with Undrawn():
        module, weights = export_architecture(made.architecture, "timm", path, made.weights, batch_norm_eps=eps)
        (name,) = import_file(module).__all__
        model = timm.create_model(name)
    return run(model, weights, made.images)


def run_torch(made: Made, path: Path, stranger: subprocess.Popen[str], eps: float = 1e-3) -> Tensor:
    """Run the standalone file where our packages are not."""
    with Undrawn():
        module, weights = export_architecture(made.architecture, "torch", path, made.weights, batch_norm_eps=eps)
    safetensors.torch.save_file({"images": made.images}, path.parent / "images.safetensors")
    assert stranger.stdin is not None and stranger.stdout is not None
    stranger.stdin.write(json.dumps([str(path.parent), module.stem, str(weights)]) + "\n")
    stranger.stdin.flush()
    assert stranger.stdout.readline() == "done\n"
    return safetensors.torch.load_file(path.parent / "logits.safetensors")["logits"]


def run_onnx(made: Made, path: Path) -> Tensor:
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    (written,) = export_architecture(made.architecture, "onnx", path, made.weights)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(written), options, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["logits"], {"images": made.images.numpy()})[0])


@pytest.mark.usefixtures("torchvision_imports")
def test_timm(made: Made, folder: Path) -> None:
    made.check(run_timm(made, folder / f"timm_{made.architecture.name[-2:]}.py"))


@pytest.mark.usefixtures("torchvision_imports")
def test_torchvision(made: Made, folder: Path) -> None:
    with Undrawn():
        module, weights = export_architecture(made.architecture, "torchvision", folder / "tv.py", made.weights)
        model = import_file(module).build()
    made.check(run(model, weights, made.images))


def test_onnx_runtime(made: Made, folder: Path) -> None:
    made.check(run_onnx(made, folder / "network.onnx"))


def test_the_standalone_file_in_a_fresh_process(made: Made, folder: Path, stranger: subprocess.Popen[str]) -> None:
    made.check(run_torch(made, folder / f"standalone_{made.architecture.name[-2:]}.py", stranger))


STAGES: dict[str, tuple[Stage, ...]] = {
    "timm": (
        Stage(op="conv", skip="identity", width=16, depth=2),
        Stage(op="conv", skip="none", stride=2, width=16, depth=2),
        Stage(op="dsconv", skip="none", se_ratio=0.5, width=16, depth=2),
        Stage(op="mbconv", skip="none", width=16, depth=2),
        Stage(op="mbconv", kernel_size=5, expansion_ratio=2.5, se_ratio=0.125, stride=2, width=32, depth=2),
    ),
    "anything": (
        Stage(op="conv", se_ratio=0.25, skip="pool", stride=2, width=24, depth=2),
        Stage(op="dsconv", se_ratio=0.25, skip="identity", width=24, depth=2),
        Stage(op="mbconv", expansion_ratio=0.5, skip="projection", stride=2, width=40, depth=2),
        Stage(op="basic", kernel_size=5, skip="projection", width=24, depth=2),
        Stage(op="bottleneck", expansion_ratio=0.25, skip="none", stride=2, width=32, depth=2),
        Stage(op="bottleneck", expansion_ratio=0.5, skip="pool", width=40, depth=2),
    ),
}


def odd(stages: str, **fields: Any) -> Architecture:
    """Build a network whose every part is another, to be exported by the formats that can."""
    settings: dict[str, Any] = {"stem": Stem(width=16), "activation": "hardswish", "dropout": 0.1, "drop_path": 0.1}
    return Architecture(
        name="odd", resolution=(65, 48), stages=STAGES[stages], head=Head(width=None), **(settings | fields)
    )


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("activation", ["relu", "hardswish"])
def test_timm_builds_all_that_an_arch_def_can_say(activation: str, folder: Path) -> None:
    made = make(odd("timm", activation=activation, stem=Stem(width=16, kernel_size=5)), folder, eps=1e-5)
    made.check(run_timm(made, folder / f"odd_{activation}.py", eps=1e-5))


def test_one_file_holds_any_network(folder: Path, stranger: subprocess.Popen[str]) -> None:
    made = make(odd("anything", stem=Stem(width=16, kernel_size=7, pool=2)), folder, eps=1e-5)
    made.check(run_torch(made, folder / "odd.py", stranger, eps=1e-5))


def test_onnx_holds_any_network(folder: Path) -> None:
    made = make(odd("anything", stem=Stem(width=16, kernel_size=7, pool=2)), folder)
    made.check(run_onnx(made, folder / "odd.onnx"))
