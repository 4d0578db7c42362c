"""The training of a supernet: it learns, is a function of its seed, and goes on after a stop as if there were none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from search_spaces.errors import InvalidInput
from tests.trials.objectives.shared.test_scoring import ROUTES, SPACE, part, tiny_supernet
from tests.trials.tiny import CPU, tiny_split
from trials.experiment import Experiment, PathRule
from trials.objectives.shared.controller import Controller, controller_over
from trials.objectives.shared.course import course_over
from trials.objectives.shared.scoring import score
from trials.objectives.shared.supernet import Supernet
from trials.objectives.shared.training import _gradients, train_supernet
from trials.training.loop import Diverged, parts_of
from trials.training.state import EpochResult, start
from trials.training_config import TrainingConfig

CONFIG = TrainingConfig(epochs=3, batch_size=16, learning_rate=0.05, ema_decay=0.9, flip=False, crop_padding=1)


def trained(
    config: TrainingConfig = CONFIG,
    seed: int = 0,
    checkpoint: Path | None = None,
    stop_after: int | None = None,
    rule: PathRule = "fair",
    controller: Controller | None = None,
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
        threads=1,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
        rule=rule,
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


@pytest.mark.parametrize(("stop_after", "rule"), [(1, "fair"), (2, "fair"), (1, "sandwich")])
def test_a_stopped_training_goes_on_as_if_undisturbed(stop_after: int, rule: PathRule, tmp_path: Path) -> None:
    checkpoint = tmp_path / "supernet.pt"
    with pytest.raises(KeyboardInterrupt):
        trained(checkpoint=checkpoint, stop_after=stop_after, rule=rule)
    assert same(trained(checkpoint=checkpoint, rule=rule), trained(rule=rule))


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


@pytest.mark.parametrize("rule", ["fair", "sandwich"])
def test_all_networks_of_the_space_learn(rule: PathRule) -> None:
    supernet = trained(replace(CONFIG, epochs=20), rule=rule)
    for first in (1, 3):
        path = ROUTES.of_parameters(
            {"stages.0.depth": first, "stages.1.depth": 1} | {f"stages.{i}.expansion_ratio": 3 for i in (0, 1)}
        )
        assert score(supernet, path, part())[0] > 0.6


def test_in_a_sandwich_the_largest_learns_the_labels_and_the_others_its_answers() -> None:
    training, validation = parts_of(tiny_split(), (8, 8), CPU)
    images, labels = training.fetch(slice(0, 16))
    course = course_over(ROUTES, (training, validation), CONFIG, seed=0, rule="sandwich")
    gradients = []
    for wanted in (labels, (labels + 1) % 4):
        state = start(tiny_supernet(), CONFIG)
        paths = [course.largest, ROUTES.smallest()]
        _gradients(state, course, paths, images, wanted)
        gradients.append({name: weight.grad for name, weight in state.network.named_parameters()})
    expected = tiny_supernet()
    size = course.largest.architecture.input_size
    prepared = replace(training, resolution=size).prepare(images)
    teacher, pupil = (expected(prepared, path) for path in paths)
    answers = teacher.detach().softmax(1)
    loss = functional.cross_entropy(teacher, labels, label_smoothing=CONFIG.label_smoothing)
    (loss - (answers * pupil.log_softmax(1)).sum(1).mean()).backward()
    for name, weight in expected.named_parameters():
        torch.testing.assert_close(gradients[0][name], weight.grad, rtol=1e-4, atol=1e-6)
    assert not torch.equal(gradients[0]["parts.stem.conv.weight"], gradients[1]["parts.stem.conv.weight"])


def test_a_training_that_diverges_says_so() -> None:
    with pytest.raises(Diverged):
        trained(replace(CONFIG, learning_rate=1e30))


def test_the_space_is_one_of_few_networks() -> None:
    assert SPACE.size == 36
