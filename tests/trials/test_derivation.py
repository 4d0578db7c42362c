from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from search_spaces import load_space
from search_spaces.reference import reference
from search_spaces.validation import validated
from trials.check.networks import last_side
from trials.data.facts import DataFacts
from trials.derivation import (
    deployed_size,
    derive,
    derive_proxy,
    derive_reward,
    merged,
    shared_recipe,
    stored_size,
    validation_images,
)
from trials.experiment import CostConfig, DataConfig
from trials.proxy import Proxy, apply_proxy
from trials.reward import Reward
from trials.training_config import TrainingConfig

SKELETON = load_space("efficientnet").skeleton
SIDES, CLASSES, IMAGES = (28, 32, 64, 96, 224, 300, 512), (2, 10, 100, 1000), (100, 1_000, 10_000, 60_000, 1_000_000)


def facts(side: int = 64, classes: int = 10, images: int = 5_000, channels: int = 3) -> DataFacts:
    return DataFacts(
        size=(side, side),
        channels=channels,
        num_classes=classes,
        train_images=images,
        test_images=images // 5,
        smallest_class=images // classes,
    )


@pytest.mark.parametrize(("side", "classes", "images"), product(SIDES, CLASSES, IMAGES))
def test_settings_are_sane_for_any_data(side: int, classes: int, images: int) -> None:
    if images < 2 * classes:
        pytest.skip("fewer than two images a class")
    found = facts(side, classes, images)
    deployed = deployed_size(None, found.size, SKELETON.input_size)
    settings = derive(found, deployed, SKELETON)
    data = validated(DataConfig, {"name": "folder:x", **settings["data"]})
    training = validated(TrainingConfig, settings["training"])
    proxy = validated(Proxy, settings["proxy"])
    cost = validated(CostConfig, settings["cost"])
    assert (cost.num_classes, cost.in_channels) == (classes, 3)
    train = data.train_images or images - data.validation_images
    assert classes <= train <= images - data.validation_images
    assert data.validation_images <= 15_000
    assert 2 <= training.batch_size <= train
    assert train * training.epochs <= (48_000 if train <= 10_000 else 170_000)
    small = apply_proxy(replace(SKELETON, resolution=deployed), proxy)
    assert last_side(small) >= 2
    assert max(small.input_size) <= 64
    assert sum(stage.depth for stage in small.stages) == sum(stage.depth for stage in SKELETON.stages)


def test_no_stride_is_dropped_that_need_not_be() -> None:
    dropped = {side: derive(facts(side), (side, side), SKELETON)["proxy"]["drop_strides"] for side in (8, 28, 32, 64)}
    assert dropped == {8: 3, 28: 1, 32: 1, 64: 0}


def test_a_proxy_sees_no_more_pixels_than_the_images_have() -> None:
    proxy = validated(Proxy, derive(facts(28), (224, 224), SKELETON)["proxy"])
    small = apply_proxy(SKELETON, proxy)
    assert (small.input_size, last_side(small)) == ((28, 28), 2)


def test_of_many_images_a_candidate_sees_more_on_smaller_pictures() -> None:
    many, deployed = facts(28, images=60_000, channels=1), (224, 224)
    settings = derive(many, deployed, SKELETON)
    small = apply_proxy(SKELETON, validated(Proxy, settings["proxy"]))
    assert (small.input_size, last_side(small), settings["proxy"]["width"]) == ((14, 14), 2, 0.25)
    assert (settings["data"]["validation_images"], settings["data"]["train_images"]) == (12_000, None)
    assert (settings["training"]["epochs"], settings["training"]["batch_size"]) == (3, 128)
    assert settings["training"]["learning_rate"] == 0.1


@pytest.mark.parametrize("changed", [{"alone": False}, {"train_images": 6_000}])
def test_pictures_are_not_made_smaller_where_that_shows_no_more_of_them(changed: dict[str, Any]) -> None:
    settings = derive(facts(28, images=60_000), (224, 224), SKELETON, **changed)
    small = apply_proxy(SKELETON, validated(Proxy, settings["proxy"]))
    assert small.input_size == (28, 28)
    assert settings["training"]["batch_size"] == 64


def test_written_images_are_seen_as_often_as_makes_the_length() -> None:
    few = derive(facts(28, images=60_000), (224, 224), SKELETON, train_images=8_000)
    assert few["training"]["epochs"] == 4


