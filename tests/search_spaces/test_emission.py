from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from search_spaces import Architecture, Head, Stage, Stem, load_architecture
from search_spaces.cost import estimate_cost
from search_spaces.emission import emit_architecture
from search_spaces.measure import measure_cost
from search_spaces.reference import reference
from search_spaces.task import Task

SMALL = Architecture(
    name="small",
    resolution=16,
    stem=Stem(width=4),
    stages=(Stage(op="mbconv", expansion_ratio=2, width=6, depth=2),),
    head=Head(width=8),
)


def test_a_network_that_fvcore_can_run_is_counted_by_it(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    assert emit_architecture(SMALL, path, task=Task(num_classes=3), provenance={"phi": 1}) == "fvcore"
    content = yaml.safe_load(path.read_text())
    assert content["cost"]["params"] == measure_cost(SMALL, 3).params
    assert content["provenance"]["phi"] == 1
    assert load_architecture(path) == SMALL


def test_a_network_too_large_to_run_is_counted_in_closed_form(tmp_path: Path) -> None:
    path = tmp_path / "l2.yaml"
    assert emit_architecture(reference("efficientnet-l2"), path) == "closed-form"
    assert yaml.safe_load(path.read_text())["cost"]["params"] == 480_309_308  # published


def test_counters_that_disagree_write_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(measure_cost(SMALL), flops=estimate_cost(SMALL).flops + 1)
    monkeypatch.setattr("search_spaces.measure.measure_cost", lambda *_: wrong)
    with pytest.raises(RuntimeError, match="please report it"):
        emit_architecture(SMALL, tmp_path / "small.yaml")
    assert list(tmp_path.iterdir()) == []
