"""ONNX files; their logits are in test_logits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem
from search_spaces.exchange.export.formats import export_architecture
from tests.search_spaces.exchange.export.refusals import B0, refused_key

SMALL = Architecture(
    resolution=(8, 6), stem=Stem(width=4), stages=(Stage(op="mbconv", width=6, depth=1),), head=Head(width=None)
)


def test_the_file_says_what_goes_in_and_comes_out(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    (path,) = export_architecture(SMALL, "onnx", tmp_path / "network.onnx", num_classes=5)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    sizes = {
        value.name: [dimension.dim_param or dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    }
    assert sizes == {"images": ["batch", 3, 8, 6], "logits": ["batch", 5]}
    assert "BatchNormalization" not in {node.op_type for node in model.graph.node}


def test_without_weights_equal_networks_give_equal_files_and_no_draw(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    before = torch.get_rng_state()
    for name in "ab":
        export_architecture(SMALL, "onnx", tmp_path / name)
        torch.rand(1) if name == "a" else None
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    torch.set_rng_state(before)
    export_architecture(SMALL, "onnx", tmp_path / "c")
    assert torch.equal(torch.get_rng_state(), before)


def test_onnx_without_its_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(InvalidInput, match=r"pip install 'compound-nas\[export\]'"):
        export_architecture(B0, "onnx", tmp_path / "network.onnx")


REFUSED: list[tuple[str, Architecture]] = [
    ("architecture", replace(B0, head=Head(width=60_000), stages=(replace(B0.stages[0], width=60_000),))),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "onnx", tmp_path) == key
