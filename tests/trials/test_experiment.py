from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from trials.experiment import apply_overrides, load_experiment

SHIPPED = Path(__file__).parents[2] / "experiments.yaml"


@pytest.mark.parametrize("name", ["smoke", "quickstart", "fashion-scaling", "cifar10"])
def test_shipped_experiments_are_understood(name: str) -> None:
    assert load_experiment(name, SHIPPED).description


def test_overrides_reach_any_depth_and_are_yaml() -> None:
    changed = load_experiment("smoke", SHIPPED, ["training.epochs=3", "reward.target=1.6G", "nas.references=[]"])
    assert changed.training.epochs == 3
    assert changed.reward.target == 1_600_000_000
    assert changed.nas["references"] == []


def test_overrides_leave_the_original_alone() -> None:
    entry = {"nas": {"trials": 3}}
    assert apply_overrides(entry, ["nas.trials=5"]) == {"nas": {"trials": 5}}
    assert entry == {"nas": {"trials": 3}}


MALFORMED = [
    ("smoke.training.epochs", "training.epochs=0"),
    ("smoke.training.epoch", "training.epoch=3"),
    ("smoke.training.learning_rate", "training.learning_rate=fast"),
    ("smoke.trainin", "trainin.epochs=3"),
    ("smoke.seed", "seed=-1"),
    ("smoke.seed", "seed=1.5"),
    ("smoke.space", "space=3"),
    ("smoke.reward.kind", "reward.kind=linear"),
    ("smoke.reward.target", "reward.target=0"),
    ("smoke.reward.w", "reward.w=1"),
    ("smoke.limits.max_flops", "limits.max_flops=few"),
    ("smoke.limits.max_macs", "limits.max_macs=1"),
    ("smoke.proxy.width", "proxy.width=2"),
    ("smoke.data.validation_images", "data.validation_images=many"),
    ("smoke.data.path", "data.path=x"),
    ("smoke.cost.network", "cost.network=half"),
    ("smoke.compute.device", "compute.device=tpu"),
    ("smoke.objective.name", "objective=guess"),
    ("smoke.objective.pyton", "objective={pyton: a}"),
    ("smoke.nas", "nas=3"),
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
    with pytest.raises(InvalidInput, match="smoke, quickstart, fashion-scaling, rediscover-b0-imagenet, cifar10"):
        load_experiment("imagenet", SHIPPED)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.yaml"):
        load_experiment("smoke", tmp_path / "none.yaml")
