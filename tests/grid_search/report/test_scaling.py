from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from grid_search.compound_scaling import COEFFICIENTS
from grid_search.report.scaling import Scaling, read_scaling, trained
from search_spaces.errors import InvalidInput
from search_spaces.files import read_yaml


def test_a_search_is_read_as_it_was_decided(searched: Path) -> None:
    scaling = read_scaling(searched)
    written = read_yaml(searched / "scale" / "coefficients.yaml")
    assert scaling.result.coefficients is not None
    assert all(getattr(scaling.result.coefficients, name) == written[name] for name in COEFFICIENTS)
    assert scaling.state == "finished"
    assert len(scaling.work) == len(scaling.result.trials)
    assert trained(scaling.result.ground, scaling.result).sum() == 3


def test_a_search_that_still_goes_is_read_without_its_results(searched: Path, tmp_path: Path) -> None:
    going = tmp_path / "going"
    going.mkdir()
    for name in ("study.journal", "run.json"):
        shutil.copy(searched / "scale" / name, going)
    record = json.loads((going / "run.json").read_text())
    (going / "run.json").write_text(json.dumps(record | {"state": "running"}))
    scaling = read_scaling(going)
    assert scaling.state == "running"
    assert scaling.result.ground.baseline.name == "efficientnet-b0"
    assert scaling.result.decision is not None


def test_tables_of_earlier_versions_are_read(published: Scaling) -> None:
    assert published.work.empty
    assert published.result.decision is not None
    written = read_yaml(published.result.folder / "coefficients.yaml")
    assert float(published.result.decision.best["alpha"]) == written["alpha"]


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="scale search"):
        read_scaling(tmp_path)
