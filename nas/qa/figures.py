"""The figures of `nas qa`: a row for each network, rank correlations, noise, seconds. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna

from nas.finished_search import NamedNetwork
from nas.qa.plan import EPOCHS, METHOD, REPEAT, REPEATED_NETWORKS, SCORES, TRAIN, QualityPlan
from nas.qa.rank_correlation import Array, Estimate, agreements, estimate, noise_sd
from trials.accounting import cost_counter
from trials.experiment import Experiment
from trials.study.attributes import KEY, METRICS, network_of
from trials.study.candidate import Metrics

if TYPE_CHECKING:
    import pandas as pd

FREE = ("params", "flops")


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was measured: `table` has a row a network, `taus` and `seconds` (mean, each) are by predictor.

    `noise_sd` is the proxy's between seeds, `spread_sd` its between networks, shares of 1. `leads` is how much larger
    the proxy's tau is than that of a figure that costs nothing, on the same networks.
    """

    table: pd.DataFrame
    taus: dict[str, Estimate]
    leads: dict[str, Estimate]
    seconds: dict[str, float]
    noise_sd: float
    spread_sd: float
    epochs: tuple[int, int]
    folder: Path


def collect(
    study: optuna.Study, networks: Sequence[NamedNetwork], experiment: Experiment, plan: QualityPlan, folder: Path
) -> Quality:
    """Read a study into a table and compare every predictor with the longer schedule."""
    short, long = experiment.training.epochs, experiment.training.epochs * plan.epochs_factor
    found = _measurements(study)
    table = _table(found, networks, experiment, plan)
    target = table["longer"].to_numpy(dtype=np.float64)
    predictors = {name: table[name].to_numpy(dtype=np.float64) for name in ("proxy", *FREE, *SCORES)}
    taus, resampled = agreements(target, predictors)
    repeats = [_repeats(found, network, short, plan.seeds) for network in networks[:REPEATED_NETWORKS]]
    return Quality(
        table=table,
        taus=taus,
        leads={name: _lead(name, taus, resampled) for name in FREE},
        seconds=_mean_seconds(found, networks, {"proxy": (TRAIN, short), "longer": (TRAIN, long)}),
        noise_sd=noise_sd(repeats),
        spread_sd=float(table["proxy"].std()),
        epochs=(short, long),
        folder=folder,
    )


Measured = dict[tuple[str, str, int, int], Metrics]  # by network's key, method, epochs, repeat


def _measurements(study: optuna.Study) -> Measured:
    found: Measured = {}
    for trial in study.get_trials(deepcopy=False):
        labels = trial.user_attrs
        if METRICS in labels:
            place = network_of(trial)[KEY], labels[METHOD], labels[EPOCHS], labels[REPEAT]
            found[place] = labels[METRICS]
    return found


def _table(
    found: Measured, networks: Sequence[NamedNetwork], experiment: Experiment, plan: QualityPlan
) -> pd.DataFrame:
    import pandas as pd

    cost_of, short = cost_counter(experiment), experiment.training.epochs
    rows = []
    for network in networks:
        key, repeats = network.architecture.key, _repeats(found, network, short, plan.seeds)
        row: dict[str, Any] = {"network": network.name, **asdict(cost_of(network.architecture))}
        for name, epochs in (("proxy", short), ("longer", short * plan.epochs_factor)):
            metrics = found.get((key, TRAIN, epochs, 0), {})
            row |= {name: metrics.get("val_accuracy"), f"{name}_seconds": metrics.get("train_seconds")}
        row |= {score: found.get((key, score, 0, 0), {}).get("score") for score in SCORES}
        row |= {"seeds": len(repeats), "proxy_sd": noise_sd([repeats]), "key": key}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.astype(dict.fromkeys(("proxy", "longer", *SCORES), "float64"))


def _repeats(found: Measured, network: NamedNetwork, epochs: int, seeds: int) -> list[float]:
    places = [(network.architecture.key, TRAIN, epochs, repeat) for repeat in range(seeds)]
    return [found[place]["val_accuracy"] for place in places if place in found]


def _lead(name: str, taus: dict[str, Estimate], resampled: dict[str, Array]) -> Estimate:
    return estimate(taus["proxy"].value - taus[name].value, resampled["proxy"] - resampled[name])


def _mean_seconds(
    found: Measured, networks: Sequence[NamedNetwork], trainings: dict[str, tuple[str, int]]
) -> dict[str, float]:
    methods = trainings | {score: (score, 0) for score in SCORES}
    keys = [network.architecture.key for network in networks]
    seconds = dict.fromkeys(FREE, 0.0)
    for name, (method, epochs) in methods.items():
        done = [found[place] for key in keys if (place := (key, method, epochs, 0)) in found]
        took = [metrics.get("train_seconds", metrics.get("score_seconds", math.nan)) for metrics in done]
        seconds[name] = sum(took) / len(took) if took else math.nan
    return seconds
