"""How well what an experiment measures of a network orders networks whose true accuracy is known. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import optuna

from nas.qa.rank_correlation import Array, Estimate, agreements, estimate
from nas.qa.truth.networks import KnownNetwork
from nas.samplers.linear.model import MODELLED, SMOOTHED, fit_rewards
from search_spaces.architecture import Architecture
from trials.accounting import cost_counter, reward_of
from trials.experiment import Experiment
from trials.resolving import space_of
from trials.study.attributes import KEY, METRICS, network_of

if TYPE_CHECKING:
    import pandas as pd

FREE = ("params", "flops")
FIT = "fit of params and flops"  # it has seen the true accuracies of all other networks
LOSS = "val_loss"
SECONDS = ("train_seconds", "score_seconds")
REWARD = "reward"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What was measured: `table` has a row a network, `taus` are by predictor, `measured` names the experiment's own.

    `judged_by` is the one that is held against the truth first. `partial` is the tau of each of those beside the fit:
    what it knows of the truth that parameters and multiply-adds do not tell. `seconds` is the mean of an evaluation.
    """

    table: pd.DataFrame
    measured: tuple[str, ...]
    judged_by: str
    taus: dict[str, Estimate]
    partial: dict[str, Estimate]
    seconds: float
    folder: Path

    @property
    def word(self) -> str:
        """What is held against the truth, in a word."""
        return "accuracy" if self.judged_by == "val_accuracy" else self.judged_by


def collect(study: optuna.Study, networks: Sequence[KnownNetwork], experiment: Experiment, folder: Path) -> Agreement:
    """Compare what was measured of the networks, where it was, with their true accuracies."""
    table, measured = measurements(study, networks, experiment)
    truth = table["truth"].to_numpy(dtype=np.float64)
    predictors = {name: _predictor(table, name) for name in (*measured, *FREE)}
    predictors[FIT] = left_out_fit(np.log(table[list(FREE)].to_numpy(dtype=np.float64)), truth)
    taus, resampled = agreements(truth, predictors)
    between, shared = agreements(predictors[FIT], {name: predictors[name] for name in measured})
    fit = taus[FIT].value, resampled[FIT]
    partial = {
        name: estimate(
            float(partial_tau(taus[name].value, between[name].value, fit[0])),
            partial_tau(resampled[name], shared[name], fit[1]),
        )
        for name in measured
    }
    return Agreement(
        table=table,
        measured=measured,
        judged_by=judged_by(experiment),
        taus=taus,
        partial=partial,
        seconds=float(table["seconds"].mean()),
        folder=folder,
    )


def judged_by(experiment: Experiment) -> str:
    """Return what of an evaluation is held against true accuracies: the reward, or what it charges the cost of.

    A reward that is lower for what costs more says what a network is worth within a budget. The truth knows of none.
    """
    measure, reward = experiment.objective.measure, experiment.reward
    return REWARD if measure != "score" and reward.exponent > 0 else measure


def measurements(
    study: optuna.Study, networks: Sequence[KnownNetwork], experiment: Experiment
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a row for each network that was evaluated, and the columns that the experiment's evaluation gave."""
    import pandas as pd

    cost_of, value_of = cost_counter(experiment), reward_of(experiment)
    found = {
        network_of(trial)[KEY]: trial.user_attrs[METRICS]
        for trial in study.get_trials(deepcopy=False)
        if METRICS in trial.user_attrs
    }
    measure, rows, judged = experiment.objective.measure, [], []
    for network in networks:
        metrics = found.get(network.architecture.key)
        if metrics is None:
            continue
        cost = cost_of(network.architecture)
        row = {"network": network.name, "truth": network.accuracy, "flops": cost.flops, "params": cost.params}
        row |= {name: metrics[name] for name in (measure, "val_accuracy", LOSS) if name in metrics}
        row[REWARD] = value_of(metrics, cost)[0]
        row["seconds"] = next((metrics[name] for name in SECONDS if name in metrics), math.nan)
        rows.append(row)
        judged.append(network.architecture)
    table = pd.DataFrame(rows, columns=None if rows else ["network", "truth", *FREE, "seconds"])
    if experiment.objective.name in MODELLED and rows:
        values = table[judged_by(experiment)]
        table.insert(list(table.columns).index(REWARD), SMOOTHED, _smoothed(judged, values, experiment))
    names = dict.fromkeys((SMOOTHED, judged_by(experiment), measure, "val_accuracy", LOSS))
    return table, tuple(name for name in names if name in table)


def _smoothed(networks: Sequence[Architecture], values: pd.Series[float], experiment: Experiment) -> list[float]:
    """Return the values by a model of all networks, by which a search chooses; NaN where they are too few."""
    space = space_of(experiment)
    parameters = [space.encode(network) for network in networks]
    model = fit_rewards(space, parameters, [float(value) for value in values])
    return [math.nan if model is None else model(network) for network in parameters]


def left_out_fit(costs: Array, truth: Array) -> Array:
    """Return for each network what a line through all others predicts from its costs [networks, costs].

    Least squares with a constant; by its hat matrix a prediction without a network needs no second fit. NaN where the
    line goes through the network whatever its truth, and everywhere with hardly more networks than coefficients.
    """
    design = np.column_stack([np.ones(len(costs)), costs])
    if len(costs) < 2 * design.shape[1]:
        return np.full(len(costs), math.nan)
    hat = design @ np.linalg.pinv(design)
    leverage = np.diag(hat)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(leverage < 1 - 1e-9, truth - (truth - hat @ truth) / (1 - leverage), math.nan)


def partial_tau(with_truth: Array | float, with_fit: Array | float, fit_with_truth: Array | float) -> Array:
    """Return Kendall's partial tau of a predictor and the truth beside the fit, from the three plain ones.

    M. G. Kendall, Biometrika 32 (1942). NaN where one of the others tells all.

    >>> float(partial_tau(0.5, 0.0, 0.0)), float(partial_tau(0.5, 1.0, 0.5))
    (0.5, nan)
    """
    product, rest = np.asarray(with_fit) * fit_with_truth, (1 - np.square(with_fit)) * (1 - np.square(fit_with_truth))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(rest > 1e-12, (with_truth - product) / np.sqrt(rest), math.nan))


def _predictor(table: pd.DataFrame, name: str) -> Array:
    values = table[name].to_numpy(dtype=np.float64)
    signed: Array = -values if name == LOSS else values
    return signed
