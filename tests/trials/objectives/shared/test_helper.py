"""What a helper answers: the gradients of its networks, at the weights that lie in the memory, in their rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from tests.trials.objectives.shared.test_gradients import CONFIG, PATH, batch
from tests.trials.objectives.shared.test_scoring import ROUTES, tiny_supernet
from trials.objectives.shared.gradients import backward, forward
from trials.objectives.shared.helper import Helper, Share
from trials.objectives.shared.memory import Places, new_memory
from trials.study.candidate import ignore_reports

ROWS = 2


@pytest.fixture
def helper() -> Iterator[Helper]:
    places = Places.of(list(tiny_supernet().parameters()))
    memory = new_memory((1 + ROWS) * places.floats)
    part = batch().part
    yield Helper(
        memory=memory,
        rows=ROWS,
        places=places,
        routes=ROUTES,
        in_channels=1,
        num_classes=4,
        mean=part.mean,
        std=part.std,
        config=CONFIG,
    )
    os.close(memory)


def test_gradients_are_written_to_the_row_of_the_network(helper: Helper) -> None:
    there = replace(helper)  # maps the memory for itself
    expected = tiny_supernet().train()
    for copy, weight in zip(helper.places.views(helper.floats[0]), expected.parameters(), strict=True):
        copy.copy_(weight.detach())
    share = Share(paths={1: PATH}, images=batch().images.numpy(), labels=batch().labels.numpy())
    loss, used = there(share, ignore_reports)["1"]
    assert loss == float(backward(forward(expected, PATH, batch(), CONFIG)))
    weights = list(expected.parameters())
    assert used == [place for place, weight in enumerate(weights) if weight.grad is not None]
    assert 0 < len(used) < len(weights)
    for weight, gradient in zip(weights, helper.places.views(helper.floats[2]), strict=True):
        assert torch.equal(gradient, torch.zeros_like(weight) if weight.grad is None else weight.grad)
    assert not helper.floats[1].any(), "the row of another network"
