from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState, create_trial

from nas.config import NasExperiment
from nas.samplers.linear.model import SMOOTHED
from nas.search.results import SearchResult, collect
from nas.search.smoothing import chosen, deciding
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from trials.experiment import DataConfig, ObjectiveConfig
from trials.study.attributes import METRICS, NETWORK, PLANNED

SPACE = load_space("efficientnet")
LUCKY = 7  # a network that was given more than it is worth


def searched(folder: Path, objective: Literal["train", "shared"], count: int = 60) -> SearchResult:
    """Return a search over networks whose reward is a power of their multiply-adds, but for one lucky small one."""
    rng, study = random.Random(0), optuna.create_study(direction="maximize")
    for number in range(count):
        network = SPACE.sample(rng)
        cost = estimate_cost(network)
        value = 10.0 if number == LUCKY else cost.flops**0.1
        figures = {"flops": cost.flops, "params": cost.params, "activations": cost.activations, "seed": 0}
        study.add_trial(
            create_trial(
                value=value,
                params=SPACE.encode(network),
                distributions=dict(SPACE.distributions),
                user_attrs={NETWORK: figures | {"key": network.key}, METRICS: {"likelihood": 0.5, "val_accuracy": 0.5}},
            )
        )
    study.add_trial(create_trial(state=TrialState.FAIL))
    references = optuna.create_study(direction="maximize")
    for name in ("efficientnet-b0", "resnet-18"):
        references.add_trial(create_trial(value=7.0, user_attrs={PLANNED: name, METRICS: {"likelihood": 0.5}}))
    experiment = NasExperiment(
        name="try", data=DataConfig(name="digits", validation_images=400), objective=ObjectiveConfig(name=objective)
    )
    return collect(study, references, SPACE, folder, exhausted=False, experiment=experiment)


def test_with_shared_weights_the_lucky_network_is_not_the_best(tmp_path: Path) -> None:
    result = searched(tmp_path, "shared")
    assert result.best_row is not None
    done = result.candidates[result.candidates["state"] == "complete"]
    assert result.best_row["number"] == done.loc[done[SMOOTHED].idxmax(), "number"] != LUCKY
    honest = done[done["number"] != LUCKY]
    assert np.corrcoef(np.log(honest["flops"]), honest[SMOOTHED])[0, 1] > 0.9
    assert f"the highest reward alone has trial {LUCKY}, 10.0000" in chosen(result.candidates, result.best_row)


def test_networks_of_the_space_are_smoothed_and_no_others(tmp_path: Path) -> None:
    result = searched(tmp_path, "shared")
    inside, outside = result.references[SMOOTHED]
    assert inside == pytest.approx(result.candidates["value"].drop(LUCKY).median(), rel=0.2)
    assert np.isnan(outside)
    assert np.isnan(result.candidates[SMOOTHED].iloc[-1])  # it failed


@pytest.mark.parametrize(("objective", "count"), [("train", 60), ("shared", 7)])
def test_elsewhere_and_with_few_networks_each_counts_for_itself(
    objective: Literal["train", "shared"], count: int, tmp_path: Path
) -> None:
    result = searched(tmp_path, objective, count)
    assert deciding(result.candidates) == "value"
    best = result.candidates["value"].idxmax()
    assert result.best_row is not None and result.best_row["number"] == best


def test_the_highest_of_all_is_said_to_be_so(tmp_path: Path) -> None:
    result = searched(tmp_path, "shared")
    lucky = result.candidates.loc[LUCKY].to_dict()
    assert chosen(result.candidates, lucky).endswith("it has the highest reward, too")
