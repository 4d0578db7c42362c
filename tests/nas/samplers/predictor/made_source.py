"""A source that answers with a function of the point, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import Point, Points, Positions


@dataclass
class Answering:
    """It remembers what it was asked; `silent` it has no value for anything that it does not list."""

    name: str
    points: Positions
    value: Callable[[Point], float]
    answers: bool = True
    silent: bool = False
    asked: set[Point] = field(default_factory=set)

    def rows(self) -> tuple[Positions, NDArray[np.float64]]:
        return self.points, self._values(self.points)

    def at(self, points: Points) -> NDArray[np.float64]:
        self.asked |= {_plain(point) for point in points}
        return np.full(len(points), np.nan) if self.silent else self._values(points)

    def _values(self, points: Points) -> NDArray[np.float64]:
        return np.array([self.value(_plain(point)) for point in points])


def _plain(point: object) -> Point:
    return tuple(int(position) for position in point)  # type: ignore[attr-defined]
