from __future__ import annotations

from dataclasses import replace

from grid_search.compound_scaling import Coefficients
from grid_search.explore.payload import explored
from search_spaces.architecture_file import parse_architecture
from search_spaces.reference import reference
from search_spaces.scaling import Rounding
from search_spaces.task import Task


def test_a_published_baseline_is_not_told_twice() -> None:
    data = explored(reference("efficientnet-b0"))
    assert [network["name"] for network in data["networks"]] == [f"efficientnet-b{number}" for number in range(8)]
    assert data["coefficients"] == {"alpha": 1.2, "beta": 1.1, "gamma": 1.15}


def test_an_own_baseline_comes_first_with_its_rule_and_task() -> None:
    own = replace(reference("resnet-50"), name="own")
    coefficients, rounding = Coefficients(alpha=1.1, beta=1.0, gamma=1.3), Rounding(resolution_multiple=4)
    data = explored(own, coefficients=coefficients, rounding=rounding, task=Task(num_classes=10))
    assert parse_architecture(data["baseline"]).key == own.key
    assert data["networks"][0]["name"] == "own"
    assert (data["task"], data["rounding"]["resolution_multiple"]) == ([10, 3], 4)
