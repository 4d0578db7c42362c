from __future__ import annotations

import pytest

from grid_search.cost_function import forget_costs


@pytest.fixture(autouse=True)
def networks_counted_once(counted_once: None) -> None:
    """Use the memory of counts in every test of this folder."""


@pytest.fixture(autouse=True)
def nothing_measured_before() -> None:
    """Start every test as a process starts: no network has been measured."""
    forget_costs()
