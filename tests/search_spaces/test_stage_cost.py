from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch
from fvcore.nn import FlopCountAnalysis

from search_spaces import Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.network import build_network
from search_spaces.reference import REFERENCES, reference
from search_spaces.stage_cost import stage_costs


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("num_classes", [1000, 10])
def test_the_parts_add_up_to_the_network(name: str, num_classes: int) -> None:
    architecture = reference(name)
    costs = stage_costs(architecture, num_classes)
    parts = (costs.stem, *costs.stages, costs.head)
    for field in fields(Cost):
        total = sum(getattr(part, field.name) for part in parts)
        assert total == getattr(estimate_cost(architecture, num_classes), field.name)
        assert all(getattr(part, field.name) > 0 for part in parts)


@pytest.mark.parametrize("name", ["efficientnet-b0", "mnasnet-a1", "resnet-18"])
def test_each_part_costs_what_fvcore_counts(name: str) -> None:
    architecture = replace(reference(name), resolution=65)
    counted, parameters = fvcore_by_part(architecture)
    costs = stage_costs(architecture)
    assert [part.flops for part in (costs.stem, *costs.stages, costs.head)] == counted
    assert [part.params for part in (costs.stem, *costs.stages, costs.head)] == parameters


def fvcore_by_part(architecture: Architecture) -> tuple[list[int], list[int]]:
    network = build_network(architecture).eval()
    height, width = architecture.input_size
    analysis = FlopCountAnalysis(network, torch.zeros(1, 3, height, width))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    by_module = analysis.by_module_and_operator()
    parts, first = [["stem"]], 0
    for stage in architecture.stages:
        parts.append([f"blocks.{index}" for index in range(first, first + stage.depth)])
        first += stage.depth
    parts.append(["head", "classifier"])
    flops = [sum(by_module[name][op] for name in names for op in ("conv", "linear")) for names in parts]
    parameters = [
        sum(value.numel() for name in names for value in network.get_submodule(name).parameters()) for names in parts
    ]
    return flops, parameters
