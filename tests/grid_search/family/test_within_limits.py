from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from grid_search.compound_scaling import Coefficients, Multipliers
from grid_search.family.finished import ScalingRule
from grid_search.family.finished_law import FinishedLaw
from grid_search.family.within_limits import families_within, network_within
from grid_search.law.posterior import Law
from grid_search.law_search.shapes import shape_between
from search_spaces import InvalidInput
from search_spaces.architecture_file import parse_architecture
from search_spaces.cost import estimate_cost
from search_spaces.files import parse_yaml
from search_spaces.scaling import Rounding
from search_spaces.task import Task
from tests.grid_search.search.test_law_run import BASELINE

TASK = Task(num_classes=10, in_channels=3)
SMALL = parse_architecture(parse_yaml(BASELINE, "small"), default_name="small")
OWN = estimate_cost(SMALL, *TASK)


def accuracy(shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what saturates in each axis, in points: width pays most."""
    return 80 - np.exp(-shapes) @ np.array([3.0, 9.0, 7.0])


def law() -> FinishedLaw:
    rule = ScalingRule(
        baseline=SMALL,
        task=TASK,
        coefficients=Coefficients(alpha=1.2, beta=1.1, gamma=1.15),
        rounding=Rounding(depth="nearest", width_divisor=4),
    )
    known = cast("Law", SimpleNamespace(draw=lambda shapes: accuracy(shapes)[None] + np.array([[-1.0], [1.0]])))
    return FinishedLaw(law=known, rule=rule, varying=(0, 1, 2), dearest=2.0)


@pytest.mark.parametrize("limits", [("4x", "2x"), ("4x", "8x"), ("8x", "1x"), ("2x", "0.6x"), ("0.5x", "0.9x")])
def test_both_limits_are_kept_and_nothing_within_them_is_better(limits: tuple[str, str]) -> None:
    flops, params = limits
    made = network_within(law(), {"flops": flops, "params": params}).architecture
    most = float(flops[:-1]) * OWN.flops, float(params[:-1]) * OWN.params
    cost = estimate_cost(made, *TASK)
    assert cost.flops <= most[0] and cost.params <= most[1]
    shape = shape_between(SMALL, made)
    assert shape is not None
    own = accuracy(shape[None])[0]
    random = np.random.default_rng(0)
    for axes in np.exp(random.uniform(np.log(0.4), np.log(3), (300, 3))).tolist():
        rival = Multipliers(*axes).apply(SMALL, law().rule.rounding)
        count, size = estimate_cost(rival, *TASK), shape_between(SMALL, rival)
        if size is not None and count.flops <= most[0] and count.params <= most[1]:
            assert accuracy(size[None])[0] < own + 0.25  # the lattice has steps


def test_it_is_named_by_its_limits_and_tells_what_is_foretold() -> None:
    made = network_within(law(), {"flops": "4x", "params": "2x"})
    assert made.architecture.name == "small-4x-2xparams"
    assert "best within flops 4x and params 2x: val_accuracy 0." in made.method
    assert made.method.endswith("extrapolated")
    assert not network_within(law(), {"flops": "1.5x", "params": "9x"}).method.endswith("extrapolated")


def test_a_looser_second_limit_never_costs_accuracy() -> None:
    limits: dict[str, tuple[str | float, ...]] = {"flops": ("4x",) * 3, "params": ("1x", "2x", "4x")}
    shapes = [shape_between(SMALL, one.architecture) for one in families_within(law(), limits)]
    reached = [accuracy(shape[None])[0] for shape in shapes if shape is not None]
    assert len(reached) == 3 and (np.diff(reached) > -0.05).all()  # each has a lattice of its own


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        ({"flops": ("4x",), "params": ("1x", "2x")}, "--params"),
        ({"flops": ("4x",), "params": ("0.001x",)}, "--flops"),
        ({"flops": ("4x",), "params": ("many",)}, "--params"),
    ],
)
def test_limits_that_cannot_be_kept(limits: dict[str, tuple[str | float, ...]], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        families_within(law(), limits)
    assert caught.value.key == key
