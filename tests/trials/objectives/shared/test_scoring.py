"""Networks judged by their path: equal ones equally, whatever was judged before."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from search_spaces.errors import InvalidInput
from search_spaces.network import build_network
from search_spaces.space_file import parse_space
from tests.trials.objectives.shared.test_routes import TWICE
from tests.trials.tiny import CPU, tiny_split
from trials.objectives.shared.layout import layout_of
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.scoring import mixed_batches, score
from trials.objectives.shared.supernet import Supernet, build_supernet
from trials.proxy import Proxy
from trials.training.batches import Part
from trials.training.loop import parts_of

SPACE = parse_space(TWICE)
ROUTES = Routes(space=SPACE, proxy=Proxy(resolution=0.25))
RATIOS = {"stages.0.expansion_ratio": 3, "stages.1.expansion_ratio": 3}


def tiny_supernet(seed: int = 0) -> Supernet:
    layout = layout_of(SPACE, ROUTES.proxy)
    return build_supernet(layout, in_channels=1, num_classes=4, activation="silu", seed=seed)


def part(images: int = 30) -> Part:
    return parts_of(tiny_split(validation=images), (1, 1), CPU)[1]


def test_equal_networks_have_equal_scores_and_others_do_not() -> None:
    supernet = tiny_supernet()
    first, other, again = (
        score(supernet, ROUTES.of_parameters(RATIOS | {"stages.0.depth": a, "stages.1.depth": b}), part())
        for a, b in ((1, 3), (1, 1), (3, 1))
    )
    assert first == again
    assert first != other


def test_a_score_is_that_of_the_stand_alone_network_on_the_same_batches() -> None:
    supernet = tiny_supernet()
    path = ROUTES.of_parameters(RATIOS | {"stages.0.depth": 2, "stages.1.depth": 2})
    network = build_network(path.architecture, 1, 4)
    network.load_state_dict(supernet.path_weights(path), strict=False)
    images, labels = next(iter(mixed_batches(replace(part(), resolution=path.architecture.input_size))))
    logits = network.train()(images)
    accuracy, loss = score(supernet, path, part())
    assert loss == pytest.approx(functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert accuracy == (logits.argmax(1) == labels).double().mean().item()


def test_batches_hold_every_image_once_and_are_about_equally_large() -> None:
    batches = list(mixed_batches(replace(part(300), resolution=(8, 8))))
    assert [len(labels) for _, labels in batches] == [150, 150]
    labels = torch.cat([labels for _, labels in batches])
    assert labels.bincount().tolist() == part(300).labels.bincount().tolist()
    assert labels.tolist() != part(300).labels.tolist()


def test_one_image_has_no_variance() -> None:
    with pytest.raises(InvalidInput, match="at least 2"):
        score(tiny_supernet(), ROUTES.largest(), part(1))
