from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nas.config import NasConfig, NasExperiment, full_training, load_nas_experiment, require_search
from search_spaces import InvalidInput
from trials.experiment_file import load_experiment
from trials.reward import Reward
from trials.training_config import TrainingConfig

SHIPPED = Path(__file__).parents[2] / "experiments.yaml"


@pytest.mark.parametrize("name", ["smoke", "quickstart", "fashion-scaling", "rediscover-b0-imagenet", "cifar10"])
def test_shipped_experiments_are_read_with_a_typed_section(name: str) -> None:
    experiment = load_nas_experiment(name, SHIPPED)
    assert isinstance(experiment.nas, NasConfig)
    assert experiment.name == name


def test_what_the_section_does_not_say_has_its_default(tmp_path: Path) -> None:
    file = tmp_path / "experiments.yaml"
    file.write_text(yaml.safe_dump({"none": {}, "some": {"nas": {"trials": 7}}}))
    objective = "objective={python: tests.objectives:by_size}"  # nothing follows from data
    assert load_nas_experiment("none", file, [objective]).nas == NasConfig()
    some = load_nas_experiment("some", file, ["nas.references=[]", objective])
    assert some.nas == NasConfig(trials=7, references=())


@pytest.mark.parametrize(
    ("key", "override"),
    [
        ("smoke.nas.sampler", "nas.sampler=guess"),
        ("smoke.nas.trials", "nas.trials=0"),
        ("smoke.nas.trial", "nas.trial=3"),
        ("smoke.nas.references.0", "nas.references=[lenet]"),
        ("smoke.nas", "nas=3"),
    ],
)
def test_a_mistake_in_the_section_is_told_on_reading(key: str, override: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_nas_experiment("smoke", SHIPPED, [override])
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("told", "overrides"),
    [
        ("nas.sources: got 'auto', accepted: nothing beside evolution", ["nas.sources=auto"]),
        ("nas.learn_from: got ('results/a',), accepted: nothing beside", ["nas.learn_from=[results/a]"]),
        ("nas.sources", ["nas.sampler=predictor", "nas.sources=[zen]"]),
        ("there are no images here", ["nas.sampler=predictor", "nas.sources=[zero-cost]", "objective={python: a:b}"]),
        ("what is searched by", ["nas.sampler=predictor", "nas.sources=[shared]", "objective={name: shared}"]),
        ("zero-cost beside a budget", ["nas.sampler=predictor", "nas.sources=[shared]", "budget=1h"]),
    ],
)
def test_sources_that_cannot_be_had_are_told(told: str, overrides: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_nas_experiment("smoke", SHIPPED, ["nas.sampler=evolution", *overrides])
    assert told in str(caught.value)


OPEN = ["nas={}"]  # nothing is written of how stage 1 searches
SEARCHED = "objective={name: shared, search: while-training}"


def test_a_search_while_training_proposes_a_few_by_its_policy_and_is_to_meet_a_limit() -> None:
    found = load_nas_experiment("smoke", SHIPPED, [SEARCHED, *OPEN, "limits={max_flops: 300M}"])
    assert (found.nas.sampler, found.nas.trials, found.nas.finalists) == ("trained-policy", 16, 5)
    assert found.reward == Reward(kind="absolute", cost="flops", target=3e8)
    assert load_nas_experiment("smoke", SHIPPED, [SEARCHED, *OPEN, "nas.trials=3"]).nas.trials == 3


@pytest.mark.parametrize(
    ("key", "overrides"),
    [
        ("nas.sampler", [SEARCHED, "nas.sampler=random"]),
        ("nas.sampler", ["nas.sampler=trained-policy"]),
        ("compute.engine", [SEARCHED, "compute.engine=ray"]),
        ("compute.engine", [SEARCHED, "compute.concurrency=2"]),
        ("reward.w", [SEARCHED, "reward={kind: soft, w: equal-spread, target: 400M}"]),
        ("reward.cost", [SEARCHED, "reward={cost: latency_ms, target: 5}"]),
        ("smoke.objective.weights", [SEARCHED, "objective.weights=here"]),
        ("smoke.objective.search", ["objective={name: train, search: while-training}"]),
    ],
)
def test_what_does_not_go_with_a_search_while_training_is_refused(key: str, overrides: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_search(load_nas_experiment("smoke", SHIPPED, [*OPEN, *overrides]))
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


def test_the_section_of_stage_2_is_left_to_stage_2() -> None:
    read = load_nas_experiment("smoke", SHIPPED, ["scale.candidates=none"])
    assert read.scale == load_experiment("smoke", SHIPPED, ["scale.candidates=none"]).scale


def test_without_settings_of_its_own_it_trains_ten_times_as_long_on_all_that_validation_leaves() -> None:
    short = TrainingConfig(epochs=4, learning_rate=0.3)
    found = full_training(NasExperiment(training=short))
    assert (found.epochs, found.learning_rate, found.train_images) == (40, 0.3, None)
    found = full_training(NasExperiment(training=short, nas=NasConfig(full_training={"epochs": 7, "flip": True})))
    assert (found.epochs, found.learning_rate, found.flip) == (7, 0.3, True)


@pytest.mark.parametrize(
    ("setting", "key"),
    [({"epochs": 0}, "epochs"), ({"epoch": 3}, "epoch"), ({"train_images": "all"}, "train_images")],
)
def test_what_full_training_must_not_say(setting: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        full_training(NasExperiment(name="try", nas=NasConfig(full_training=setting)))
    assert caught.value.key == f"try.nas.full_training.{key}"
