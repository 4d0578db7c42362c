from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem
from tests.trials.pictures import write_pictures
from tests.trials.tiny import tiny_split
from trials.data.content import pinned
from trials.experiment import DataConfig
from trials.training.equipment import (
    available_cores,
    build_seeded,
    choose_device,
    chosen_threads,
    load_split,
    skipped_files,
)

SMALL = Architecture(
    resolution=8, stem=Stem(width=4), stages=(Stage(op="conv", width=4, depth=1),), head=Head(width=None)
)
DIGITS = DataConfig(name="digits", train_images=100, validation_images=50)


def weights(seed: int) -> list[torch.Tensor]:
    return list(build_seeded(SMALL, tiny_split(), seed, 0.1).state_dict().values())


def test_weights_depend_on_the_seed_alone() -> None:
    first = weights(3)
    torch.rand(5)  # the global generator is somewhere else
    assert all(torch.equal(one, other) for one, other in zip(first, weights(3), strict=True))
    assert not all(torch.equal(one, other) for one, other in zip(first, weights(4), strict=True))


def test_building_leaves_the_global_generator_as_it_was() -> None:
    before = torch.get_rng_state()
    weights(3)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_network_fits_its_images() -> None:
    split = tiny_split()
    network = build_seeded(SMALL, split, 0, momentum=0.3)
    assert network(split.train_images[:2] / 255).shape == (2, split.num_classes)
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert {norm.momentum for norm in norms} == {0.3}


def test_a_split_has_the_sizes_that_were_asked_for_and_is_kept() -> None:
    split = load_split(DIGITS)
    assert (len(split.train_images), len(split.validation_images)) == (100, 50)
    assert split.num_classes == len(load_digits().target_names)
    assert load_split(replace(DIGITS)) is split
    assert load_split(replace(DIGITS, seed=1)) is not split


def test_a_gpu_is_taken_where_there_is_one_and_refused_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for there, chosen in ((False, "cpu"), (True, "cuda")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert (choose_device("auto").type, choose_device("cpu").type) == (chosen, "cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InvalidInput, match=r"compute\.device: got 'cuda'"):
        choose_device("cuda")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_cores_are_those_this_process_may_use() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert available_cores() == len(before)


@pytest.mark.parametrize(("said", "threads"), [("1", 1), ("3,2", 3), ("0", None), ("many", None), ("", None)])
def test_threads_follow_what_is_asked_then_the_environment(
    said: str, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert chosen_threads(7) == 7
    assert chosen_threads(None) == (threads or available_cores())


def test_broken_files_that_are_left_out_can_be_listed(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "p", {"ant": 10, "bee": 10}, (8, 8))
    (folder / "ant" / "torn.png").write_text("no image")
    data = DataConfig(name=f"folder:{folder}", folder=str(tmp_path), resolution=8, skip_broken=True)
    assert skipped_files(data) == ["ant/torn.png"]
    assert skipped_files(DataConfig(name="digits", folder=str(tmp_path))) == []


def test_images_that_changed_since_a_run_began_are_refused(tmp_path: Path) -> None:
    root = write_pictures(tmp_path / "pictures", {"ant": 10, "bee": 10})
    data = pinned(DataConfig(name=f"folder:{root}", folder=str(tmp_path), validation_images=4))
    assert load_split(data).content is not None
    (root / "ant" / "0.png").write_bytes((root / "bee" / "0.png").read_bytes())
    load_split.cache_clear()  # as in a worker that starts later
    with pytest.raises(InvalidInput, match=r"^data\.content: .* changed since this run began"):
        load_split(data)
