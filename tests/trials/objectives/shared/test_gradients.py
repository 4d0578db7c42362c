"""Gradients of a path: those of the stand-alone network of its weights, added to what is there."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from search_spaces.network import build_network
from tests.trials.objectives.shared.test_scoring import RATIOS, ROUTES, tiny_supernet
from tests.trials.tiny import CPU, tiny_split
from trials.objectives.shared.gradients import Batch, backward, forward
from trials.training.loop import parts_of
from trials.training_config import TrainingConfig

PATH = ROUTES.of_parameters(RATIOS | {"stages.0.depth": 2, "stages.1.depth": 1})
CONFIG = TrainingConfig()


def batch() -> Batch:
    part = parts_of(tiny_split(), (1, 1), CPU)[0]
    images, labels = part.fetch(slice(0, 16))
    return Batch(part=part, images=images, labels=labels)


def test_loss_and_gradients_are_those_of_the_stand_alone_network() -> None:
    supernet = tiny_supernet().train()
    loss = backward(forward(supernet, PATH, batch(), CONFIG))
    network = build_network(PATH.architecture, 1, 4)
    network.load_state_dict(supernet.path_weights(PATH), strict=False)
    logits = network.train()(batch().at(PATH.architecture.input_size))
    expected = functional.cross_entropy(logits, batch().labels, label_smoothing=CONFIG.label_smoothing)
    expected.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    alone = network.get_submodule("classifier").get_parameter("weight").grad
    shared = supernet.get_submodule("parts.plain_classifier").get_parameter("weight").grad
    assert alone is not None and shared is not None
    torch.testing.assert_close(shared[:, : alone.shape[1]], alone)


def test_gradients_are_added() -> None:
    supernet = tiny_supernet().train()
    backward(forward(supernet, PATH, batch(), CONFIG))
    once = [weight.grad.clone() for weight in supernet.parameters() if weight.grad is not None]
    backward(forward(supernet, PATH, batch(), CONFIG))
    twice = [weight.grad for weight in supernet.parameters() if weight.grad is not None]
    assert all(torch.equal(2 * one, two) for one, two in zip(once, twice, strict=True))


def test_images_of_a_resolution_are_prepared_once() -> None:
    images = batch()
    assert images.at((4, 4)) is images.at((4, 4))
    assert images.at((4, 4)).shape[2:] == (4, 4)
    assert images.at((8, 8)).shape[2:] == (8, 8)
