"""Strings of an arch_def; that timm builds our network from them is in test_logits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces import Architecture, Stem
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference
from tests.search_spaces.exchange.export.decoding import assignments
from tests.search_spaces.exchange.export.refusals import B0, changed, refused_key


def test_timm_never_says_ir_with_e1(tmp_path: Path) -> None:
    (path,) = export_architecture(reference("efficientnet-b7"), "timm", tmp_path / "network.py")
    strings = [text for (text,) in assignments(path)["ARCH_DEF"]]
    assert strings[0] == "ds_r4_k3_s1_e1_c32_se0.25"
    assert not [text for text in strings if text.startswith("ir") and "_e1_" in text]


REFUSED: list[tuple[str, Architecture]] = [
    ("stem.pool", reference("resnet-50")),
    ("stem.stride", replace(B0, stem=Stem(width=32, stride=1))),
    ("stages.2.stride", changed(2, stride=3)),
    ("stages.1.skip", changed(1, skip="pool")),
    ("stages.1.skip", changed(1, skip="projection")),
    ("stages.2.se_ratio", changed(2, op="conv", expansion_ratio=1)),
    ("stages.2.skip", changed(2, op="dsconv", expansion_ratio=1)),
    ("stages.2.expansion_ratio", changed(2, expansion_ratio=1.1)),
    ("stages.2.se_ratio", changed(2, se_ratio=0.07)),
]


@pytest.mark.parametrize(("key", "architecture"), REFUSED)
def test_what_cannot_be_expressed_is_refused(key: str, architecture: Architecture, tmp_path: Path) -> None:
    assert refused_key(architecture, "timm", tmp_path) == key
