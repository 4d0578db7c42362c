"""Weights of a file, and their names in other libraries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from search_spaces import Head, InvalidInput
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.exchange.export.weights import as_timm, as_torchvision, pack
from search_spaces.network import build_network
from tests.search_spaces.exchange.export.refusals import B0


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


def test_classes_and_inputs_are_those_of_the_weights(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    weights = tmp_path / "w.safetensors"
    safetensors.torch.save_file(build_network(small, in_channels=1, num_classes=5).state_dict(), weights)
    module, _ = export_architecture(small, "timm", tmp_path / "network.py", weights)
    assert "num_classes=5" in module.read_text() and "in_chans=1" in module.read_text()
    with pytest.raises(InvalidInput, match="in_channels"):
        export_architecture(small, "torchvision", tmp_path / "other.py", weights)


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("library", ["timm", "torchvision"])
def test_names_and_shapes_are_those_of_the_library(library: str) -> None:
    module: Any = pytest.importorskip(library)
    make = module.create_model if library == "timm" else module.models.get_model
    with torch.device("meta"):
        state, theirs = build_network(B0).state_dict(), make("efficientnet_b0").state_dict()
    renamed = {"timm": as_timm, "torchvision": as_torchvision}[library](state, B0)
    assert {name: tensor.shape for name, tensor in renamed.items()} == {
        name: tensor.shape for name, tensor in theirs.items()
    }


def test_what_is_packed_is_read_back_by_safetensors() -> None:
    state = {"a": torch.arange(6.0).reshape(2, 3).T, "b": torch.zeros(0)}
    back = safetensors.torch.load(pack(state, None))
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], tensor) for name, tensor in state.items())
