"""The law given trained networks: draws from its posterior, every scale included.

The scales have no closed form: they are sampled from a mixture that is adapted to their posterior (population Monte
Carlo, Cappé et al. 2004) and weighted by their exact marginal likelihood. For each of them the law is a Gaussian
process, of which a whole function is drawn by Matheron's rule (arXiv:2011.04026). Deterministic given the seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grid_search.law.kernel import (
    JITTER,
    Scales,
    basis,
    covariance,
    expected,
    prior_of_scales,
    weights_prior,
)

Array = NDArray[np.float64]
DRAWS = 384
ROUNDS, PER_ROUND = 3, 1536
PRIOR_SHARE = 0.2
WAVES = 48  # random Fourier features of the rough remainder
WANTED_SIZE = 150.0  # effective number of samples below which weights are flattened while the mixture adapts
CHUNK = 512


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Law:
    """Draws of accuracy as a function of shape, in the unit of the accuracies it was fitted to.

    `effective` is the effective number of the weighted samples the draws are made of; `noise` [draws] the standard
    deviation of one training in each draw.
    """

    shapes: Array
    noise: Array
    effective: float
    _scales: Scales
    _weights: Array  # [draws, columns]
    _waves: tuple[Array, Array, Array]  # frequencies [draws, waves, axes], phases and amplitudes [draws, waves]
    _answers: Array  # [draws, trained]
    _shift: float
    _unit: float

    def draw(self, shapes: Array) -> Array:
        """Return the accuracy of `shapes` [points, axes] (logarithms of multipliers) in every draw, [draws, points]."""
        return np.asarray(self._shift + self._unit * self._standard(shapes))

    def _standard(self, shapes: Array) -> Array:
        prior = _prior_function(shapes, self._scales, self._weights, self._waves)
        learnt = covariance(shapes, self.shapes, self._scales) @ self._answers[:, :, None]
        return np.asarray(prior + learnt[:, :, 0])


def fit_law(shapes: Array, accuracies: Array, *, seed: int = 0, draws: int = DRAWS) -> Law:
    """Return the law given networks of `shapes` [trained, axes], logarithms of multipliers, and their accuracies.

    A network that was trained several times stands there several times. Axes that never vary should be left out.
    """
    random = np.random.default_rng([seed, 20])
    shift = float(np.mean(accuracies))
    unit = float(np.std(accuracies)) or 1.0
    values = (accuracies - shift) / unit
    logarithms, weights = _sample_scales(shapes, values, random)
    rows = _systematic(weights, draws, random)
    scales = Scales.of(logarithms[rows])
    prior_mean, prior_sd = weights_prior(shapes.shape[1], scales)
    of_basis = prior_mean + prior_sd * random.standard_normal(prior_sd.shape)
    waves = _draw_waves(scales, shapes.shape[1], random)
    errors = scales.noise[:, None] * random.standard_normal((draws, len(values)))
    short = values - errors - _prior_function(shapes, scales, of_basis, waves)
    answers = np.linalg.solve(_noisy_covariance(shapes, scales), short[:, :, None])[:, :, 0]
    return Law(
        shapes=shapes,
        noise=scales.noise * unit,
        effective=float(1 / (weights**2).sum()),
        _scales=scales,
        _weights=of_basis,
        _waves=waves,
        _answers=np.asarray(answers, dtype=np.float64),
        _shift=shift,
        _unit=unit,
    )


def _sample_scales(shapes: Array, values: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Return samples of the scales' logarithms [samples, scales] and their weights [samples], summing to 1."""
    mean, spread = prior_of_scales(shapes.shape[1])
    samples = mean + spread * random.standard_normal((PER_ROUND, len(mean)))
    density = log_likelihood(shapes, values, samples)
    for number in range(ROUNDS):
        weights = _flattened(density) if number < ROUNDS - 1 else _normalized(density)
        if number == ROUNDS - 1:
            break
        center = weights @ samples
        away = samples - center
        factor = np.linalg.cholesky(1.2 * (away * weights[:, None]).T @ away + 1e-4 * np.eye(len(mean)))
        samples = center + random.standard_normal(samples.shape) @ factor.T
        from_prior = random.random(len(samples)) < PRIOR_SHARE
        samples[from_prior] = mean + spread * random.standard_normal((int(from_prior.sum()), len(mean)))
        prior = _log_normal((samples - mean) / spread, float(np.log(spread).sum()))
        near = _log_normal(np.linalg.solve(factor, (samples - center).T).T, float(np.log(np.diag(factor)).sum()))
        mixture = np.logaddexp(np.log(PRIOR_SHARE) + prior, np.log1p(-PRIOR_SHARE) + near)
        density = log_likelihood(shapes, values, samples) + prior - mixture
    return samples, weights


def _log_normal(standard: Array, log_scale: float) -> Array:
    """Return the log density of normal vectors [samples, scales], up to a constant of their dimension."""
    return np.asarray(-0.5 * (standard**2).sum(axis=1) - log_scale)


def log_likelihood(shapes: Array, values: Array, logarithms: Array) -> Array:
    """Return the log marginal likelihood of every sample of the scales, [samples]."""
    parts = []
    for start in range(0, len(logarithms), CHUNK):
        scales = Scales.of(logarithms[start : start + CHUNK])
        factor = np.linalg.cholesky(_noisy_covariance(shapes, scales))
        solved = np.linalg.solve(factor, (values - expected(shapes, scales))[:, :, None])[:, :, 0]
        parts.append(-0.5 * (solved**2).sum(axis=1) - np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1))
    return np.concatenate(parts)


def _noisy_covariance(shapes: Array, scales: Scales) -> Array:
    matrix = covariance(shapes, shapes, scales)
    places = np.arange(len(shapes))
    largest = matrix[:, places, places].max(axis=1)
    matrix[:, places, places] += (scales.noise**2 + JITTER * (1 + largest))[:, None]
    return matrix


def _normalized(density: Array) -> Array:
    weights = np.exp(density - density.max())
    return np.asarray(weights / weights.sum())


def _flattened(density: Array) -> Array:
    """Return weights raised to the power, at most 1, at which enough samples count."""
    power = 1.0
    weights = _normalized(density)
    while 1 / (weights**2).sum() < WANTED_SIZE and power > 0.01:
        power *= 0.8
        weights = _normalized(power * density)
    return weights


def _systematic(weights: Array, count: int, random: np.random.Generator) -> NDArray[np.intp]:
    """Return `count` positions, each as often as its weight says (systematic resampling)."""
    points = (random.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), points), len(weights) - 1)


def _draw_waves(scales: Scales, axes: int, random: np.random.Generator) -> tuple[Array, Array, Array]:
    draws = len(scales.noise)
    frequencies = random.standard_normal((draws, WAVES, axes)) / scales.reach[:, None, None]
    phases = random.uniform(0, 2 * np.pi, (draws, WAVES))
    amplitudes = random.standard_normal((draws, WAVES)) * (scales.roughness * np.sqrt(2 / WAVES))[:, None]
    return frequencies, phases, amplitudes


def _prior_function(shapes: Array, scales: Scales, weights: Array, waves: tuple[Array, Array, Array]) -> Array:
    """Return functions drawn from the prior at `shapes`, [draws, points]."""
    frequencies, phases, amplitudes = waves
    rough = np.cos(shapes @ frequencies.transpose(0, 2, 1) + phases[:, None, :]) @ amplitudes[:, :, None]
    return np.asarray((basis(shapes, scales) @ weights[:, :, None] + rough)[:, :, 0])
