"""One file with torch alone; that a fresh process runs it is in test_logits."""

from __future__ import annotations

import ast
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from search_spaces import Head
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference
from tests.search_spaces.exchange.export.refusals import B0


def imported(path: Path) -> Any:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module  # dataclasses look their module up by its name
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["efficientnet-b0", "resnet-18", "mobilenet-v1"])
def test_it_has_the_weights_of_our_network(name: str, tmp_path: Path) -> None:
    (path,) = export_architecture(reference(name), "torch", tmp_path / f"standalone_{name[:4]}.py", num_classes=7)
    module = imported(path)
    with torch.device("meta"):
        theirs, expected = module.Network().state_dict(), build_network(reference(name), num_classes=7).state_dict()
    assert {key: value.shape for key, value in theirs.items()} == {key: v.shape for key, v in expected.items()}


def test_new_weights_are_drawn_as_ours(tmp_path: Path) -> None:
    small = replace(B0, stages=B0.stages[:2], head=Head(width=16))
    (path,) = export_architecture(small, "torch", tmp_path / "standalone_small.py", batch_norm_eps=1e-3)
    torch.manual_seed(3)
    theirs = imported(path).build(num_classes=5)
    torch.manual_seed(3)
    expected = build_network(small, num_classes=5)
    images = torch.ones(1, 3, 32, 32)
    torch.testing.assert_close(theirs.eval()(images), expected.eval()(images))


def test_it_imports_nothing_of_ours(tmp_path: Path) -> None:
    (path,) = export_architecture(B0, "torch", tmp_path / "network.py")
    found = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {str(name).partition(".")[0] for name in found} <= {*sys.stdlib_module_names, "torch", "safetensors"}
