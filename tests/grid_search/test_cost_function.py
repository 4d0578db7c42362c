"""The measures of a scaled network: counts, a clock and functions of users, each network asked once."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from grid_search.cost_function import cost_function
from grid_search.family.config import FamilyConfig
from grid_search.family.members import make_family
from grid_search.grid.config import GridConfig, Range
from grid_search.grid.enumeration import enumerate_grid
from grid_search.grid.solve import solve_axes
from search_spaces import Architecture, InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.task import Task

B0 = reference("efficientnet-b0")


def test_counts_are_those_of_the_closed_form() -> None:
    assert cost_function("params")(B0) == 5_288_548
    assert cost_function("params", Task(num_classes=10))(B0) == estimate_cost(B0, 10).params


def test_a_module_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "joules_of_mine.py").write_text("def joules(network):\n    return 2.5\n")
    monkeypatch.chdir(tmp_path)
    assert cost_function("joules_of_mine:joules")(B0) == 2.5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("joules", "cost: got 'joules', accepted: flops, params, activations, latency, or package.module:callable"),
        ("nowhere:f", "cost: got 'nowhere:f', accepted: .*something that can be imported"),
        ("tests.objectives:not_callable", "accepted: .*the name of a callable"),
    ],
)
def test_a_wrong_name_is_one_line(name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        cost_function(name)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 10**400])
def test_an_answer_that_is_no_cost_is_refused(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_spaces.measure.measure_latency", lambda *_: value)
    with pytest.raises(InvalidInput, match=r"cost: got .*accepted: a finite number above 0 from latency"):
        cost_function("latency")(B0)


def test_grid_controls_and_family_ask_each_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    noise = itertools.cycle([0.99, 1.0, 1.01])

    def measure(architecture: Architecture, *_task: int) -> float:
        asked.append(architecture.key)
        return next(noise) * estimate_cost(architecture).flops / 1e6

    monkeypatch.setattr("search_spaces.measure.measure_latency", measure)
    steps = {name: Range(step=0.25) for name in ("alpha", "beta", "gamma")}
    enumerate_grid(B0, GridConfig(**steps, cost="latency", constraint="both", tolerance=0.3))
    solve_axes(B0, 2.0, cost="latency")
    make_family(B0, FamilyConfig(targets=("2x",), cost="latency", tolerance=0.1))
    assert asked.count(B0.key) == 1
    assert len(asked) == len(set(asked))


def test_classifiers_of_another_size_are_other_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_spaces.measure.measure_latency", lambda _, *task: float(task[0]))
    assert [cost_function("latency", Task(num_classes=classes))(B0) for classes in (10, 1000)] == [10.0, 1000.0]