@pytest.mark.parametrize(("side", "small"), [(64, 32), (32, 16), (28, 14), (20, 14), (14, 14), (8, 8), (500, 32)])
def test_smaller_pictures_are_half_as_large_but_show_something(side: int, small: int) -> None:
    proxy = derive_proxy((side, side), side, SKELETON, small=True)
    assert round(side * proxy["resolution"]) == small


def test_the_deployed_resolution_is_the_images_own_up_to_the_spaces() -> None:
    assert deployed_size(None, (48, 64), (224, 224)) == (48, 64)
    assert deployed_size(None, (480, 64), (224, 224)) == (224, 224)
    assert deployed_size(96, (48, 64), (224, 224)) == (96, 96)
    assert deployed_size((96, 128), (48, 64), (224, 224)) == (96, 128)


def test_images_are_kept_as_large_as_proxies_see_them_and_no_larger_than_they_are() -> None:
    assert stored_size(facts(300), (64, 64), 1.0) == (64, 64)
    assert stored_size(facts(300), (64, 64), 1.5) == (96, 96)
    assert stored_size(facts(80), (64, 64), 1.5) == (80, 80)
    height, width = stored_size(facts(512, images=1_000_000), (64, 64), 1.5)
    assert 3 * 1_200_000 * height * width <= 1.05 * 2**33


@pytest.mark.parametrize(("images", "classes", "expected"), [(1_000, 10, 200), (100_000, 10, 15_000), (30, 10, 10)])
def test_validation_holds_every_class_and_leaves_enough(images: int, classes: int, expected: int) -> None:
    assert validation_images(facts(64, classes, images)) == expected


@pytest.mark.parametrize(
    ("written", "kind", "cost", "target"),
    [
        ({"limits": {"max_flops": "50M"}}, "hard", "flops", 50e6),
        ({"limits": {"max_params": "2M"}}, "hard", "params", 2e6),
        ({"limits": {"max_latency_ms": 20}}, "hard", "measured_latency_ms", 20),
        ({"reward": {"target": "100M"}}, "absolute", "flops", 100e6),
        ({"reward": {"target": "100M", "kind": "soft"}, "limits": {"max_flops": "50M"}}, "soft", "flops", 100e6),
        ({}, "soft", "flops", 400e6),
        ({"objective": {"name": "shared"}, "limits": {"max_flops": "50M", "max_params": "2M"}}, "soft", "params", 2e6),
        ({"objective": {"name": "shared"}, "limits": {"max_flops": "50M"}}, "soft", "flops", 50e6),
        ({"objective": {"name": "shared"}, "limits": {"max_latency_ms": 20}}, "hard", "measured_latency_ms", 20),
    ],
)
def test_a_reward_follows_from_limits_and_targets(
    written: dict[str, object], kind: str, cost: str, target: float
) -> None:
    reward = validated(Reward, derive_reward(written))
    assert (reward.kind, reward.cost, reward.target) == (kind, cost, target)


def test_of_networks_judged_alike_by_shared_weights_the_larger_is_better() -> None:
    reward = validated(Reward, derive_reward({"objective": {"name": "shared"}, "limits": {"max_params": "2M"}}))
    assert reward(0.6, 2e6) > reward(0.6, 1e6)


def test_accuracy_alone_counts_within_a_limit() -> None:
    reward = validated(Reward, derive_reward({"limits": {"max_flops": "50M"}}))
    assert reward(0.7, 10e6) == reward(0.7, 50e6) == 0.7


def test_what_is_written_stands() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}, "e": 5}) == {"a": {"b": 1, "c": 4}, "d": 3, "e": 5}


def test_networks_of_published_names_can_be_proxies_too() -> None:
    small = apply_proxy(reference("mobilenet-v2"), validated(Proxy, derive(facts(224), (224, 224), SKELETON)["proxy"]))
    assert math.isclose(small.input_size[0], 64)


@pytest.mark.parametrize(("images", "epochs"), [(32_000, 5), (1_000, 160), (1_000_000, 1)])
def test_shared_weights_see_as_many_images_whatever_the_data(images: int, epochs: int) -> None:
    config = validated(TrainingConfig, shared_recipe(facts(), images))
    assert (config.epochs, config.batch_size, config.learning_rate, config.flip) == (epochs, 32, 0.05, True)
    assert not validated(TrainingConfig, shared_recipe(facts(channels=1), images)).flip
