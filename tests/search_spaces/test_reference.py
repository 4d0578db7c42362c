"""Published networks held against the tables of torchvision and timm; their counts are in test_golden."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from search_spaces.errors import InvalidInput
from search_spaces.reference import EFFICIENTNETS, REFERENCES, reference

THEIRS = [name for name in EFFICIENTNETS if name[-2:] in {f"b{index}" for index in range(8)}]


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("name", THEIRS)
def test_efficientnets_have_the_stages_of_torchvision(name: str) -> None:
    theirs: Any = pytest.importorskip("torchvision").models.efficientnet
    width, depth, _, _ = EFFICIENTNETS[name]
    stages, _ = theirs._efficientnet_conf(name.replace("-", "_"), width_mult=width, depth_mult=depth)
    ours = reference(name)
    assert [(s.kernel_size, s.stride, s.expansion_ratio, s.width, s.depth) for s in ours.stages] == [
        (s.kernel, s.stride, s.expand_ratio, s.out_channels, s.num_layers) for s in stages
    ]
    assert ours.stem.width == stages[0].input_channels
    assert ours.head.width == 4 * stages[-1].out_channels


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("name", ["efficientnet-b1", "efficientnet-b2", "efficientnet-b4"])
def test_dropout_of_efficientnets_is_that_of_torchvision(name: str) -> None:
    models: Any = pytest.importorskip("torchvision").models
    with torch.device("meta"):
        model = models.get_model(name.replace("-", "_"), weights=None)
    assert reference(name).dropout == model.classifier[0].p


def test_every_network_has_the_name_it_is_asked_by() -> None:
    assert [reference(name).name for name in REFERENCES] == list(REFERENCES)


def test_resolutions_of_the_paper() -> None:
    sides = [reference(name).resolution for name in THEIRS]
    assert sides == [224, 240, 260, 300, 380, 456, 528, 600]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"reference: got 'resnet-34', accepted: efficientnet-b0, .*resnet-50"):
        reference("resnet-34")
