"""The settings of a family of scaled networks: its members, targets and limits. No torch, no pandas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from grid_search.compound_scaling import PAPER_COEFFICIENTS, Coefficients, check_phi
from search_spaces.architecture import STRICT
from search_spaces.checks import check_above, check_one_of
from search_spaces.errors import InvalidInput
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisLimits:
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
    limits: AxisLimits = field(default_factory=AxisLimits)
    rounding: Rounding = EFFICIENTNET_ROUNDING

    def __post_init__(self) -> None:
        if not self.phis and not self.targets:
            raise InvalidInput("phis", list(self.phis), "at least one phi or one target")
        for index, phi in enumerate(self.phis):
            check_phi(f"phis.{index}", phi)
        for name, entries in (("phis", self.phis), ("targets", self.targets)):
            if len(set(entries)) < len(entries):
                raise InvalidInput(name, list(entries), "every entry once")
        check_above("tolerance", self.tolerance, 0, 0.5)
        check_one_of("shrink", self.shrink, ("compound", "tinynet"))
