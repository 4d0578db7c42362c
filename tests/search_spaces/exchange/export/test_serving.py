"""An exported file alone says how to prepare images and what the answers are called."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem, save_architecture
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.network import Network, build_network
from search_spaces.weights import ARCHITECTURE, WEIGHTS, Expects, save_weights

NAMES = ("oak", 'quote " and {0} \\n', "line\nbreak\r\u2028end", "网")
ESCAPED = ("oak", 'quote " and {0} \\\\n', "line\\nbreak\\r\\u2028end", "网")
SQUEEZED = {"op": "mbconv", "expansion_ratio": 2, "se_ratio": 0.25}
NETWORK = Architecture(
    name="flowers",
    resolution=(20, 24),
    stem=Stem(width=8),
    stages=(Stage(**SQUEEZED, width=8, depth=1), Stage(**SQUEEZED, width=16, depth=2, stride=2)),  # type: ignore[arg-type]
    head=Head(width=32),
)
MEANS, STDS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Trained:
    """A trained network, its folder as `nas train` leaves it, and what it expects."""

    folder: Path
    network: Network
    expects: Expects

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

    def pixels(self, count: int) -> Tensor:
        """Return images with values in 0..1."""
        generator = torch.Generator().manual_seed(count)
        return torch.rand(count, self.expects.in_channels, *self.expects.resolution, generator=generator)

    def check(self, classify: Callable[[Tensor], Tensor], mean: Any, std: Any) -> None:
        """Compare logits for one image and for three, prepared by what somebody read from a file."""
        for count in (1, 3):
            pixels = self.pixels(count)
            ours = self.network(normalized(pixels, self.expects.mean, self.expects.std))
            assert ours.std() > 0.01
            torch.testing.assert_close(classify(normalized(pixels, mean, std)), ours, rtol=0, atol=1e-4)


def normalized(pixels: Tensor, mean: Any, std: Any) -> Tensor:
    shift, scale = (torch.tensor(numbers).view(1, -1, 1, 1) for numbers in (mean, std))
    return (pixels - shift) / scale


def train(folder: Path, channels: int, names: tuple[str, ...] | None = NAMES) -> Trained:
    torch.manual_seed(channels)
    network = build_network(NETWORK, in_channels=channels, num_classes=4, batch_norm_momentum=1.0)
    network.train()(torch.randn(16, channels, *NETWORK.input_size))  # statistics that are not the initial ones
    expects = Expects(
        resolution=NETWORK.input_size,
        mean=MEANS[:channels],
        std=STDS[:channels],
        num_classes=4,
        classes=names,
        network=NETWORK.key,
    )
    folder.mkdir(exist_ok=True)
    save_architecture(NETWORK, folder / ARCHITECTURE, num_classes=4, in_channels=channels)
    save_weights(network, expects, folder / WEIGHTS)
    return Trained(folder, network.eval(), expects)


@pytest.fixture(params=[1, 3], ids=["grey", "colour"])
def trained(request: pytest.FixtureRequest, tmp_path: Path) -> Trained:
    return train(tmp_path / "train", request.param)


@pytest.fixture(autouse=True)
def no_gradients() -> Any:
    with torch.inference_mode():
        yield


def import_file(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module  # timm looks a module up by its name
    specification.loader.exec_module(module)
    return module


def metadata(path: Path) -> dict[str, Any]:
    with safetensors.safe_open(path, framework="pt") as file:
        return {name: json.loads(value) for name, value in file.metadata().items()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_onnx(trained: Trained, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    path, named = export_architecture(NETWORK, "onnx", tmp_path / "out" / "flowers.onnx", trained.weights)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    (images,), (logits,) = session.get_inputs(), session.get_outputs()
    channels = trained.expects.in_channels
    assert (images.name, images.shape) == ("images", ["batch", channels, 20, 24])
    assert (logits.name, logits.shape) == ("logits", ["batch", 4])
    meta = session.get_modelmeta()
    said = {name: json.loads(value) for name, value in meta.custom_metadata_map.items()}
    assert meta.producer_name == "compound-nas"
    assert said["input_size"] == [channels, 20, 24] and said["num_classes"] == 4
    assert tuple(said["classes"]) == NAMES
    assert named == path.parent / "classes.txt"

    def classify(inputs: Tensor) -> Tensor:
        return torch.from_numpy(session.run(["logits"], {"images": inputs.numpy()})[0])

    trained.check(classify, said["mean"], said["std"])


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("pretrained", [True, False])
def test_timm(trained: Trained, pretrained: bool, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm")
    stem = f"served_by_timm_{trained.expects.in_channels}"
    path, weights, _ = export_architecture(NETWORK, "timm", tmp_path / f"{stem}.py", trained.weights)
    (name,) = import_file(path).__all__  # type: ignore[attr-defined]
    model = timm.create_model(name, pretrained=pretrained).eval()
    if not pretrained:
        model.load_state_dict(safetensors.torch.load_file(weights))
    channels = trained.expects.in_channels
    cfg, data = model.pretrained_cfg, timm.data.resolve_model_data_config(model)
    assert model.default_cfg == cfg
    assert (cfg["num_classes"], cfg["input_size"], cfg["label_names"]) == (4, (channels, 20, 24), NAMES)
    assert (data["input_size"], data["interpolation"], data["crop_pct"]) == ((channels, 20, 24), "bilinear", 1.0)
    assert (data["mean"], data["std"]) == (trained.expects.mean, trained.expects.std)
    trained.check(model, data["mean"], data["std"])


@pytest.mark.parametrize("to", ["torch", "torchvision"])
@pytest.mark.usefixtures("torchvision_imports")
def test_modules(to: str, tmp_path: Path) -> None:
    trained = train(tmp_path / "train", 3)
    path, weights, _ = export_architecture(NETWORK, to, tmp_path / f"served_by_{to}.py", trained.weights)
    module = import_file(path)
    assert tuple(module.CLASSES) == NAMES
    assert module.INPUT_SIZE == (3, 20, 24)
    model = module.build().eval()
    model.load_state_dict(safetensors.torch.load_file(weights))
    trained.check(model, module.MEAN, module.STD)


@pytest.mark.parametrize("to", ["timm", "torchvision", "torch"])
def test_weights_beside_a_module_keep_what_they_say(to: str, tmp_path: Path) -> None:
    trained = train(tmp_path / "train", 3)
    files = export_architecture(NETWORK, to, tmp_path / "flowers.py", trained.weights)
    assert [file.name for file in files] == ["flowers.py", "flowers.safetensors", "classes.txt"]
    assert metadata(files[1]) == metadata(trained.weights)
    assert "expects" in metadata(files[1])


def test_names_of_classes_stay_on_their_lines(trained: Trained, tmp_path: Path) -> None:
    *_, path = export_architecture(NETWORK, "torch", tmp_path / "flowers.py", trained.weights)
    assert path.read_bytes().decode() == "".join(f"{line}\n" for line in ESCAPED)
    assert path.read_text(encoding="utf-8").splitlines() == list(ESCAPED)
    read = [line.encode("latin-1", "backslashreplace").decode("unicode_escape") for line in ESCAPED]
    assert tuple(read) == NAMES


def test_numbered_classes_get_no_file(tmp_path: Path) -> None:
    trained = train(tmp_path / "train", 3, names=None)
    path, weights = export_architecture(NETWORK, "torchvision", tmp_path / "numbered.py", trained.weights)
    assert "CLASSES = None" in path.read_text()
    assert metadata(weights)["expects"]["classes"] is None
    assert not (tmp_path / "classes.txt").exists()


def test_names_of_other_classes_are_not_overwritten(tmp_path: Path) -> None:
    trained = train(tmp_path / "train", 3)
    (tmp_path / "classes.txt").write_text("car\n")
    with pytest.raises(InvalidInput, match="names other classes"):
        export_architecture(NETWORK, "torch", tmp_path / "flowers.py", trained.weights)
    assert (tmp_path / "classes.txt").read_text() == "car\n"
    assert not (tmp_path / "flowers.py").exists()
    (tmp_path / "classes.txt").unlink()
    for _ in range(2):  # the same names may be there
        export_architecture(NETWORK, "torch", tmp_path / "flowers.py", trained.weights)
    with pytest.raises(InvalidInput, match="names of the classes go there"):
        export_architecture(NETWORK, "onnx", tmp_path / "classes.txt", trained.weights)


@pytest.mark.parametrize("to", ["timm", "torchvision", "torch"])
def test_weights_that_say_nothing_are_exported_as_they_are(to: str, tmp_path: Path) -> None:
    state = build_network(NETWORK, num_classes=4).state_dict()
    safetensors.torch.save_file(state, tmp_path / "plain.safetensors")
    path, weights = export_architecture(NETWORK, to, tmp_path / "out.py", tmp_path / "plain.safetensors")
    with safetensors.safe_open(weights, framework="pt") as file:
        assert file.metadata() is None
    assert "mean" not in path.read_text().split("class ")[0].lower()


WRONG: dict[str, dict[str, Any]] = {
    "--weights": {"network": replace(NETWORK, activation="relu").key},
    "--weights.expects.resolution": {"resolution": (24, 20), "network": None},
    "--weights.expects.mean": {"mean": (0.5,)},
    "--weights.expects.std": {"std": (0.2, 0.0, 0.2)},
    "--weights.expects.num_classes": {"num_classes": 5},
    "--weights.expects.classes": {"classes": ("a", "b")},
}


@pytest.mark.parametrize("key", WRONG)
def test_what_contradicts_the_weights_is_refused(key: str, tmp_path: Path) -> None:
    trained = train(tmp_path / "train", 3)
    save_weights(trained.network, replace(trained.expects, **WRONG[key]), trained.weights)
    with pytest.raises(InvalidInput) as caught:
        export_architecture(NETWORK, "torch", tmp_path / "out.py", trained.weights)
    assert caught.value.key == key
    assert not (tmp_path / "out.py").exists()


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "{}", '{"mean": "x"}'])
def test_malformed_metadata_is_one_line(text: str, tmp_path: Path) -> None:
    state = build_network(NETWORK, num_classes=4).state_dict()
    safetensors.torch.save_file(state, tmp_path / "w.safetensors", {"expects": text})
    with pytest.raises(InvalidInput, match=r"^--weights.expects") as caught:
        export_architecture(NETWORK, "torch", tmp_path / "out.py", tmp_path / "w.safetensors")
    assert len(str(caught.value).splitlines()) == 1
