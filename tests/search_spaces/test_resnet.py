"""Networks by other people: their published counts, and the logits of the libraries that ship them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem, load_architecture, save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.measure import flop_counter_flops, measure_cost
from search_spaces.network import build_network
from search_spaces.reference import reference
from search_spaces.space_file import parse_space

# 1000 classes, 224 px: (parameters, multiply-adds) counted on torchvision 0.28 and timm 1.0.31
COUNTS = {
    "mobilenet-v1": (4_231_976, 568_740_352),
    "resnet-18": (11_689_512, 1_814_073_344),
    "resnet-50": (25_557_032, 4_089_184_256),
}


def torchvision_model(name: str) -> nn.Module:
    model: nn.Module = pytest.importorskip("torchvision").models.get_model(name, weights=None)
    return model


def timm_model(name: str) -> nn.Module:
    model: nn.Module = pytest.importorskip("timm").create_model(name)
    return model


PEERS: dict[str, tuple[Callable[[str], nn.Module], str, float]] = {
    "resnet-18": (torchvision_model, "resnet18", 1e-5),
    "resnet-50": (torchvision_model, "resnet50", 1e-5),
    "mobilenet-v2": (torchvision_model, "mobilenet_v2", 1e-5),
    "mobilenet-v1": (timm_model, "mobilenetv1_100", 1e-5),
}


def network(*stages: Stage, **fields: Any) -> Architecture:
    settings: dict[str, Any] = {"resolution": 33, "stem": Stem(width=8, pool=2), "head": Head(width=None)}
    return Architecture(stages=stages, activation="relu", **(settings | fields))


def disturbed(model: nn.Module) -> nn.Module:
    """Give batch norms and biases other values than 1 and 0, so that a misplaced one shows."""
    generator = torch.Generator().manual_seed(0)
    for name, tensor in model.state_dict().items():
        if tensor.dim() == 1:
            low = 0.5 if name.endswith(("weight", "var")) else -0.2
            tensor.uniform_(low, low + 0.7, generator=generator)
    return model.eval()


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_the_published_ones_by_every_counter(name: str) -> None:
    architecture = reference(name)
    estimated, measured = estimate_cost(architecture), measure_cost(architecture)
    assert (estimated.params, estimated.flops) == COUNTS[name]
    assert (measured.params, measured.flops, measured.activations) == (*COUNTS[name], estimated.activations)
    assert flop_counter_flops(architecture) == COUNTS[name][1]


@pytest.mark.usefixtures("torchvision_imports")
@pytest.mark.parametrize("name", PEERS)
def test_the_same_weights_give_the_logits_of_the_library(name: str) -> None:
    make, peer_name, eps = PEERS[name]
    peer = disturbed(make(peer_name))
    ours = build_network(reference(name), batch_norm_eps=eps).eval()
    theirs = peer.state_dict()
    assert len(theirs) == len(ours.state_dict())
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.values(), strict=True)))  # both list layers in order
    images = torch.randn(2, 3, 75, 96, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(ours(images), peer(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("op", ["bottleneck", "basic", "mbconv", "conv", "dsconv"])
@pytest.mark.parametrize(("skip", "width"), [("identity", 8), ("pool", 12), ("projection", 6), ("none", 8)])
def test_every_block_with_every_skip_costs_what_is_measured(op: Any, skip: Any, width: int) -> None:
    ratio = 0.5 if op == "bottleneck" else 1
    stage = Stage(op=op, kernel_size=5, stride=2, expansion_ratio=ratio, skip=skip, width=width, depth=2)
    architecture = network(stage)
    estimated, measured = estimate_cost(architecture, 10), measure_cost(architecture, 10)
    assert estimated.flops == measured.flops == flop_counter_flops(architecture, 10)
    assert (estimated.params, estimated.activations) == (measured.params, measured.activations)


@pytest.mark.parametrize("op", ["bottleneck", "basic"])
@pytest.mark.parametrize("skip", ["identity", "none"])
def test_the_last_activation_stands_after_the_addition(op: Any, skip: Any) -> None:
    architecture = network(Stage(op=op, skip=skip, width=8, depth=1))
    made = build_network(architecture)
    disturbed(made)
    features = torch.randn(2, 8, 9, 9, generator=torch.Generator().manual_seed(0))
    assert made.blocks(features).min() == 0


def test_a_projection_is_the_identity_where_the_shape_stays() -> None:
    same = Stage(op="basic", skip="projection", width=8, depth=3)
    assert network(same).key == network(replace(same, skip="identity")).key
    assert network(replace(same, stride=2)).key != network(replace(same, stride=2, skip="identity")).key
    assert network(replace(same, stride=2)).key != network(replace(same, stride=2, skip="pool")).key


def test_max_pooling_makes_another_network() -> None:
    stage = Stage(op="basic", width=8, depth=1)
    assert network(stage).key != network(stage, stem=Stem(width=8)).key


def test_what_an_operation_does_not_have_is_refused_by_name() -> None:
    for op, change in (
        ("bottleneck", {"se_ratio": 0.25}),
        ("basic", {"se_ratio": 0.25}),
        ("basic", {"expansion_ratio": 4}),
    ):
        with pytest.raises(InvalidInput) as caught:
            Stage(op=op, width=8, depth=1, **change)  # type: ignore[arg-type]
        assert caught.value.key == next(iter(change))
    with pytest.raises(InvalidInput, match="pool: got 3"):
        Stem(width=8, pool=3)


def test_a_file_states_the_pooling_only_where_there_is_one(tmp_path: Any) -> None:
    for name, stated in (("resnet-50", True), ("efficientnet-b0", False)):
        save_architecture(reference(name), tmp_path / "network.yaml")
        assert ("pool" in (tmp_path / "network.yaml").read_text()) == stated
        assert load_architecture(tmp_path / "network.yaml") == reference(name)


def test_an_operation_can_be_a_choice() -> None:
    space = parse_space(
        {
            "name": "residual",
            "skeleton": "resnet-18",
            "every_stage": {"op": {"one_of": ["basic", "bottleneck", "mbconv"]}},
            "stages": {"3": {"expansion_ratio": {"one_of": [0.25, 0.5]}, "se_ratio": {"one_of": [0, 0.25]}}},
        }
    )
    parameters = {f"stages.{index}.op": "basic" for index in range(4)}
    ends = {"stages.3.expansion_ratio": 0.5, "stages.3.se_ratio": 0.25}
    assert space.decode(parameters | ends).key == reference("resnet-18").key
    inner = [block.expanded_width for block in space.decode(parameters | ends | {"stages.3.op": "bottleneck"}).blocks]
    assert inner[-2:] == [256, 256]
    for parameters["stages.3.op"] in ("basic", "bottleneck", "mbconv"):
        drawn = space.decode(parameters | ends)
        assert space.decode(space.encode(drawn)).key == drawn.key
