"""The training of a supernet: it learns, is a function of its seed, and goes on after a stop as if there were none."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from search_spaces.errors import InvalidInput
from tests.trials.objectives.shared.test_scoring import ROUTES, SPACE, part, tiny_supernet
from tests.trials.tiny import CPU, tiny_split
from trials.experiment import Experiment
from trials.objectives.shared.controller import Controller, controller_over
from trials.objectives.shared.parallel import Team
from trials.objectives.shared.routes import Path as Way
from trials.objectives.shared.scoring import score
from trials.objectives.shared.supernet import Supernet
from trials.objectives.shared.training import train_supernet
from trials.training.loop import Diverged
from trials.training.state import EpochResult
from trials.training_config import TrainingConfig

CONFIG = TrainingConfig(epochs=3, batch_size=16, learning_rate=0.05, ema_decay=0.9, flip=False, crop_padding=1)


def trained(
    config: TrainingConfig = CONFIG,
    seed: int = 0,
    checkpoint: Path | None = None,
    stop_after: int | None = None,
    controller: Controller | None = None,
    threads: int = 1,
) -> Supernet:
    supernet = tiny_supernet()

    def on_epoch(result: EpochResult) -> None:
        if result.epoch == stop_after:
            raise KeyboardInterrupt

    train_supernet(
        supernet,
        ROUTES,
        tiny_split(),
        config,
        seed=seed,
        device=CPU,
        threads=threads,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
        controller=controller,
    )
    return supernet


def same(first: Supernet, second: Supernet) -> bool:
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def test_equal_trainings_end_equal_and_other_seeds_do_not() -> None:
    first = trained()
    assert same(first, trained())
    assert not same(first, trained(seed=1))


def test_several_processes_end_where_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    helpers = []

    class Punctual(Team):
        def __call__(self, paths: Sequence[Way], images: Tensor, labels: Tensor) -> Tensor:
            self.wait()
            helpers.append(len(self.helpers))
            return super().__call__(paths, images, labels)

    monkeypatch.setattr(sys.modules[Team.__module__], "Team", Punctual)
    assert same(trained(threads=2), trained())
    assert helpers == [1] * 12


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_stopped_training_goes_on_as_if_undisturbed(stop_after: int, tmp_path: Path) -> None:
    checkpoint = tmp_path / "supernet.pt"
    with pytest.raises(KeyboardInterrupt):
        trained(checkpoint=checkpoint, stop_after=stop_after)
    assert same(trained(checkpoint=checkpoint), trained())


def test_the_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    trained(checkpoint=tmp_path / "supernet.pt")
    with pytest.raises(InvalidInput, match="seed"):
        trained(checkpoint=tmp_path / "supernet.pt", seed=1)


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_controller_goes_on_with_the_training(stop_after: int, tmp_path: Path) -> None:
    def searched(checkpoint: Path | None = None, stop_after: int | None = None) -> tuple[Supernet, dict[str, Any]]:
        controller = controller_over(Experiment(), ROUTES, 70, CONFIG, seed=0)
        supernet = trained(checkpoint=checkpoint, stop_after=stop_after, controller=controller)
        return supernet, controller.state_dict()

    checkpoint = tmp_path / "supernet.pt"
    with pytest.raises(KeyboardInterrupt):
        searched(checkpoint, stop_after)
    again, whole = searched(checkpoint), searched()
    assert same(again[0], whole[0])
    assert again[1] == whole[1]
    assert whole[1]["history"][-1][1] < 1
    assert not same(whole[0], trained())
    trained(checkpoint=tmp_path / "alone.pt")
    with pytest.raises(InvalidInput, match="checkpoint"):
        searched(tmp_path / "alone.pt")


def test_all_networks_of_the_space_learn() -> None:
    supernet = trained(replace(CONFIG, epochs=20))
    for first in (1, 3):
        path = ROUTES.of_parameters(
            {"stages.0.depth": first, "stages.1.depth": 1} | {f"stages.{i}.expansion_ratio": 3 for i in (0, 1)}
        )
        assert score(supernet, path, part())[0] > 0.6


def test_a_training_that_diverges_says_so() -> None:
    with pytest.raises(Diverged):
        trained(replace(CONFIG, learning_rate=1e30))


def test_the_space_is_one_of_few_networks() -> None:
    assert SPACE.size == 36
