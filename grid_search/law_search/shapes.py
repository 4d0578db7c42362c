"""The shape of a real network: how deep, wide and sharp it is after rounding, in baselines; and the way back."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import AXES, Multipliers
from grid_search.grid.combination_costs import Resolved, resolve, sizes_of
from search_spaces.architecture import Architecture
from search_spaces.scaling import Rounding

Array = NDArray[np.float64]
SCALED = ("depth", "width")  # fields of stem and stages
STEPS = 400
WINDOW = 0.7  # of a logarithm: rounding up of single layers moves depth by as much


def log_size(axis: str, resolved: Resolved) -> float:
    """Return the logarithm of what an axis resolved to: blocks, channels of the stages, mean pixels of a side.

    Channels are half a geometric mean, in which all stages are alike as they are in multiply-adds, and half a root mean
    square, in which the widest count as they do among the weights. Stem and head are left out: rounding up costs next
    to nothing in a stem, so that a law which counts it answers with wider stems (`python -m benchmarks.law_of_widths`).
    """
    if axis == "depth":
        return float(np.log(sum(resolved)))
    if axis == "width":
        stages = np.array(resolved[1:-1])
        return float(np.log(stages).mean() + np.log(np.square(stages).mean()) / 2) / 2
    return float(np.mean(np.log(resolved)))


def shape_of(baseline: Architecture, multipliers: Multipliers, rounding: Rounding) -> Array:
    """Return the logarithms of depth, width and resolution of the scaled network, in baselines, [3]."""
    return np.array([_log_ratio(baseline, axis, getattr(multipliers, axis), rounding) for axis in AXES])


def shape_between(baseline: Architecture, network: Architecture) -> Array | None:
    """Return the logarithms of depth, width and resolution of `network` in sizes of `baseline`, [3].

    None where it is another kind of network: other blocks, another number of stages.
    """
    if _kind(network) != _kind(baseline):
        return None
    return np.array([_size(network, axis) - _size(baseline, axis) for axis in AXES])


def multipliers_between(baseline: Architecture, network: Architecture, rounding: Rounding) -> Multipliers | None:
    """Return multipliers that make `network` of the baseline by scaling and rounding; None where none do."""
    if _kind(network) != _kind(baseline):
        return None
    found = [_multiplier_between(baseline, network, axis, rounding) for axis in AXES]
    if None in found:
        return None
    multipliers = Multipliers(*(value for value in found if value is not None))
    return multipliers if multipliers.apply(baseline, rounding).key == network.key else None


def _multiplier_between(baseline: Architecture, network: Architecture, axis: str, rounding: Rounding) -> float | None:
    """Return the middle one of the multipliers that make all sizes of an axis, sought where each layer allows it."""
    scaled, unscaled = sizes_of(network, axis), sizes_of(baseline, axis)
    if scaled == unscaled:
        return 1.0
    step = {"depth": 1, "width": rounding.width_divisor, "resolution": rounding.resolution_multiple}[axis]
    layers = [(size, before) for size, before in zip(scaled, unscaled, strict=True) if before]
    low = max(max(size - step, 0) / before for size, before in layers)
    high = min((size + step) / before for size, before in layers)
    values = np.linspace(low, high, STEPS + 1)[1:-1].round(6).tolist() if low < high else []
    fitting = [value for value in values if resolve(baseline, axis, value, rounding) == scaled]
    return float(fitting[len(fitting) // 2]) if fitting else None


def _size(network: Architecture, axis: str) -> float:
    return log_size(axis, sizes_of(network, axis))


def _kind(network: Architecture) -> tuple[object, ...]:
    """Return what scaling leaves as it is."""
    parts = [asdict(network.stem), *map(asdict, network.stages)]
    kept = [{name: value for name, value in part.items() if name not in SCALED} for part in parts]
    return kept, network.head.width is None, network.activation


def multipliers_of(baseline: Architecture, shape: Array, rounding: Rounding) -> Multipliers:
    """Return the multipliers whose rounded network comes nearest to a shape [3], of equally near ones the middle."""
    found = []
    for axis, wanted in zip(AXES, shape.tolist(), strict=True):
        if wanted == 0:
            found.append(1.0)
            continue
        values = np.exp(wanted + np.linspace(-WINDOW, WINDOW, STEPS + 1))
        distance = np.array([abs(_log_ratio(baseline, axis, value, rounding) - wanted) for value in values.tolist()])
        nearest = values[distance < distance.min() + 1e-9]
        middle = round(float(np.exp(np.mean(np.log(nearest)))), 4)
        found.append(1.0 if abs(wanted) <= distance.min() + 1e-9 else middle)  # the unscaled network lies at 0
    return Multipliers(*found)


def _log_ratio(baseline: Architecture, axis: str, value: float, rounding: Rounding) -> float:
    scaled, unscaled = (resolve(baseline, axis, multiplier, rounding) for multiplier in (value, 1.0))
    return log_size(axis, scaled) - log_size(axis, unscaled)
