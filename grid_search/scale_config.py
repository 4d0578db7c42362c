"""What a user may say about a grid and about a family, as it stands in an experiment file. No torch, no pandas."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from grid_search.compound_scaling import LARGEST_COEFFICIENT, PAPER_COEFFICIENTS, Coefficients, check_phi
from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding

Constraint = Literal["nominal", "measured", "both"]
Method = Literal["grid", "solve"]
CoefficientName = Literal["alpha", "beta", "gamma"]
COST_EXPONENTS: dict[str, int] = {"alpha": 1, "beta": 2, "gamma": 2}
SOLVE_STEP = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Values of one coefficient: `low`, `low + step`, ... up to `high`, both included where the steps meet them.

    A bound of None follows from the target: see `GridConfig.bounds`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    low: float | None = None
    high: float | None = None
    step: float = 0.05

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if (bound := getattr(self, name)) is not None:
                _check_number(name, bound, 0, LARGEST_COEFFICIENT)
        _check_number("step", self.step, 0, LARGEST_COEFFICIENT)
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
    target: float = 2.0
    tolerance: float = 0.1
    constraint: Constraint = "nominal"
    cost: str = "flops"
    method: Method = "grid"
    solve_for: CoefficientName = "gamma"
    rounding: Rounding = EFFICIENTNET_ROUNDING

    def __post_init__(self) -> None:
        _check_number("target", self.target, 0, 4096)
        _check_number("tolerance", self.tolerance, 0, self.target)
        _check_one_of("constraint", self.constraint, get_args(Constraint))
        _check_one_of("method", self.method, get_args(Method))
        _check_one_of("solve_for", self.solve_for, get_args(CoefficientName))
        check_rounding(self.rounding)
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
        low, high = self.bounds(name)
        solved = self.method == "solve" and name == self.solve_for
        step = min(SOLVE_STEP, getattr(self, name).step) if solved else getattr(self, name).step
        count = math.floor((high - low) / step + 1e-6) + 1
        return [round(low + index * step, 9) for index in range(count)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How far a family may grow or shrink.

    `depth` is the largest number of blocks, `width` that of channels in any stage, `resolution` that of pixels along
    the longer side, `least_resolution` the smallest along the shorter one. An axis at its limit stays there; with a
    target cost the others make up for it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    depth: int | None = None
    width: int | None = None
    resolution: int | None = None
    least_resolution: int | None = None

    def __post_init__(self) -> None:
        for name in ("depth", "width", "resolution", "least_resolution"):
            value = getattr(self, name)
            if value is not None and (type(value) is not int or value < 1):
                raise InvalidInput(name, value, "an integer of at least 1")


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyConfig:
    """Which members a family has: one for every entry of `phis` and of `targets`.

    A target is a cost as people write it, `400M`, `1.6G`, or relative to the baseline, `0.5x`; every member lies
    within `tolerance` (relative) of its target. `cost` says what the targets are counted in, as in `GridConfig`;
    latencies are in ms. `shrink` says which coefficients serve below the baseline: the same ones (`compound`), or
    those fitted to the published TinyNets (`tinynet`), which keep resolution and depth and give up width first.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    coefficients: Coefficients = PAPER_COEFFICIENTS
    phis: tuple[float, ...] = ()
    targets: tuple[int | float | str, ...] = ()
    cost: str = "flops"
    tolerance: float = 0.03
    shrink: Literal["compound", "tinynet"] = "compound"
    limits: Limits = field(default_factory=Limits)
    rounding: Rounding = EFFICIENTNET_ROUNDING

    def __post_init__(self) -> None:
        if not self.phis and not self.targets:
            raise InvalidInput("phis", list(self.phis), "at least one phi or one target")
        for index, phi in enumerate(self.phis):
            check_phi(f"phis.{index}", phi)
        for name, entries in (("phis", self.phis), ("targets", self.targets)):
            if len(set(entries)) < len(entries):
                raise InvalidInput(name, list(entries), "every entry once")
        _check_number("tolerance", self.tolerance, 0, 0.5)
        _check_one_of("shrink", self.shrink, ("compound", "tinynet"))
        check_rounding(self.rounding)


def check_rounding(rounding: Rounding) -> None:
    """Raise InvalidInput unless the divisor of widths and the multiple of resolutions can be rounded to."""
    for name in ("width_divisor", "resolution_multiple"):
        value = getattr(rounding, name)
        if type(value) is not int or not 1 <= value <= 512:
            raise InvalidInput(f"rounding.{name}", value, "an integer from 1 to 512")
    _check_one_of("rounding.depth", rounding.depth, ("ceil", "nearest"))
    _check_one_of("rounding.resolution", rounding.resolution, ("floor", "nearest"))


def _check_number(key: str, value: object, above: float, most: float) -> None:
    if type(value) not in (int, float) or not above < value <= most:  # type: ignore[operator]
        raise InvalidInput(key, value, f"a number above {above:g}, at most {most:g}")


def _check_one_of(key: str, value: object, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise InvalidInput(key, value, accepted)
