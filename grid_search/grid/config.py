"""The `scale.grid` section of an experiment: which coefficients are candidates. No torch, no pandas."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from grid_search.compound_scaling import LARGEST_COEFFICIENT
from search_spaces.architecture import STRICT
from search_spaces.checks import check_above
from search_spaces.errors import InvalidInput
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding

Positive = Annotated[float, Field(gt=0, le=LARGEST_COEFFICIENT, allow_inf_nan=False)]
Constraint = Literal["nominal", "measured", "both"]
Method = Literal["grid", "solve"]
CoefficientName = Literal["alpha", "beta", "gamma"]
COST_EXPONENTS: dict[str, int] = {"alpha": 1, "beta": 2, "gamma": 2}
SOLVE_STEP = 0.001
MOST_COUNTED = 1e15


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Values of one coefficient: `low`, `low + step`, ... up to `high`, both included where the steps meet them.

    A bound of None follows from the target: see `GridConfig.bounds`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    low: Positive | None = None
    high: Positive | None = None
    step: Positive = 0.05

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.high < self.low:
            raise InvalidInput("high", self.high, f"a number of at least low ({self.low:g})")


@dataclass(frozen=True, kw_only=True, slots=True)
class GridConfig:
    """Which coefficients are candidates: those whose cost lies strictly between target - tolerance and target + it.

    `target` and `tolerance` are in baselines (2 and 0.1: from 1.9 to 2.1 times its cost). `constraint` says which
    cost: the `nominal` product alpha * beta^2 * gamma^2, what the rounded network is `measured` to cost, or `both`.
    `cost` is what is measured: `flops`, `activations`, `params`, `latency` on this machine, or a callable
    `package.module:name` from Architecture to a number. `method: solve` steps through two coefficients and solves
    the third, `solve_for`, for the measured cost nearest the target.

    The published search says neither step nor range nor tolerance; these are those of the one public
    re-implementation (an example in microsoft/nni), and the paper's own answer, whose product is 1.92, is among
    them.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    alpha: Range = field(default_factory=Range)
    beta: Range = field(default_factory=Range)
    gamma: Range = field(default_factory=Range)
    target: Annotated[float, Field(gt=0, le=4096, allow_inf_nan=False)] = 2.0
    tolerance: float = 0.1
    constraint: Constraint = "nominal"
    cost: str = "flops"
    method: Method = "grid"
    solve_for: CoefficientName = "gamma"
    rounding: Rounding = EFFICIENTNET_ROUNDING

    def __post_init__(self) -> None:
        check_above("tolerance", self.tolerance, 0, self.target)
        for name in COST_EXPONENTS:
            low, high = self.bounds(name)
            if low > high:
                raise InvalidInput(f"{name}.low", low, f"a number of at most {name}.high ({high:g})")

    def bounds(self, name: str) -> tuple[float, float]:
        """Return the lowest and highest value of a coefficient.

        By default from 1 to what would meet the target alone, rounded up to a tenth: 2, 1.5, 1.5 for a target of 2;
        for a target below 1 from that value, rounded down, to 1.
        """
        given: Range = getattr(self, name)
        alone = self.target ** (1 / COST_EXPONENTS[name])
        low = 1.0 if self.target >= 1 else max(0.05, math.floor(alone * 10 + 1e-9) / 10)
        high = 1.0 if self.target < 1 else math.ceil(alone * 10 - 1e-9) / 10
        return (low if given.low is None else given.low, high if given.high is None else given.high)

    def values(self, name: str) -> list[float]:
        """Return the values of a coefficient in ascending order; those of the solved one are 0.001 apart."""
        low, step = self.bounds(name)[0], self._step(name)
        return [round(low + index * step, 9) for index in range(self.count(name))]

    def count(self, name: str) -> int:
        """Return how many values a coefficient has, up to a thousand million million, without listing them."""
        low, high = self.bounds(name)
        return math.floor(min((high - low) / self._step(name), MOST_COUNTED) + 1e-6) + 1

    def _step(self, name: str) -> float:
        step: float = getattr(self, name).step
        return min(SOLVE_STEP, step) if self.method == "solve" and name == self.solve_for else step
