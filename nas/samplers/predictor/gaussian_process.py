"""A Gaussian process over network features whose kernel is a function of one weighted inner product. No torch.

With l(x, x') = sum over columns of w[group] * x * x', the kernel is

    k = CONSTANT + l + curvature * l^2 + rough * exp(-|x - x'|_w^2 / (2 * reach)) + noise where x is x'

that is: a linear model with one scale per group of features (grouped automatic relevance determination), all pairwise
interactions and squares weighted by heredity (features that matter alone matter together), and a stationary remainder.
The scales are those of greatest posterior density: marginal likelihood (Rasmussen & Williams 2006, chapter 5) times
a log-normal prior, so that few points leave them where the prior puts them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

Array = NDArray[np.float64]
CONSTANT = 4.0
JITTER = 1e-6


@dataclass(frozen=True, kw_only=True)
class Scales:
    """The kernel's parameters, all above 0; `weights` by group, in units of the variance of the values."""

    weights: Array  # [groups]
    curvature: float
    rough: float
    reach: float
    noise: float

    def vector(self) -> Array:
        """Return the logarithms, [groups + 4]."""
        return np.log([*self.weights, self.curvature, self.rough, self.reach, self.noise])

    @classmethod
    def of(cls, vector: Array) -> Scales:
        """Return the scales of these logarithms."""
        values = np.exp(vector)
        curvature, rough, reach, noise = (float(value) for value in values[-4:])
        return cls(weights=values[:-4], curvature=curvature, rough=rough, reach=reach, noise=noise)


@dataclass(frozen=True, kw_only=True)
class GaussianProcess:
    """The posterior given features [points, columns] and values [points]."""

    features: Array
    groups: NDArray[np.intp]
    scales: Scales
    shift: float
    unit: float
    _factor: Array
    _weights: Array

    def mean(self, features: Array) -> Array:
        """Return the expected value without noise, [points]."""
        return np.asarray(self._cross(features) @ self._weights * self.unit + self.shift)

    def mean_and_sd(self, features: Array) -> tuple[Array, Array]:
        """Return the expected value without noise and its standard deviation, each [points]."""
        cross = self._cross(features)
        explained = solve_triangular(self._factor, cross.T, lower=True, check_finite=False)
        inner = np.einsum("ij,ij,j->i", features, features, self.scales.weights[self.groups])
        variance = _kernel_of(inner, np.zeros_like(inner), self.scales) - np.einsum("ij,ij->j", explained, explained)
        mean = cross @ self._weights
        return mean * self.unit + self.shift, np.sqrt(np.maximum(variance, 1e-12)) * self.unit

    def left_out_errors(self) -> Array:
        """Return value minus what the other points let expect of it, [points], in units of `unit`.

        In closed form (Rasmussen & Williams 2006, equation 5.12): the scales are those fitted to all points.
        """
        root = solve_triangular(self._factor, np.eye(len(self._factor)), lower=True, check_finite=False)
        return np.asarray(self._weights / (root**2).sum(axis=0))

    def _cross(self, features: Array) -> Array:
        return kernel(features, self.features, self.scales.weights[self.groups], self.scales)


def condition(features: Array, values: Array, groups: NDArray[np.intp], scales: Scales) -> GaussianProcess:
    """Return the posterior under given scales."""
    shift, unit = standard(values)
    matrix = kernel(features, features, scales.weights[groups], scales)
    matrix[np.diag_indices_from(matrix)] += scales.noise + JITTER
    factor = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    return GaussianProcess(
        features=features,
        groups=groups,
        scales=scales,
        shift=shift,
        unit=unit,
        _factor=factor,
        _weights=cho_solve((factor, True), (values - shift) / unit),
    )


def standard(values: Array) -> tuple[float, float]:
    """Return what is taken off the values and what they are divided by."""
    return float(values.mean()), float(values.std()) or 1.0


def kernel(left: Array, right: Array, weights: Array, scales: Scales) -> Array:
    """Return the kernel between two sets of points, [left, right], without noise."""
    weighted = left * weights
    inner = weighted @ right.T
    squares = (weighted * left).sum(axis=1)[:, None] + (right * weights * right).sum(axis=1)
    return _kernel_of(inner, squares - 2 * inner, scales)


def _kernel_of(inner: Array, distance: Array, scales: Scales) -> Array:
    stationary = scales.rough * np.exp(distance / (-2 * scales.reach))
    return np.asarray(CONSTANT + inner + scales.curvature * inner**2 + stationary)


def fit_scales(
    features: Array, values: Array, groups: NDArray[np.intp], prior: Scales, *, width: float, steps: int
) -> tuple[Scales, float]:
    """Return the scales of greatest posterior density and the logarithm of that density, up to a constant.

    `width` is the prior's sd of each logarithm. The density is one of `values`, not of standardized values.
    """
    shift, unit = standard(values)
    target = (values - shift) / unit
    start = prior.vector()

    def loss(vector: Array) -> tuple[float, Array]:
        value, gradient = _negative_log_likelihood(features, target, groups, Scales.of(vector))
        away = (vector - start) / width
        return value + 0.5 * float(away @ away), gradient + away / width

    bounds = [(low - 8, low + 8) for low in start]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": steps})
    return Scales.of(found.x), -float(found.fun) - len(values) * float(np.log(unit))


def _negative_log_likelihood(
    features: Array, target: Array, groups: NDArray[np.intp], scales: Scales
) -> tuple[float, Array]:
    """Return the value and its gradient by the logarithms of the scales."""
    weights = scales.weights[groups]
    inner = (features * weights) @ features.T
    own = np.diag(inner)
    distance = own[:, None] + own - 2 * inner
    near = scales.rough * np.exp(distance / (-2 * scales.reach))
    matrix = CONSTANT + inner + scales.curvature * inner**2 + near
    matrix[np.diag_indices_from(matrix)] += scales.noise + JITTER
    factor = cho_factor(matrix, lower=True, check_finite=False)
    solved = cho_solve(factor, target, check_finite=False)
    value = 0.5 * float(target @ solved) + float(np.log(np.diag(factor[0])).sum())
    outer = 0.5 * (cho_solve(factor, np.eye(len(target)), check_finite=False) - np.outer(solved, solved))
    pull = outer * near / scales.reach
    by_inner = outer * (1 + 2 * scales.curvature * inner) + pull
    by_inner[np.diag_indices_from(by_inner)] -= pull.sum(axis=1)
    by_column = np.einsum("ij,ij->j", features, by_inner @ features)
    by_weight = np.bincount(groups, by_column, minlength=len(scales.weights)) * scales.weights
    by_curvature = float((outer * inner**2).sum()) * scales.curvature
    by_reach = float((pull * distance).sum()) / 2
    return value, np.array(
        [*by_weight, by_curvature, float((outer * near).sum()), by_reach, float(np.trace(outer)) * scales.noise]
    )
