from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from search_spaces import InvalidInput
from search_spaces.validation import validated
from trials.experiment import Compute, Limits
from trials.experiment_file import apply_overrides, load_experiment

SHIPPED = Path(__file__).parents[2] / "experiments.yaml"


@pytest.mark.parametrize("name", ["smoke", "quickstart", "fashion-scaling", "cifar10"])
def test_shipped_experiments_are_understood(name: str) -> None:
    assert load_experiment(name, SHIPPED).description


def test_overrides_reach_any_depth_and_are_yaml() -> None:
    changed = load_experiment("smoke", SHIPPED, ["training.epochs=3", "reward.target=1.6G", "nas.references=[]"])
    assert changed.training.epochs == 3
    assert changed.reward.target == 1_600_000_000
    assert changed.nas == {**load_experiment("smoke", SHIPPED).nas, "references": []}


def test_an_experiment_carries_the_name_of_its_entry() -> None:
    assert load_experiment("smoke", SHIPPED).name == "smoke"
    assert load_experiment("smoke", SHIPPED, ["name=smoke"]).name == "smoke"


def test_overrides_leave_the_original_alone() -> None:
    entry = {"nas": {"trials": 3}}
    assert apply_overrides(entry, ["nas.trials=5"]) == {"nas": {"trials": 5}}
    assert entry == {"nas": {"trials": 3}}


MALFORMED = [
    ("smoke.training.epochs", "training.epochs=0"),
    ("smoke.training.epoch", "training.epoch=3"),
    ("smoke.training.learning_rate", "training.learning_rate=fast"),
    ("smoke.trainin", "trainin.epochs=3"),
    ("smoke.name", "name=quickstart"),
    ("smoke.seed", "seed=-1"),
    ("smoke.seed", "seed=1.5"),
    ("smoke.space", "space=3"),
    ("smoke.reward.kind", "reward.kind=linear"),
    ("smoke.reward.target", "reward.target=0"),
    ("smoke.reward.w", "reward.w=11"),
    ("smoke.limits.max_flops", "limits.max_flops=few"),
    ("smoke.limits.max_macs", "limits.max_macs=1"),
    ("smoke.proxy.width", "proxy.width=2"),
    ("smoke.data.validation_images", "data.validation_images=many"),
    ("smoke.data.path", "data.path=x"),
    ("smoke.cost.network", "cost.network=half"),
    ("smoke.compute.device", "compute.device=tpu"),
    ("smoke.objective.name", "objective=guess"),
    ("smoke.objective.pyton", "objective={pyton: a}"),
    ("smoke.objective.weights", "objective={weights: a.safetensors}"),
    ("smoke.objective.name", "objective={name: shared, python: 'a:b'}"),
    ("smoke.nas", "nas=3"),
    ("smoke.scale", "scale=[1]"),
    ("--set", "=3"),
    ("--set", "seed"),
    ("--set", "description.x=3"),
    ("--set", "seed=[1"),
]


@pytest.mark.parametrize(("key", "override"), MALFORMED)
def test_a_malformed_setting_names_the_key_on_one_line(key: str, override: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_experiment("smoke", SHIPPED, [override])
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


def test_an_unknown_experiment_lists_the_known_ones() -> None:
    with pytest.raises(
        InvalidInput, match="smoke, quickstart, fashion-scaling, rediscover-b0-imagenet, rediscover-b0, cifar10"
    ):
        load_experiment("imagenet", SHIPPED)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.yaml"):
        load_experiment("smoke", tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["a/../../evil", "/evil", "a\\b", "two\nlines", "x" * 300])
def test_a_name_that_is_no_folder_is_refused_though_the_file_has_it(name: str, tmp_path: Path) -> None:
    (tmp_path / "experiments.yaml").write_text(yaml.safe_dump({name: {"seed": 1}}))
    with pytest.raises(InvalidInput, match=r"^experiment: got .*a name that can be a folder"):
        load_experiment(name, tmp_path / "experiments.yaml")


@pytest.mark.parametrize("value", ["2020-13-45", "[" * 5000, "&a [*a]"])
def test_an_override_that_is_no_yaml_is_told(value: str, tmp_path: Path) -> None:
    (tmp_path / "experiments.yaml").write_text("try: {seed: 1}")
    with pytest.raises(InvalidInput, match=r"^--set: got"):
        load_experiment("try", tmp_path / "experiments.yaml", [f"seed={value}"])


@pytest.mark.parametrize("seconds", [0, -1, "inf", True])
def test_a_limit_of_time_is_a_number_above_0(seconds: object) -> None:
    assert validated(Limits, {"max_seconds": 0.5}).max_seconds == 0.5
    with pytest.raises(InvalidInput, match=r"^max_seconds: got"):
        validated(Limits, {"max_seconds": seconds})


def test_how_many_are_trained_at_a_time() -> None:
    assert Compute().at_once == 1
    assert Compute(concurrency=3).at_once == 3
    assert Compute(engine="ray").at_once == 1
