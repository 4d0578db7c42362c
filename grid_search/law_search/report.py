"""What a finished law says: the answer with intervals, the path over costs, what other rules lose. Plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from grid_search.compound_scaling import AXES, COEFFICIENTS, PAPER_COEFFICIENTS
from grid_search.law.answer import Answer, answer
from grid_search.law.costs import shapes_at_cost
from grid_search.law.path import Loss, Path, best_path, losses
from grid_search.law.posterior import Law
from grid_search.law_search.pool import Array, Pool
from grid_search.law_search.reshaping import Reshaped, reshaped
from grid_search.law_search.search import POINTS, law_of, whole_shape

if TYPE_CHECKING:
    import pandas as pd

LARGEST_RATIO = 128.0
PER_DOUBLING = 2  # costs of the path


@dataclass(frozen=True, kw_only=True, eq=False)
class LawReport:
    """A law and what it answers. Accuracies in points.

    `losses` are what the paper's coefficients and each single axis lose against the answer at the target's cost;
    `reshaped` is a network that shrinks an axis and certainly beats the answer; `trainings` the networks it is fitted
    to, repeats counted, by draws of `seed`; beyond `dearest` baselines it extrapolates.
    """

    pool: Pool
    law: Law
    found: Answer
    path: Path
    losses: dict[str, Loss]
    reshaped: Reshaped | None
    trainings: int
    dearest: float
    seed: int


def report_law(networks: pd.DataFrame, pool: Pool, seed: int) -> LawReport | None:
    """Fit the law to all finished trainings and ask it; None where too few have finished."""
    law = law_of(networks, pool, seed)
    if law is None:
        return None
    target = pool.config.target
    found = _possible(answer(law, pool.cost_model, target))
    path = best_path(law, pool.cost_model, path_ratios(float(pool.ratios.min())), target)
    return LawReport(
        pool=pool,
        law=law,
        found=found,
        path=replace(path, answers=tuple(map(_possible, path.answers))),
        losses=losses(law, found.shape, _rivals(pool, target)),
        reshaped=reshaped(law, pool, found.shape),
        trainings=len(law.shapes),
        dearest=_dearest(networks, pool, law),
        seed=seed,
    )


def _possible(found: Answer) -> Answer:
    """Return the answer with an accuracy and a band from 0 to 100 %: far away a law knows no such ends."""
    accuracy, *band = np.clip([found.accuracy, *found.band], 0.0, POINTS).tolist()
    return replace(found, accuracy=accuracy, band=(band[0], band[1]))


def _dearest(networks: pd.DataFrame, pool: Pool, law: Law) -> float:
    """Return what the dearest trained network costs in baselines, by the cost model where it cannot be looked up."""
    if pool.config.cost == "flops":
        return float(networks.loc[networks["state"] == "complete", "ratio"].max())
    return float(np.exp(pool.cost_model(law.shapes).max()))


def path_ratios(cheapest: float) -> tuple[float, ...]:
    """Return the costs of a path: powers of the square root of 2, without 1, from the cheapest to 128 baselines.

    >>> [round(ratio, 2) for ratio in path_ratios(0.5)[:4]]
    [0.5, 0.71, 1.41, 2.0]
    """
    first, last = (math.ceil(PER_DOUBLING * math.log2(ratio) - 1e-9) for ratio in (cheapest, LARGEST_RATIO))
    return tuple(2 ** (step / PER_DOUBLING) for step in range(first, last + 1) if step)


def _rivals(pool: Pool, target: float) -> dict[str, Array]:
    """Return the shapes of the paper's coefficients and of each axis alone, brought to the target's cost."""
    paper = np.log([getattr(PAPER_COEFFICIENTS, name) for name in COEFFICIENTS])[list(pool.varying)]
    shares = np.stack([paper * pool.cost_model.linear, *np.eye(len(pool.axes))])
    shapes = shapes_at_cost(pool.cost_model, shares / shares.sum(axis=1, keepdims=True), target)
    return dict(zip(("paper", *(f"{axis} only" for axis in pool.axes)), shapes, strict=True))


def law_entry(report: LawReport) -> dict[str, Any]:
    """Return what coefficients.yaml says of the law; accuracies as shares, sizes in baselines."""
    found, pool = report.found, report.pool
    low, high = (np.exp(whole_shape(pool, bound)) for bound in (found.low, found.high))
    return {
        "trainings": report.trainings,
        "seed": report.seed,
        "axes": list(pool.axes),
        "cost": pool.config.cost,
        "noise_sd": _share(float(np.median(report.law.noise))),
        "expected_regret": _share(found.regret),
        "answer": dict(zip(COEFFICIENTS, _rounded(np.exp(whole_shape(pool, found.shape))), strict=True)),
        "intervals": {
            name: list(ends) for name, *ends in zip(COEFFICIENTS, _rounded(low), _rounded(high), strict=True)
        },
        "interval_credibility": 0.9,
        "losses": {name: _loss_entry(loss) for name, loss in report.losses.items()},
        "reshaped": None if report.reshaped is None else _reshaped_entry(report.reshaped),
        "extrapolates_beyond": round(report.dearest, 4),
        "constant_coefficients_suffice": not report.path.bends,
        "path": [
            _step(pool, one, loss, one.ratio > report.dearest)
            for one, loss in zip(report.path.answers, report.path.losses, strict=True)
        ],
    }


def _step(pool: Pool, one: Answer, loss: Loss, extrapolated: bool) -> dict[str, Any]:
    shapes = (np.exp(whole_shape(pool, bound)) for bound in (one.shape, one.low, one.high))
    sizes, low, high = map(_rounded, shapes)
    return {
        "ratio": round(one.ratio, 4),
        **dict(zip(AXES, sizes, strict=True)),
        **{f"{axis}_interval": list(ends) for axis, *ends in zip(AXES, low, high, strict=True)},
        "val_accuracy": _share(one.accuracy),
        "val_accuracy_band": [_share(end) for end in one.band],
        "constant_loses": _loss_entry(loss),
        "extrapolated": extrapolated,
    }


def _reshaped_entry(found: Reshaped) -> dict[str, Any]:
    sizes = dict(zip(AXES, _rounded(np.exp(found.sizes)), strict=True))
    return {**sizes, "ratio": round(found.ratio, 4), "gains": _loss_entry(found.gain)}


def _loss_entry(loss: Loss) -> dict[str, Any]:
    return {"mean": _share(loss.mean), "interval": [_share(loss.low), _share(loss.high)]}


def _rounded(values: Array) -> list[float]:
    return [round(value, 4) for value in values.tolist()]


def _share(points: float) -> float:
    return round(points / POINTS, 6)
