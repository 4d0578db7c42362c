from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from grid_search.cost_function import forget_costs


@pytest.fixture(autouse=True)
def networks_counted_once(counted_once: None) -> None:
    """Use the memory of counts in every test of this folder."""


@pytest.fixture(autouse=True)
def nothing_measured_before() -> None:
    """Start every test as a process starts: no network has been measured."""
    forget_costs()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with the experiment `try`: an objective of a moment, three candidates."""
    path = tmp_path / "experiments.yaml"
    scale = {"candidates": 3, "repeats": 2, "leaders": 1, "phis": [0, 1]}
    path.write_text(yaml.safe_dump({"try": {"objective": {"python": "tests.objectives:by_size"}, "scale": scale}}))
    return path
