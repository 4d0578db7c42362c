"""A supernet written and read again: the same weights, the same space."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from search_spaces.errors import InvalidInput
from search_spaces.space_file import parse_space
from tests.trials.objectives.shared.test_scoring import ROUTES, part, tiny_supernet
from tests.trials.objectives.shared.test_supernet import space_named
from trials.objectives.shared.artifact import (
    SpaceContent,
    load_policy,
    load_supernet,
    save_supernet,
    space_content,
    space_of_content,
)
from trials.objectives.shared.scoring import score


def test_what_was_written_scores_as_before(tmp_path: Path) -> None:
    supernet, file = tiny_supernet().to(memory_format=torch.channels_last), tmp_path / "supernet.safetensors"
    save_supernet(supernet, ROUTES, {"seed": "0"}, file)
    again, routes, identity = load_supernet(file)
    assert identity == {"seed": "0"}
    assert (routes.space, routes.proxy) == (ROUTES.space, ROUTES.proxy)
    assert score(again, routes.largest(), part()) == score(supernet, ROUTES.largest(), part())


@pytest.mark.parametrize("name", ["efficientnet", "mnasnet", "wide", "residual"])
def test_a_space_is_the_same_after_writing_and_reading(name: str) -> None:
    space = space_named(name)
    again = space_of_content(SpaceContent(**space_content(space)))
    networks = [space.sample(random.Random(seed)) for seed in range(5)]
    assert [space.encode(network) for network in networks] == [again.encode(network) for network in networks]
    assert (again.skeleton, again.choices, again.fixed) == (space.skeleton, space.choices, space.fixed)


def test_a_space_of_pixels_that_differ_keeps_them() -> None:
    space = parse_space(
        {"name": "s", "skeleton": "mobilenet-v2", "resolution": {"one_of": [[128, 192], 160]}, "dropout": 0.1}
    )
    assert space_of_content(SpaceContent(**space_content(space))).choices == space.choices


def test_a_policy_is_kept_with_the_weights(tmp_path: Path) -> None:
    file = tmp_path / "supernet.safetensors"
    policy = {choice.name: [1 / len(choice.options)] * len(choice.options) for choice in ROUTES.space.choices}
    save_supernet(tiny_supernet(), ROUTES, {}, file, policy)
    assert load_policy(file, ROUTES.space) == [tuple(row) for row in policy.values()]
    assert load_supernet(file)[2] == {}


@pytest.mark.parametrize("row", [None, [1.0], [0.5, 0.4, 0.2], [1.5, -0.5, 0.0]])
def test_a_policy_that_is_none_is_refused(row: list[float] | None, tmp_path: Path) -> None:
    file = tmp_path / "supernet.safetensors"
    first, *others = ROUTES.space.choices
    policy = {choice.name: [1 / len(choice.options)] * len(choice.options) for choice in others}
    save_supernet(tiny_supernet(), ROUTES, {}, file, None if row is None else {first.name: row, **policy})
    with pytest.raises(InvalidInput, match="probability for each of its 3 options"):
        load_policy(file, ROUTES.space)


def test_other_files_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(2)}, tmp_path / "other.safetensors")
    (tmp_path / "text").write_text("no weights")
    for name in ("other.safetensors", "text", "absent"):
        with pytest.raises(InvalidInput):
            load_supernet(tmp_path / name)
        with pytest.raises(InvalidInput):
            load_policy(tmp_path / name, ROUTES.space)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match=r"accepted: a file$"):
        load_supernet(tmp_path / "pipe")
