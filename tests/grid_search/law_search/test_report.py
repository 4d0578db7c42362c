from __future__ import annotations

from functools import cache

import pytest

from grid_search.law_search.report import LawReport, law_entry, report_law
from tests.grid_search.law_search.searched import finished, pool


@cache
def report() -> LawReport:
    found = report_law(finished(), pool(), 0)
    assert found is not None
    return found


def test_what_is_written_holds_answer_intervals_and_path() -> None:
    entry = law_entry(report())
    assert entry["trainings"] == len(finished())
    for name, (low, high) in entry["intervals"].items():
        assert low <= entry["answer"][name] <= high
    assert set(entry["losses"]) == {"paper", "depth only", "width only", "resolution only"}
    ratios = [step["ratio"] for step in entry["path"]]
    assert ratios == sorted(ratios) and 1.0 not in ratios and ratios[-1] == 128
    (at_target,) = (step for step in entry["path"] if step["ratio"] == 2)
    assert [at_target[axis] for axis in ("depth", "width", "resolution")] == list(entry["answer"].values())
    low, high = at_target["val_accuracy_band"]
    assert low < at_target["val_accuracy"] < high


def test_what_lies_beyond_the_trainings_is_called_extrapolated() -> None:
    entry = law_entry(report())
    assert entry["extrapolates_beyond"] == pytest.approx(finished()["ratio"].max(), abs=1e-3)
    assert [step["ratio"] > entry["extrapolates_beyond"] for step in entry["path"]] == [
        step["extrapolated"] for step in entry["path"]
    ]


def test_no_accuracy_beyond_100_percent_is_foretold() -> None:
    lifted = finished().assign(val_accuracy=lambda table: table["val_accuracy"] + 1 - table["val_accuracy"].max())
    found = report_law(lifted, pool(), 0)
    assert found is not None
    bands = [step["val_accuracy_band"] for step in law_entry(found)["path"]]
    assert max(high for _, high in bands) == 1


def test_nothing_finished_is_no_report() -> None:
    assert report_law(finished().assign(state="fail"), pool(), 0) is None
