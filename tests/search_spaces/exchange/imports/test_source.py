"""Whatever names a baseline; timm models are in test_timm_model."""

from __future__ import annotations

from pathlib import Path

import pytest
from search_spaces.exchange.imports.source import load_baseline_source

from search_spaces import InvalidInput, save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import REFERENCES, reference
from tests.search_spaces.exchange.imports.published import MNASNET_A1, load


def test_other_sources_are_what_they_were(tmp_path: Path) -> None:
    for name in REFERENCES:
        assert load_baseline_source(name) == reference(name)
    with pytest.raises(InvalidInput, match="timm:MODEL"):
        load_baseline_source(str(tmp_path / "nowhere.yaml"))
    assert estimate_cost(load_baseline_source("resnet-50")).params == 25_557_032


def test_a_file_is_read_and_named_after_itself(tmp_path: Path) -> None:
    save_architecture(reference("mnasnet-a1"), tmp_path / "mine.yaml")
    assert load_baseline_source(tmp_path / "mine.yaml") == reference("mnasnet-a1")
    assert load(tmp_path, arch_def=MNASNET_A1, activation="relu").name == "mine"


def test_a_file_of_neither_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        load(tmp_path, activation="relu", resolution=224)
