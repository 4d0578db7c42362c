"""What is thought of accuracy before anything is trained: a saturating law with interaction, and a rough remainder.

Over x = log depth, log width, log resolution, each relative to the baseline,

    accuracy = level + sum_i s_i g_i + sum_{i<j} c_ij g_i g_j + r(x),    g_i = (1 - exp(-a_i x_i)) / a_i

s_i is the slope of an axis at the baseline and a_i how fast it saturates: error is a floor plus power laws of depth,
width and resolution, as in compute-optimal shapes (arXiv:2305.13035), plus their products. r is a smooth Gaussian
process that takes up what such a law cannot say. Given a_i and the scales all of it is one Gaussian process (Rasmussen
& Williams 2006, section 2.7: explicit basis functions). Everything is in units of the spread of the accuracies.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SLOPE, SLOPE_SD = 1.0, 2.0  # of an axis at the baseline
LEVEL_SD = 2.0
JITTER = 1e-6
# medians, and standard deviations of the logarithm
SATURATION, SATURATION_SD = 0.7, 0.4
INTERACTION, INTERACTION_SD = 0.8, 0.8
ROUGHNESS, ROUGHNESS_SD = 0.15, 0.8
REACH, REACH_SD = 0.6, 0.4
NOISE, NOISE_SD = 0.04, 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scales:
    """Samples of the law's scales, all above 0: `saturation` [samples, axes], the others [samples]."""

    saturation: Array
    interaction: Array
    roughness: Array
    reach: Array
    noise: Array

    @classmethod
    def of(cls, logarithms: Array) -> Scales:
        """Return the scales of these logarithms, [samples, axes + 4]."""
        values = np.exp(logarithms)
        interaction, roughness, reach, noise = values[:, -4:].T
        return cls(saturation=values[:, :-4], interaction=interaction, roughness=roughness, reach=reach, noise=noise)

    def take(self, rows: NDArray[np.intp]) -> Scales:
        """Return the samples at these positions."""
        return Scales(
            saturation=self.saturation[rows],
            interaction=self.interaction[rows],
            roughness=self.roughness[rows],
            reach=self.reach[rows],
            noise=self.noise[rows],
        )


def prior_of_scales(axes: int) -> tuple[Array, Array]:
    """Return mean and standard deviation of the logarithms of the scales, each [axes + 4]."""
    medians = np.array([SATURATION] * axes + [INTERACTION, ROUGHNESS, REACH, NOISE])
    spreads = np.array([SATURATION_SD] * axes + [INTERACTION_SD, ROUGHNESS_SD, REACH_SD, NOISE_SD])
    return np.log(medians), spreads


def basis(shapes: Array, scales: Scales) -> Array:
    """Return level, gains and products of gains of `shapes` [points, axes], as [samples, points, columns]."""
    rates = scales.saturation[:, None, :]
    gains = -np.expm1(-rates * shapes) / rates
    products = [gains[..., one] * gains[..., other] for one, other in combinations(range(shapes.shape[1]), 2)]
    level = np.ones((*gains.shape[:2], 1))
    return np.concatenate([level, gains, *(product[..., None] for product in products)], axis=2)


def weights_prior(axes: int, scales: Scales) -> tuple[Array, Array]:
    """Return mean [columns] and standard deviations [samples, columns] of the weights of the basis."""
    pairs = axes * (axes - 1) // 2
    mean = np.array([0.0] + [SLOPE] * axes + [0.0] * pairs)
    fixed = np.tile(np.array([LEVEL_SD] + [SLOPE_SD] * axes), (len(scales.noise), 1))
    return mean, np.concatenate([fixed, np.tile(scales.interaction[:, None], (1, pairs))], axis=1)


def covariance(left: Array, right: Array, scales: Scales) -> Array:
    """Return the covariance of accuracies without noise, [samples, left, right]."""
    _, spreads = weights_prior(left.shape[1], scales)
    weighted = basis(left, scales) * (spreads**2)[:, None, :]
    smooth = weighted @ basis(right, scales).transpose(0, 2, 1)
    distances = ((left[:, None, :] - right[None, :, :]) ** 2).sum(axis=2)
    rough = np.exp(-0.5 * distances / (scales.reach**2)[:, None, None])
    return np.asarray(smooth + (scales.roughness**2)[:, None, None] * rough)


def expected(shapes: Array, scales: Scales) -> Array:
    """Return what is expected before anything is trained, [samples, points]."""
    mean, _ = weights_prior(shapes.shape[1], scales)
    return np.asarray(basis(shapes, scales) @ mean)
