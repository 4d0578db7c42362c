"""The trainings of a law: a spread, then batches where they narrow the answer most, until it is sharp enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import COEFFICIENTS, Coefficients, Multipliers
from grid_search.cost_function import COUNTED
from grid_search.law.answer import answer
from grid_search.law.config import LawConfig
from grid_search.law.design import fewest_shapes, first_shapes, next_shapes
from grid_search.law.posterior import Law, fit_law
from grid_search.law_search.pool import MOST_MEASURED, Pool, measured_ratios, networks_between
from grid_search.law_search.shapes import shape_of
from grid_search.search.candidates import BASELINE, planned
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.scaling import Rounding
from trials.study.plan import Planned

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
LAW = "law"  # the role of a network that is trained for the law
SEARCHED = "nas run"  # the role of one that stage 1 evaluated
FEWEST_TRAINED = 4  # of which a law can be fitted at all
POINTS = 100.0  # in a share of accuracy
ANSWER_VALUES = 60  # multipliers of each axis among which the answer is sought
SAME = 1e-9  # logarithms of sizes that belong to one network
MEASURED_MARGIN = 0.3  # around the target, in multiply-adds, of networks whose real cost has to be measured
UNSCALED = Coefficients(alpha=1.0, beta=1.0, gamma=1.0)

Train = Callable[[list[Planned], str], None]
Trained = Callable[[], "pd.DataFrame"]


def train_for_law(pool: Pool, config: LawConfig, seed: int, train: Train, trained: Trained) -> Law | None:
    """Train networks of the pool, the baseline among them, until the answer is sharp or the trainings are spent.

    Returns the law, None where too few could be evaluated. What comes next follows from the networks before it alone,
    and seconds are counted in cost, not by the clock: a run that was killed, or that shares its work, goes the same
    way. Networks that stage 1 evaluated (role `nas run` in what is trained) count, and are not trained again.
    """
    spread = min(fewest_shapes(len(pool.axes)), config.trainings)
    judged = _judged(trained(), pool)
    chosen = [place for place in first_shapes(pool.shapes, pool.cost_model, spread) if place not in judged]
    train([planned(BASELINE, UNSCALED, 0), *_plan(pool, chosen)], LAW)
    while True:
        networks = _of_plan(trained(), [UNSCALED, *map(pool.coefficients, chosen)])
        law = law_of(networks, pool, seed)
        left = min(config.trainings - len(chosen), len(pool.shapes) - len({*chosen, *judged}))
        if law is None or left <= 0 or answer(law, pool.cost_model, pool.config.target).regret <= config.sharp:
            return law
        free = np.setdiff1d(np.arange(len(pool.shapes)), [*chosen, *judged])
        count = min(config.batch, left)
        ratios = (pool.config.target,)
        following = next_shapes(law, pool.shapes[free], pool.ratios[free], pool.cost_model, ratios, count)
        added = free[following].tolist()
        chosen += added
        train(_plan(pool, added), f"{LAW}, {len(chosen)} of at most {config.trainings}")


def law_of(networks: pd.DataFrame, pool: Pool, seed: int) -> Law | None:
    """Return the law of finished trainings (a row each), accuracies in points; None with fewer than four."""
    return fit_networks(networks, pool.baseline, pool.config.rounding, pool.varying, seed)


def fit_networks(
    networks: pd.DataFrame, baseline: Architecture, rounding: Rounding, varying: Sequence[int], seed: int
) -> Law | None:
    """Return the law of finished trainings of a scaled baseline over the axes at the positions `varying`."""
    done = networks[(networks["state"] == "complete") & networks["epochs"].isna()]
    if len(done) < FEWEST_TRAINED:
        return None
    sizes = [
        shape_of(baseline, Multipliers(*row), rounding)
        for row in done[list(COEFFICIENTS)].to_numpy(dtype=np.float64).tolist()
    ]
    accuracies = POINTS * done["val_accuracy"].to_numpy(dtype=np.float64)
    return fit_law(np.array(sizes)[:, list(varying)], accuracies, seed=seed)


def whole_shape(pool: Pool, shape: Array) -> Array:
    """Return a shape of the varying axes as one of all three, [3]."""
    whole = np.zeros(3)
    whole[list(pool.varying)] = shape
    return whole


def answered_coefficients(pool: Pool, law: Law) -> Coefficients:
    """Return the coefficients of the real network of the target's cost that the law holds best.

    Rounding leaves only some sizes, so that the best network is sought among them and not beside the law's best shape;
    what a network gains only by costing a little more than the target is taken off.
    Raises InvalidInput where none comes within the tolerance of the grid.
    """
    config = pool.config
    margin = config.tolerance if config.cost in COUNTED else MEASURED_MARGIN * config.target
    band = (config.target - margin, config.target + margin)
    found = networks_between(pool.baseline, config, pool.task, band, ANSWER_VALUES)
    steeper, flatter = (answer(law, pool.cost_model, config.target * step).accuracy for step in (1.1, 1 / 1.1))
    bought = (steeper - flatter) / (2 * np.log(1.1)) * np.log(found.ratios / config.target)  # by cost alone
    best_first = np.argsort(bought - law.draw(found.sizes[:, pool.varying]).mean(axis=0), kind="stable")
    found = found.take(best_first.tolist())
    if config.cost not in COUNTED:
        found = found.take(range(min(MOST_MEASURED, len(found.ratios))))
        ratios = measured_ratios(pool.baseline, config, pool.task, found.multipliers)
        found = replace(found, ratios=ratios)
    near = np.flatnonzero(np.abs(found.ratios - config.target) <= config.tolerance)
    if not len(near):
        accepted = f"one that leaves a network: none costs {config.target:g} +- {config.tolerance:g} baselines"
        raise InvalidInput("scale.grid.tolerance", config.tolerance, accepted)
    return Coefficients(**dict(zip(COEFFICIENTS, found.multipliers[near[0]].tolist(), strict=True)))


def _plan(pool: Pool, places: Iterable[int]) -> list[Planned]:
    return [planned(LAW, pool.coefficients(place), 0) for place in places]


def _of_plan(networks: pd.DataFrame, plan: list[Coefficients]) -> pd.DataFrame:
    """Return the rows of the plan's networks and of stage 1's.

    A run that goes on must not see what an earlier one trained later.
    """
    known = {(one.alpha, one.beta, one.gamma) for one in plan}
    rows = map(tuple, networks[list(COEFFICIENTS)].to_numpy(dtype=np.float64).tolist())
    mask = np.array([row in known for row in rows], dtype=bool)
    mask &= networks["role"].isin([LAW, BASELINE]).to_numpy() & (networks["repeat"] == 0).to_numpy()
    return networks[mask | (networks["role"] == SEARCHED).to_numpy()]


def _judged(networks: pd.DataFrame, pool: Pool) -> set[int]:
    """Return the places in the pool of the networks that stage 1 evaluated."""
    searched = networks[networks["role"] == SEARCHED] if len(networks) else networks
    rounding = pool.config.rounding
    rows = searched[list(COEFFICIENTS)].to_numpy(dtype=np.float64).tolist() if len(searched) else []
    sizes = (shape_of(pool.baseline, Multipliers(*row), rounding) for row in rows)
    return {int(place) for size in sizes for place in np.flatnonzero((np.abs(pool.sizes - size) < SAME).all(axis=1))}
