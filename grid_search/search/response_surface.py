"""Accuracy as a smooth function of the coefficients: a second surface, and a guide where a grid is too dear to train.

A quadratic in log depth, log width and log resolution under Bayesian ridge regression, which shrinks what a dozen
trainings cannot determine. scikit-learn is imported when a surface is fitted.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grid_search.compound_scaling import COEFFICIENTS, Coefficients
from grid_search.search.candidates import multi_axis

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from grid_search.grid.enumeration import Grid

FEWEST_NETWORKS = 6
SMALLEST_DEVIATION = 1e-9


@dataclass(frozen=True, kw_only=True)
class SurfaceFit:
    """What the surface says: the grid's best by its mean, that accuracy, and its error when each network is left out.

    `error` is the root mean square of the leave-one-out residuals, `spread` the standard deviation of the accuracies
    themselves: a surface whose error is no smaller explains nothing.
    """

    best: Coefficients
    accuracy: float
    error: float
    spread: float


def fit_surface(networks: pd.DataFrame, grid: Grid) -> SurfaceFit | None:
    """Fit a surface to the trained networks (mean accuracy per row); None with fewer than six."""
    if len(networks) < FEWEST_NETWORKS:
        return None
    rows = multi_axis(grid)
    mean, _ = _predict(_fitted(networks), rows)
    position = int(np.argmax(mean))
    accuracies = networks["accuracy"].to_numpy(dtype=np.float64)
    residuals = accuracies - _left_out(networks)
    return SurfaceFit(
        best=grid.coefficients(rows.index[position]),
        accuracy=float(mean[position]),
        error=float(np.sqrt(np.mean(residuals**2))),
        spread=float(np.std(accuracies)),
    )


def next_candidate(networks: pd.DataFrame, grid: Grid) -> Coefficients | None:
    """Return the untrained candidate of the greatest expected improvement; None where all are trained.

    It is the improvement over the best mean that the surface has among the trained ones: what was only lucky does not
    set the mark (Jones et al. 1998, for noisy observations).
    """
    rows = multi_axis(grid)
    known = set(map(tuple, networks[list(COEFFICIENTS)].to_numpy().tolist()))
    taken = np.array([tuple(row) in known for row in rows[list(COEFFICIENTS)].to_numpy().tolist()], dtype=bool)
    if taken.all() or len(networks) < FEWEST_NETWORKS:
        return None
    mean, deviation = _predict(_fitted(networks), rows)
    best = float(mean[taken].max()) if taken.any() else float(mean.min())
    gain = np.where(taken, -np.inf, expected_improvement(mean, deviation, best))
    return grid.coefficients(rows.index[int(np.argmax(gain))])


def expected_improvement(mean: NDArray[np.float64], deviation: NDArray[np.float64], best: float) -> NDArray[np.float64]:
    """Return E[max(0, value - best)] of normal values with these means and standard deviations, [points].

    >>> expected_improvement(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.0).round(4).tolist()
    [1.0, 0.3989]
    """
    from scipy.stats import norm

    spread = np.maximum(deviation, SMALLEST_DEVIATION)
    above = (mean - best) / spread
    gain: NDArray[np.float64] = spread * (above * norm.cdf(above) + norm.pdf(above))
    return gain


def _fitted(networks: pd.DataFrame) -> Any:
    from sklearn.linear_model import BayesianRidge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    surface = make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), BayesianRidge())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)  # equal accuracies leave no variance to divide by
        return surface.fit(_logarithms(networks), networks["accuracy"])


def _left_out(networks: pd.DataFrame) -> NDArray[np.float64]:
    """Return for each network what a surface fitted to all others predicts."""
    predictions = [
        _predict(_fitted(networks.drop(index=[label])), networks.loc[[label]])[0][0] for label in networks.index
    ]
    return np.array(predictions)


def _predict(surface: Any, rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, deviation = surface.predict(_logarithms(rows), return_std=True)
    return np.asarray(mean, dtype=np.float64), np.asarray(deviation, dtype=np.float64)


def _logarithms(rows: pd.DataFrame) -> NDArray[np.float64]:
    logarithms: NDArray[np.float64] = np.log(rows[list(COEFFICIENTS)].to_numpy(dtype=np.float64))
    return logarithms
