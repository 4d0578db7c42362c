"""Tables for torchvision; that it builds our network from them is in test_logits."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces import Architecture, Head, Stem
from search_spaces.exchange.export.formats import export_architecture
from tests.search_spaces.exchange.export.refusals import B0, changed, refused_key


def test_the_table_is_that_of_torchvision(tmp_path: Path) -> None:
    # torchvision, models/efficientnet.py: expand_ratio, kernel, stride, input_channels, out_channels, num_layers
    (path,) = export_architecture(B0, "torchvision", tmp_path / "network.py")
    nodes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
    assert ast.literal_eval(nodes[0].value) == [
        (1, 3, 1, 32, 16, 1),
        (6, 3, 2, 16, 24, 2),
        (6, 5, 2, 24, 40, 2),
        (6, 3, 2, 40, 80, 3),
        (6, 5, 1, 80, 112, 3),
        (6, 5, 2, 112, 192, 4),
        (6, 3, 1, 192, 320, 1),
    ]


REFUSED: list[tuple[str, Architecture]] = [
    ("activation", replace(B0, activation="relu")),
    ("stages.6.se_ratio", changed(6, se_ratio=0)),
    ("stages.3.se_ratio", changed(3, se_ratio=0.5)),
    ("stages.1.skip", changed(1, skip="none")),
    ("stages.1.width", changed(1, width=28)),
    ("stem.kernel_size", replace(B0, stem=Stem(width=32, kernel_size=5))),
    ("head.width", replace(B0, head=Head(width=None))),
    ("stages.2.op", changed(2, op="dsconv", expansion_ratio=1)),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "torchvision", tmp_path) == key
