"""What holds for every format."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch

from search_spaces import Head, InvalidInput
from search_spaces.exchange.export.formats import FORMATS, export_architecture
from search_spaces.network import build_network
from tests.search_spaces.exchange.export.refusals import B0


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--to: got 'tensorflow', accepted: timm, torchvision, tpu"):
        export_architecture(B0, "tensorflow", tmp_path / "network.py")
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


def test_weights_that_were_read_are_never_overwritten(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    weights = tmp_path / "network.safetensors"
    safetensors.torch.save_file(build_network(small, num_classes=5).state_dict(), weights)
    before = weights.read_bytes()
    with pytest.raises(InvalidInput, match="--out"):
        export_architecture(small, "timm", tmp_path / "network.py", weights)
    assert weights.read_bytes() == before


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
