from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import create_trial

from nas.config import NasExperiment
from nas.finished_search import NamedNetwork
from nas.qa.figures import Quality, collect
from nas.qa.plan import EPOCHS, METHOD, REPEAT, SCORES, TRAIN, QualityPlan
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.study.attributes import KEY, METRICS, NETWORK
from trials.training_config import TrainingConfig

# from few parameters to many
NAMES = ["mobilenet-v2", "mnasnet-a1", "efficientnet-b0", "efficientnet-b4", "resnet-50"]
NETWORKS = [NamedNetwork(name=name, architecture=reference(name)) for name in NAMES]
PLAN = QualityPlan(networks=5, seeds=2, epochs_factor=4)


def measured(network: NamedNetwork, method: str, epochs: int, repeat: int, **metrics: float) -> dict[str, Any]:
    return {
        NETWORK: {KEY: network.architecture.key},
        METHOD: method,
        EPOCHS: epochs,
        REPEAT: repeat,
        METRICS: metrics,
    }


def trained(network: NamedNetwork, epochs: int, accuracy: float, repeat: int = 0) -> dict[str, Any]:
    return measured(network, TRAIN, epochs, repeat, val_accuracy=accuracy, train_seconds=epochs + accuracy)


def complete() -> list[dict[str, Any]]:
    """Return trials whose proxy orders all networks as the longer schedule does."""
    made = []
    for index, network in enumerate(NETWORKS):
        made += [trained(network, 2, index / 10), trained(network, 2, index / 10 + 0.02, 1)]
        made += [trained(network, 8, index / 10 + 0.5)]
        made += [measured(network, score, 0, 0, score=-float(index), score_seconds=0.25) for score in SCORES]
    return made


def quality(trials: list[dict[str, Any]]) -> Quality:
    study = optuna.create_study(direction="maximize")
    study.add_trials([create_trial(value=0.0, user_attrs=attributes) for attributes in trials])
    experiment = NasExperiment(name="try", training=TrainingConfig(epochs=2))
    return collect(study, NETWORKS, experiment, PLAN, Path("results"))


def test_a_row_holds_what_was_measured_of_its_network() -> None:
    found = quality(complete())
    assert list(found.table["network"]) == NAMES
    row = found.table.iloc[3].to_dict()
    assert row["params"] == estimate_cost(NETWORKS[3].architecture).params
    assert (row["proxy"], row["longer"], row["seeds"]) == pytest.approx((0.3, 0.8, 2))
    assert row["proxy_sd"] == pytest.approx(0.02 / math.sqrt(2))
    assert [row[score] for score in SCORES] == [-3] * len(SCORES)
    assert found.epochs == (2, 8)


def test_taus_and_leads_are_of_the_longer_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nas.qa.rank_correlation.FEWEST_FOR_INTERVAL", 5)
    found = quality(complete())
    assert found.taus["proxy"].value == pytest.approx(1)
    assert found.taus["params"].value == pytest.approx(1)
    assert found.taus["zen"].value == pytest.approx(-1)
    lead = found.leads["params"]
    assert (lead.value, lead.low, lead.high) == pytest.approx((0, 0, 0))  # in every resample too
    # ResNet-50 has fewer FLOPs than EfficientNet-B4: one pair in ten stands the other way
    assert found.taus["flops"].value == pytest.approx(0.8)
    assert found.leads["flops"].value == pytest.approx(0.2)


def test_noise_and_seconds_are_means_over_the_networks() -> None:
    found = quality(complete())
    assert found.noise_sd == pytest.approx(0.02 / math.sqrt(2))
    assert found.spread_sd == pytest.approx(math.sqrt(0.025))
    assert found.seconds["proxy"] == pytest.approx(2.2)
    assert found.seconds["longer"] == pytest.approx(8.7)
    assert (found.seconds["synflow"], found.seconds["params"]) == (0.25, 0)


def test_what_was_not_measured_is_missing_and_changes_no_mean() -> None:
    lacking = {NETWORKS[4].architecture.key}
    trials = [made for made in complete() if made[NETWORK][KEY] not in lacking or made[METHOD] != TRAIN]
    found = quality(trials)
    assert found.table["proxy"].isna().tolist() == [False] * 4 + [True]
    assert found.table["seeds"].tolist() == [2, 2, 2, 2, 0]
    assert found.seconds["proxy"] == pytest.approx(2.15)
    assert found.taus["proxy"].value == pytest.approx(1)  # of the four that are known
    nothing = quality([])
    assert math.isnan(nothing.seconds["longer"])
    assert math.isnan(nothing.taus["proxy"].value)
