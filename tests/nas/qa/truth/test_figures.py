from __future__ import annotations

import math
import random

import numpy as np
import optuna
import pytest
from scipy.stats import kendalltau

from nas.config import NasExperiment
from nas.qa.truth.figures import left_out_fit, measurements, partial_tau
from nas.qa.truth.networks import KnownNetwork
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from trials.experiment import ObjectiveConfig
from trials.reward import Reward
from trials.study.attributes import KEY, METRICS, NETWORK


def test_the_fit_has_not_seen_the_network_it_predicts() -> None:
    rng = np.random.default_rng(0)
    costs = rng.normal(size=(15, 2))
    truth = costs @ [0.5, -0.2] + rng.normal(scale=0.1, size=15)
    predicted = left_out_fit(costs, truth)
    for left_out in range(15):
        rest = np.arange(15) != left_out
        design = np.column_stack([np.ones(15), costs])
        line, *_ = np.linalg.lstsq(design[rest], truth[rest], rcond=None)
        assert predicted[left_out] == pytest.approx(design[left_out] @ line)


def test_too_few_networks_have_no_fit() -> None:
    assert np.isnan(left_out_fit(np.ones((5, 2)), np.arange(5.0))).all()


def test_what_follows_from_the_fit_alone_adds_nothing() -> None:
    rng = np.random.default_rng(1)
    fit = rng.normal(size=3000)
    truth, echo = fit + rng.normal(size=3000), fit + rng.normal(size=3000)
    knows = truth + rng.normal(size=3000)

    def beside(measured: np.ndarray) -> float:
        pairs = ((measured, truth), (measured, fit), (fit, truth))
        return float(partial_tau(*(kendalltau(*pair).statistic for pair in pairs)))

    assert beside(knows) > 3 * abs(beside(echo))  # Kendall's partial tau leaves a rest where a linear one is 0


def test_shared_weights_are_measured_by_the_model_of_all_networks_too() -> None:
    space, luck = load_space("efficientnet"), np.random.default_rng(0)
    rng, study, networks = random.Random(0), optuna.create_study(direction="maximize"), []
    for number in range(80):
        network = space.sample(rng)
        worth = 0.2 * math.log(estimate_cost(network).params)
        metrics = {"likelihood": math.exp(worth - 4 + 0.1 * luck.standard_normal()), "val_loss": 1.0}
        attributes = {NETWORK: {KEY: network.key}, METRICS: metrics}
        study.add_trial(optuna.trial.create_trial(value=0.0, user_attrs=attributes))
        networks.append(KnownNetwork(name=str(number), architecture=network, accuracy=worth / 10))
    experiment = NasExperiment(
        name="try", objective=ObjectiveConfig(name="shared"), reward=Reward(kind="hard", target="1T")
    )
    table, measured = measurements(study, networks, experiment)
    assert measured[0] == "smoothed"
    raw, smoothed = (kendalltau(table["truth"], table[name]).statistic for name in ("likelihood", "smoothed"))
    assert smoothed > raw + 0.1
