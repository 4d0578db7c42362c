from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from search_spaces.cost import estimate_cost
from search_spaces.network import build_network
from search_spaces.reference import reference
from trials.check.findings import Findings
from trials.check.networks import check_networks, last_side, stage_sides
from trials.experiment import CostConfig, Experiment
from trials.proxy import Proxy

B0 = reference("efficientnet-b0")


def test_what_the_last_stage_sees() -> None:
    assert [last_side(replace(B0, resolution=side)) for side in (224, 64, 33, 32, 28)] == [7, 2, 2, 1, 1]


def test_every_stage_sees_what_a_network_makes_of_its_input() -> None:
    network = build_network(B0, num_classes=2).eval()
    seen: list[int] = []
    for block in network.blocks:
        block.register_forward_hook(lambda _block, _given, maps: seen.append(maps.shape[-1]))
    network(torch.zeros(1, 3, 224, 200))
    last = [sum(stage.depth for stage in B0.stages[: place + 1]) - 1 for place in range(len(B0.stages))]
    assert stage_sides(replace(B0, resolution=(224, 200))) == [seen[place] for place in last]


def test_deployed_network_and_proxy_are_told_apart() -> None:
    deployed = replace(B0, resolution=64)
    findings = Findings()
    check_networks("b0", deployed, Experiment(cost=CostConfig(num_classes=7), proxy=Proxy(width=0.25)), findings)
    first, second = findings.facts["networks"]
    assert f"{estimate_cost(deployed, 7).flops / 1e6:,.1f}M multiply-adds" in first
    assert "64 x 64 px, 7 classes" in first
    assert "64 x 64 px, 25% of the width, all strides" in second
    assert findings.warnings == []


def test_a_single_pixel_is_a_doubt() -> None:
    findings = Findings()
    check_networks("b0", replace(B0, resolution=28), Experiment(), findings)
    assert [warning.split(" sees")[0] for warning in findings.warnings] == [
        "the last stage of the proxy",
        "at 28 x 28 px the last stage of the deployed network",
    ]


@pytest.mark.parametrize(("images", "told"), [((64, 80), True), ((32, 32), False), (None, False)])
def test_smaller_pictures_are_explained(images: tuple[int, int] | None, told: bool) -> None:
    findings, experiment = Findings(), Experiment(proxy=Proxy(width=0.25, resolution=0.5))
    check_networks("b0", replace(B0, resolution=64), experiment, findings, images=images)
    assert ("it sees pictures smaller than they are" in findings.facts["networks"][-1]) is told
