from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from grid_search.law_search.report import law_entry, report_law
from grid_search.law_search.screen import law_lines
from tests.grid_search.law_search.searched import finished, pool


def deep_ones_learn_nothing() -> pd.DataFrame:
    """Return trainings so short that a network is the better the fewer blocks it has."""
    networks = finished()
    return networks.assign(val_accuracy=networks["val_accuracy"] - 0.15 * np.log(networks["alpha"]))


def test_a_baseline_in_balance_is_left_as_it_is() -> None:
    report = report_law(finished(), pool(), 0)
    assert report is not None
    assert report.reshaped is None and law_entry(report)["reshaped"] is None
    assert not any(line.startswith("shape:") for line in law_lines(report))


def test_a_baseline_that_is_too_deep_for_its_training_is_told() -> None:
    report = report_law(deep_ones_learn_nothing(), pool(), 0)
    assert report is not None and report.reshaped is not None
    entry = law_entry(report)["reshaped"]
    assert entry["depth"] < 1 and entry["ratio"] <= pool().config.target
    assert 0 < entry["gains"]["interval"][0] <= entry["gains"]["mean"]
    (line,) = (line for line in law_lines(report) if line.startswith("shape:"))
    assert f"depth {entry['depth']:.2f}" in line and "out of balance" in line


def test_a_pool_that_shrinks_no_axis_has_nothing_to_say() -> None:
    larger = np.flatnonzero(pool().shapes.min(axis=1) >= 0)
    grown = replace(pool(), **{name: getattr(pool(), name)[larger] for name in ("multipliers", "sizes", "ratios")})
    report = report_law(deep_ones_learn_nothing(), grown, 0)
    assert report is not None and report.reshaped is None
