"""Laws of accuracy with known truth, of different kinds, on which methods are tried: ten written, or drawn. No torch.

None of them is fitted to published results. Accuracies in percent; shapes are logarithms of multipliers of depth,
width and resolution.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Truth = Callable[[Array], Array]
COST_EXPONENTS = (1.0, 2.0, 2.0)


def synthetic_laws() -> dict[str, Truth]:
    """Return the laws by name: accuracy [points] of shapes [points, 3]."""
    return {
        "power laws": _powers((6.0, 9.0, 8.0), (0.6, 0.7, 0.9)),
        "depth pays most": _powers((8.0, 7.0, 5.0), (0.9, 0.8, 1.2)),
        "resolution saturates": _powers((5.0, 12.0, 5.0), (0.5, 0.6, 2.5)),
        "width alone": _powers((1.0, 14.0, 3.0), (1.5, 0.6, 2.0)),
        "power laws that help each other": _interacting((6.0, 8.0, 8.0), (0.6, 0.8, 0.9), 3.0),
        "power laws that replace each other": _interacting((8.0, 14.0, 12.0), (0.7, 0.7, 0.8), -1.5),
        "narrowest axis": _bottleneck((0.5, 0.8, 0.9), (0.1, -0.1, 0.0)),
        "effective size": _effective_size((0.25, 0.5, 0.55), 0.8),
        "logistic": _logistic((2.2, 2.6, 3.2), (0.2, -0.1, 0.1)),
        "too deep hurts": _hump(5.0, 0.25),
    }


def drawn_laws(count: int, seed: int) -> dict[str, Truth]:
    """Return `count` laws drawn at random, the six kinds in turn; numbers are uniform between the bounds written here.

    Those of power laws: scales 2 to 14 points (uniform in the logarithm), rates 0.4 to 1.6, products -1.5 to 3.
    """
    random = np.random.default_rng([seed, 30])
    kinds = list(KINDS)
    return {f"{kinds[one % len(kinds)]} {one}": KINDS[kinds[one % len(kinds)]](random) for one in range(count)}


def _three(random: np.random.Generator, low: float, high: float) -> tuple[float, ...]:
    return tuple(random.uniform(low, high, 3).tolist())


def _scales(random: np.random.Generator) -> tuple[float, ...]:
    return tuple(np.exp(random.uniform(np.log(2), np.log(14), 3)).tolist())


def _drawn_size(random: np.random.Generator) -> Truth:
    depth, width, resolution = random.uniform((0.15, 0.3, 0.3), (0.4, 0.7, 0.7)).tolist()
    return _effective_size((depth, width, resolution), random.uniform(0.5, 1.1))


KINDS: dict[str, Callable[[np.random.Generator], Truth]] = {
    "powers": lambda random: _powers(_scales(random), _three(random, 0.4, 1.6)),
    "interacting": lambda random: _interacting(_scales(random), _three(random, 0.4, 1.6), random.uniform(-1.5, 3)),
    "narrowest": lambda random: _bottleneck(_three(random, 0.4, 1.0), _three(random, -0.15, 0.15)),
    "effective size": _drawn_size,
    "logistic": lambda random: _logistic(_three(random, 1.5, 3.5), _three(random, -0.25, 0.25)),
    "too deep hurts": lambda random: _hump(random.uniform(2, 8), random.uniform(0, 0.5)),
}


def _powers(scales: tuple[float, ...], rates: tuple[float, ...]) -> Truth:
    """Error is a floor and a power law of each axis."""
    return lambda shapes: 95 - (np.array(scales) * np.exp(-np.array(rates) * shapes)).sum(axis=1)


def _interacting(scales: tuple[float, ...], rates: tuple[float, ...], product: float) -> Truth:
    """Power laws and the products of what they lack."""

    def law(shapes: Array) -> Array:
        lack = np.exp(-np.array(rates) * shapes)
        pairs = lack[:, 0] * lack[:, 1] + lack[:, 1] * lack[:, 2] + lack[:, 0] * lack[:, 2]
        return np.asarray(95 - lack @ np.array(scales) - product * pairs)

    return law


def _bottleneck(rates: tuple[float, ...], shifts: tuple[float, ...]) -> Truth:
    """The axis that lacks most counts most: the 4-norm of what the axes lack."""
    return lambda shapes: 95 - 18 * ((np.exp(-np.array(rates) * (shapes + shifts)) ** 4).sum(axis=1)) ** 0.25


def _effective_size(powers: tuple[float, ...], rate: float) -> Truth:
    """One power law of an effective size, in which the axes have falling returns."""

    def law(shapes: Array) -> Array:
        returns = (np.array(powers) * (1 - np.exp(-0.8 * shapes)) / 0.8).sum(axis=1)
        return np.asarray(92 - 25 * np.exp(-rate * returns))

    return law


def _logistic(slopes: tuple[float, ...], shifts: tuple[float, ...]) -> Truth:
    """Each axis goes through an S-curve on the way to its best."""
    return lambda shapes: 40 + 50 * np.prod(1 / (1 + np.exp(-np.array(slopes) * (shapes + shifts) - 1.2)), axis=1)


def _hump(curvature: float, deepest: float) -> Truth:
    """Width and resolution saturate; depth has a best, beyond which it hurts, as in short trainings."""

    def law(shapes: Array) -> Array:
        saturating = 12 * np.exp(-0.8 * shapes[:, 1]) + 10 * np.exp(-0.9 * shapes[:, 2])
        return np.asarray(95 - saturating - curvature * (shapes[:, 0] - deepest) ** 2)

    return law
