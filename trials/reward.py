"""The reward: accuracy against cost in one number, to be maximized. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from trials.quantity import parse_quantity

Kind = Literal["soft", "hard", "absolute"]
EQUAL_SPREAD = "equal-spread"
MEASURED_W = "equal_spread_w"  # the metric with which shared weights tell it
COUNTED = ("flops", "params", "activations")
MOST_W = 10.0
UNMEASURED_W = 0.08  # of equal-spread where nothing was measured, as of networks trained alone
DEFAULT_W: dict[Kind, float] = {"soft": -0.07, "hard": -1.0, "absolute": -0.10}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reward:
    """How accuracy and cost become one number.

    `soft` and `hard` are MnasNet's accuracy * (cost / target)^w (arXiv:1807.11626), `hard` with w = 0 up to the
    target; `absolute` is TuNAS's accuracy + w * |cost / target - 1| (arXiv:2008.06120). `cost` names what is
    charged: flops, params, activations, or a metric that the objective returns, such as latency_ms. One that begins
    with `throughput` is a rate: what is charged is the time of one image. `w` None is the published one: -0.07 soft,
    -1 hard, -0.10 absolute. With `soft`, a `w` above 0 values what is used of a budget: of two networks that are judged
    alike the larger one is better. `equal-spread` is such a `w`, measured by shared weights: as large as it takes for
    the cost to tell random networks apart as much as their loss does.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    kind: Kind = "soft"
    cost: str = "flops"
    target: int | float | str = 400_000_000
    w: float | str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", parse_quantity("target", self.target))
        if not (
            self.w is None or self.w == EQUAL_SPREAD or (not isinstance(self.w, str) and -MOST_W <= self.w <= MOST_W)
        ):
            raise InvalidInput("w", self.w, f"a number from -{MOST_W:g} to {MOST_W:g}, or {EQUAL_SPREAD}")
        if self.kind != "soft" and self.exponent > 0:
            raise InvalidInput("w", self.w, f"a number from -10 to 0 with kind: {self.kind}")
        if self.w == EQUAL_SPREAD and self.cost not in COUNTED:
            raise InvalidInput("w", self.w, f"a number: only the spread of {', '.join(COUNTED)} is known beforehand")

    @property
    def exponent(self) -> float:
        """The `w` in use."""
        if self.w == EQUAL_SPREAD:
            return UNMEASURED_W
        return DEFAULT_W[self.kind] if self.w is None else float(self.w)

    def measured(self, metrics: Mapping[str, float]) -> Reward:
        """Return the reward with the `w` that was measured for `equal-spread`, where it is among the metrics."""
        return replace(self, w=metrics[MEASURED_W]) if self.w == EQUAL_SPREAD and MEASURED_W in metrics else self

    def __call__(self, accuracy: float, cost: float) -> float:
        """Return the reward of an accuracy in [0, 1] at a cost above 0.

        >>> reward = Reward(target="400M")
        >>> round(reward(0.8, 400e6), 4), round(reward(0.8, 800e6), 4)
        (0.8, 0.7621)
        """
        ratio = self.charge(cost) / self.charge(float(self.target))
        if self.kind == "absolute":
            return accuracy + self.exponent * abs(ratio - 1)
        if self.kind == "hard" and ratio <= 1:
            return accuracy
        return float(accuracy * ratio**self.exponent)

    def charge(self, cost: float) -> float:
        """Return what is to be made small: the cost, or of a rate its inverse."""
        return 1 / cost if self.cost.startswith("throughput") else cost
