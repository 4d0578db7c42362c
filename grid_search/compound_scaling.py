"""Compound scaling: depth, width and resolution grow together, each by its coefficient to the power of phi. No torch.

EfficientNet (arXiv:1905.11946, equation 3): depth alpha^phi, width beta^phi, resolution gamma^phi, with
alpha * beta^2 * gamma^2 about 2, so that phi = 1 should cost twice the baseline. Rounding makes it cost something
else, which is why `Scaled` carries the nominal ratio and the measured one side by side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from search_spaces.architecture import STRICT, Architecture
from search_spaces.checks import check_above, check_number
from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding, scale_architecture
from search_spaces.task import IMAGENET, Task

AXES = ("depth", "width", "resolution")
COEFFICIENTS = ("alpha", "beta", "gamma")  # of the axes, in their order
LARGEST_COEFFICIENT = 64.0
LARGEST_MULTIPLIER = 4096.0
LARGEST_PHI = 32.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Coefficients:
    """How much deeper (`alpha`), wider (`beta`) and sharper (`gamma`) a network gets at phi = 1."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    alpha: float
    beta: float
    gamma: float

    def __post_init__(self) -> None:
        for name in COEFFICIENTS:
            check_above(name, getattr(self, name), 0, LARGEST_COEFFICIENT)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Coefficients:
        """Return the coefficients in a row of a table or in a trial's parameters; other entries are passed over."""
        return cls(**{name: float(row[name]) for name in COEFFICIENTS})

    @property
    def nominal(self) -> float:
        """Return alpha * beta^2 * gamma^2: what phi = 1 would cost, in baselines, if nothing were rounded.

        >>> round(PAPER_COEFFICIENTS.nominal, 4)
        1.9203
        """
        return self.alpha * self.beta**2 * self.gamma**2

    def power(self, phi: float) -> Multipliers:
        """Return the multipliers of the three axes at `phi`."""
        powers = (round(coefficient**phi, 9) for coefficient in (self.alpha, self.beta, self.gamma))
        return Multipliers(*powers)


@dataclass(frozen=True, slots=True)
class Multipliers:
    """What the axes of a baseline are multiplied by, before rounding."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    depth: float = 1.0
    width: float = 1.0
    resolution: float = 1.0

    def __post_init__(self) -> None:
        for axis in AXES:
            check_above(axis, getattr(self, axis), 0, LARGEST_MULTIPLIER)

    def apply(self, baseline: Architecture, rounding: Rounding = EFFICIENTNET_ROUNDING) -> Architecture:
        """Return the scaled architecture, under the baseline's name."""
        return scale_architecture(
            baseline, depth=self.depth, width=self.width, resolution=self.resolution, rounding=rounding
        )


PAPER_COEFFICIENTS = Coefficients(alpha=1.2, beta=1.1, gamma=1.15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled:
    """A scaled architecture and how it came about.

    `coefficients` and `phi` are None where the multipliers were chosen directly (the published B1 to L2, or one axis
    alone); `method` says how.
    `target` is the cost that was asked for, in multiply-adds unless the maker says otherwise.
    """

    architecture: Architecture
    baseline: Architecture
    multipliers: Multipliers
    rounding: Rounding = EFFICIENTNET_ROUNDING
    coefficients: Coefficients | None = None
    phi: float | None = None
    target: float | None = None
    method: str = "compound-scaling"

    @property
    def nominal_ratio(self) -> float | None:
        """Cost in baselines by the published formula, (alpha * beta^2 * gamma^2)^phi; None without coefficients."""
        if self.coefficients is None or self.phi is None:
            return None
        return float(self.coefficients.nominal**self.phi)

    def measured_ratio(self, task: Task = IMAGENET) -> float:
        """Return multiply-adds in baselines, counted exactly."""
        return self.cost(task).flops / estimate_cost(self.baseline, *task).flops

    def cost(self, task: Task = IMAGENET) -> Cost:
        """Return the exact cost."""
        return estimate_cost(self.architecture, *task)


def scale(
    baseline: Architecture,
    coefficients: Coefficients,
    phi: float = 1.0,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
) -> Architecture:
    """Return `baseline` scaled to `phi`, named `<baseline>-phi<phi>`; phi = 0 is the baseline, below 0 shrinks.

    Raises InvalidInput where the network would not be one: beyond the limits of an architecture, or with an input
    smaller than the stride of the network.

    >>> from search_spaces.reference import reference
    >>> scale(reference("efficientnet-b0"), PAPER_COEFFICIENTS).resolution
    257
    """
    return scale_by_phi(baseline, coefficients, phi, rounding).architecture


def scale_by_phi(
    baseline: Architecture,
    coefficients: Coefficients,
    phi: float = 1.0,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
) -> Scaled:
    """Do what `scale` does and keep how it came about."""
    check_phi("phi", phi)
    multipliers = coefficients.power(phi)
    architecture = scale_checked(baseline, multipliers, rounding)
    return Scaled(
        architecture=replace(architecture, name=f"{baseline.name}-phi{phi:g}"),
        baseline=baseline,
        multipliers=multipliers,
        rounding=rounding,
        coefficients=coefficients,
        phi=phi,
    )


def scale_checked(baseline: Architecture, multipliers: Multipliers, rounding: Rounding) -> Architecture:
    """Scale and check that the input is not smaller than the stride of the network; raises InvalidInput."""
    architecture = multipliers.apply(baseline, rounding)
    check_resolution(architecture)
    return architecture


def total_stride(architecture: Architecture) -> int:
    """Return how many input pixels, along a side, one pixel of the last feature map stands for."""
    return architecture.stem.total_stride * math.prod(stage.stride for stage in architecture.stages)


def check_resolution(architecture: Architecture) -> None:
    """Raise InvalidInput where the input is smaller than the total stride: the last feature map would be padding."""
    stride = total_stride(architecture)
    if min(architecture.input_size) < stride:
        accepted = f"at least {stride} px, the total stride of {architecture.name}"
        raise InvalidInput("resolution", min(architecture.input_size), accepted)


def check_phi(key: str, phi: object) -> None:
    """Raise InvalidInput unless `phi` is a number from -32 to 32."""
    check_number(key, phi, -LARGEST_PHI, LARGEST_PHI)
