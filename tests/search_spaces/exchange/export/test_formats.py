"""What a format cannot express is refused by the name of the field, and nothing is written."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch

from search_spaces import Architecture, Head, InvalidInput, Stem
from search_spaces.exchange.export.formats import FORMATS, export_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference

B0 = reference("efficientnet-b0")


def changed(index: int, **fields: Any) -> Architecture:
    """Return B0 with one stage changed."""
    stages = list(B0.stages)
    stages[index] = replace(stages[index], **fields)
    return replace(B0, stages=tuple(stages))


REFUSED: list[tuple[str, str, Architecture]] = [
    ("timm", "stem.pool", reference("resnet-50")),
    ("timm", "stem.stride", replace(B0, stem=Stem(width=32, stride=1))),
    ("timm", "stages.2.stride", changed(2, stride=3)),
    ("timm", "stages.1.skip", changed(1, skip="pool")),
    ("timm", "stages.1.skip", changed(1, skip="projection")),
    ("timm", "stages.2.se_ratio", changed(2, op="conv", expansion_ratio=1)),
    ("timm", "stages.2.skip", changed(2, op="dsconv", expansion_ratio=1)),
    ("timm", "stages.2.expansion_ratio", changed(2, expansion_ratio=1.1)),
    ("timm", "stages.2.se_ratio", changed(2, se_ratio=0.07)),
    ("torchvision", "activation", replace(B0, activation="relu")),
    ("torchvision", "stages.6.se_ratio", changed(6, se_ratio=0)),
    ("torchvision", "stages.3.se_ratio", changed(3, se_ratio=0.5)),
    ("torchvision", "stages.1.skip", changed(1, skip="none")),
    ("torchvision", "stages.1.width", changed(1, width=28)),
    ("torchvision", "stem.kernel_size", replace(B0, stem=Stem(width=32, kernel_size=5))),
    ("torchvision", "head.width", replace(B0, head=Head(width=None))),
    ("torchvision", "stages.2.op", changed(2, op="dsconv", expansion_ratio=1)),
    ("tpu", "stem.width", replace(B0, stem=Stem(width=48))),
    ("tpu", "stages.2.expansion_ratio", changed(2, expansion_ratio=2.5)),
    ("tpu", "activation", replace(B0, activation="hardswish")),
    ("automl", "stages.1.skip", changed(1, skip="none")),
    ("automl", "stages.2.op", changed(2, op="conv", expansion_ratio=1)),
    ("pycls", "stages.3.se_ratio", changed(3, se_ratio=0)),
    ("pycls", "activation", replace(B0, activation="relu6")),
    ("pycls", "resolution", replace(B0, resolution=(224, 192))),
    ("onnx", "architecture", replace(B0, head=Head(width=60_000), stages=(replace(B0.stages[0], width=60_000),))),
    ("tensorflow", "--to", B0),
]


@pytest.mark.parametrize(
    ("to", "key", "architecture"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_cannot_be_expressed_is_refused(to: str, key: str, architecture: Architecture, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        export_architecture(architecture, to, tmp_path / "network.py")
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_name_cannot_put_code_into_a_file(tmp_path: Path) -> None:
    evil = replace(B0, name='"""\nimport os\nos.system("true")\n"""\\N{x} {0} 网')
    for to in ("timm", "torchvision", "tpu", "automl", "torch"):
        (path,) = export_architecture(evil, to, tmp_path / f"{to}.py")
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import)]
        assert "os" not in {alias.name for node in calls for alias in node.names}
        assert "os.system(" not in path.read_text()


def test_every_python_file_is_python(tmp_path: Path) -> None:
    for to in set(FORMATS) - {"pycls", "onnx"}:
        (path,) = export_architecture(B0, to, tmp_path / f"{to}.py")
        compile(path.read_text(), str(path), "exec")


@pytest.mark.parametrize("to", ["tpu", "automl", "pycls"])
def test_descriptions_take_no_weights(to: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--weights"):
        export_architecture(B0, to, tmp_path / "network", tmp_path / "w.safetensors")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    state = build_network(small, num_classes=5).state_dict()
    for name, change in {
        "missing": {key: value for key, value in state.items() if key != "head.conv.weight"},
        "more": {**state, "blocks.9.weight": state["classifier.bias"]},
        "shape": {**state, "head.norm.bias": state["classifier.bias"]},
        "no classifier": {"stem.conv.weight": state["stem.conv.weight"]},
    }.items():
        path = tmp_path / f"{name}.safetensors"
        safetensors.torch.save_file({key: value.clone() for key, value in change.items()}, path)
        with pytest.raises(InvalidInput, match="--weights"):
            export_architecture(small, "torch", tmp_path / "network.py", path)
    (tmp_path / "none.safetensors").write_bytes(b"no such file format")
    for path in (tmp_path / "none.safetensors", tmp_path / "absent.safetensors"):
        with pytest.raises(InvalidInput, match="readable safetensors"):
            export_architecture(small, "torch", tmp_path / "network.py", path)
    assert not (tmp_path / "network.py").exists()


def test_weights_that_were_read_are_never_overwritten(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    weights = tmp_path / "network.safetensors"
    safetensors.torch.save_file(build_network(small, num_classes=5).state_dict(), weights)
    before = weights.read_bytes()
    with pytest.raises(InvalidInput, match="--out"):
        export_architecture(small, "timm", tmp_path / "network.py", weights)
    assert weights.read_bytes() == before


def test_classes_and_inputs_are_those_of_the_weights(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    weights = tmp_path / "w.safetensors"
    safetensors.torch.save_file(build_network(small, in_channels=1, num_classes=5).state_dict(), weights)
    module, _ = export_architecture(small, "timm", tmp_path / "network.py", weights)
    assert "num_classes=5" in module.read_text() and "in_chans=1" in module.read_text()
    with pytest.raises(InvalidInput, match="in_channels"):
        export_architecture(small, "torchvision", tmp_path / "other.py", weights)


def test_onnx_without_its_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(InvalidInput, match=r"pip install 'compound-nas\[export\]'"):
        export_architecture(B0, "onnx", tmp_path / "network.onnx")


def test_text_formats_import_no_torch() -> None:
    import subprocess

    code = (
        "import sys; from search_spaces.exchange.export.formats import export_architecture as e\n"
        "from search_spaces.reference import reference\n"
        "import tempfile, pathlib\n"
        "folder = pathlib.Path(tempfile.mkdtemp())\n"
        "for to in ('timm', 'torchvision', 'tpu', 'automl', 'pycls', 'torch'):\n"
        "    e(reference('efficientnet-b0'), to, folder / to)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
