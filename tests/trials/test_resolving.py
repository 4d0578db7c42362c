from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.space_file import parse_space
from tests.trials.pictures import write_pictures
from trials.data.facts import DataFacts
from trials.experiment import Experiment
from trials.resolving import as_deployed, complete_experiment, largest_resolution, space_of


def complete(folder: Path, **entry: Any) -> Experiment:
    (folder / "own.yaml").write_text(yaml.safe_dump({"mine": entry}))
    return complete_experiment(Experiment, "mine", folder / "own.yaml")


def test_five_lines_are_an_experiment(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "p", {"ant": 50, "bee": 50}, (64, 64))
    made = complete(tmp_path, data=f"folder:{root}", limits={"max_flops": "50M"})
    assert (made.resolution, made.cost.num_classes, made.cost.in_channels) == (64, 2, 3)
    assert (made.reward.kind, made.reward.target) == ("hard", 50_000_000)
    assert made.data.validation_images == 16
    assert (made.proxy.width, made.proxy.resolution, made.proxy.drop_strides) == (0.25, 1.0, 0)
    assert made.data.size == (64, 64)
    assert space_of(made).skeleton.input_size == (64, 64)
    assert as_deployed(reference("mobilenet-v2"), made).input_size == (64, 64)


def test_what_is_written_stands(tmp_path: Path) -> None:
    data = {"name": "digits", "validation_images": 77}
    made = complete(tmp_path, data=data, resolution=96, training={"epochs": 3}, cost={"num_classes": 1000})
    assert (made.resolution, made.data.validation_images, made.training.epochs) == (96, 77, 3)
    assert (made.cost.num_classes, made.cost.in_channels) == (1000, 1)


def test_a_proxy_that_is_written_out_is_one_of_the_spaces_resolution(tmp_path: Path) -> None:
    made = complete(tmp_path, data={"name": "digits"}, proxy={"resolution": 0.0357})
    assert made.resolution == 224
    assert (made.proxy.width, made.proxy.drop_strides) == (1.0, 0)


def test_nothing_follows_from_data_that_are_not_used(tmp_path: Path) -> None:
    made = complete(tmp_path, objective={"python": "tests.objectives:by_size"}, data="folder:nowhere")
    assert (made.resolution, made.cost.num_classes) == (None, 1000)


def test_data_that_are_not_there_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="a folder that exists") as caught:
        complete(tmp_path, data=f"folder:{tmp_path / 'nowhere'}")
    assert "\n" not in str(caught.value)


def test_resolutions_to_choose_from_keep_their_proportions() -> None:
    space = parse_space({"name": "x", "skeleton": "efficientnet-b0", "resolution": {"one_of": [192, 224, 256]}})
    assert largest_resolution(space) == pytest.approx(256 / 224)
    (choice,) = space.at_resolution(112, 112).choices
    assert choice.options == (96, 112, 128)


MANY = DataFacts(
    size=(64, 64), channels=3, num_classes=2, train_images=60_000, test_images=10_000, smallest_class=30_000
)


@pytest.mark.parametrize(
    ("entry", "pixels", "kept", "validation"),
    [
        ({}, 32, 32, 12_000),
        ({"budget": "1h"}, 32, 64, 12_000),  # larger ones may be afforded
        ({"training": {"budget": "60s"}}, 32, 64, 12_000),
        ({"objective": {"name": "shared"}}, 64, 64, 5_000),
        ({"data": {"name": "folder:photographs", "train_images": 8_000}}, 64, 64, 12_000),
    ],
)
def test_many_photographs_are_seen_smaller_by_candidates_that_are_trained_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: dict[str, Any],
    pixels: int,
    kept: int,
    validation: int,
) -> None:
    monkeypatch.setattr("trials.data.facts.data_facts", lambda _name, _folder: MANY)
    made = complete(tmp_path, **{"data": "folder:photographs", **entry})
    assert made.resolution == 64
    assert round(64 * made.proxy.resolution) == pixels
    assert (made.data.resolution, made.data.validation_images) == (kept, validation)
