"""A path through a supernet is the stand-alone network of its sliced weights."""

from __future__ import annotations

import copy
import random

import pytest
import torch
from torch import Tensor, nn

from search_spaces.errors import InvalidInput
from search_spaces.network import Network, build_network
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space, parse_space
from trials.objectives.shared import supernet as module
from trials.objectives.shared.layout import layout_of
from trials.objectives.shared.routes import Path, Routes
from trials.objectives.shared.supernet import Supernet, build_supernet, sliced
from trials.proxy import Proxy

SMALL = Proxy(width=0.25, resolution=0.143)
WIDE = {
    "name": "wide",
    "skeleton": "mobilenet-v2",
    "resolution": {"one_of": [160, 192, 224]},
    "stem": {"width": {"one_of": [16, 32]}, "kernel_size": {"one_of": [3, 5]}},
    "head": {"width": {"one_of": [640, 1280, None]}},
    "every_stage": {
        "kernel_size": {"one_of": [3, 5, 7]},
        "width": {"multiply": [0.75, 1, 1.25]},
        "expansion_ratio": {"one_of": [1, 3, 6]},
        "se_ratio": {"one_of": [0, 0.25]},
    },
    "stages": {
        "2": {"one_of": [{"depth": 0}, {"depth": 1}, {"depth": 3}]},
        "3": {"one_of": [{"op": "mbconv", "skip": "projection"}, {"op": "conv"}, {"op": "dsconv", "skip": "pool"}]},
    },
}
RESIDUAL = {
    "name": "residual",
    "skeleton": "resnet-18",
    "every_stage": {
        "one_of": [{"op": "basic"}, {"op": "bottleneck", "expansion_ratio": {"one_of": [0.25, 0.5]}}],
        "width": {"multiply": [0.5, 1]},
        "depth": {"one_of": [1, 2]},
    },
}


def space_named(name: str) -> SearchSpace:
    return {"wide": lambda: parse_space(WIDE), "residual": lambda: parse_space(RESIDUAL)}.get(
        name, lambda: load_space(name)
    )()


def supernet_over(space: SearchSpace, proxy: Proxy = SMALL) -> tuple[Supernet, Routes]:
    supernet = build_supernet(
        layout_of(space, proxy), in_channels=3, num_classes=7, activation=space.skeleton.activation, seed=0
    )
    return perturbed(supernet), Routes(space=space, proxy=proxy)


def perturbed(supernet: Supernet) -> Supernet:
    """Give every weight a value of its own: batch norms and biases begin all alike."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in supernet.parameters():
            weight.add_(0.1 * torch.randn(weight.shape, generator=generator))
    return supernet


def alone(supernet: Supernet, path: Path) -> Network:
    network = build_network(path.architecture, 3, 7)
    missing, unexpected = network.load_state_dict(supernet.path_weights(path), strict=False)
    assert not unexpected
    assert all(name.rpartition(".")[2] in ("running_mean", "running_var", "num_batches_tracked") for name in missing)
    return network.train()  # the statistics of the batch


def images_for(path: Path, count: int = 4) -> Tensor:
    return torch.randn(count, 3, *path.architecture.input_size, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", ["efficientnet", "mnasnet", "wide", "residual"])
@torch.no_grad()
def test_a_path_is_the_stand_alone_network_of_its_weights(name: str) -> None:
    space, rng = space_named(name), random.Random(0)
    supernet, routes = supernet_over(space)
    for _ in range(15):
        path = routes.path(space.sample(rng))
        images = images_for(path)
        torch.testing.assert_close(supernet(images, path), alone(supernet, path)(images), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["efficientnet", "mnasnet", "wide"])
@torch.no_grad()
def test_in_evaluation_with_the_same_statistics_they_agree_too(name: str) -> None:
    space, rng = space_named(name), random.Random(1)
    supernet, routes = supernet_over(space)
    exact = copy.deepcopy(supernet).double()  # with four images, statistics magnify what is rounded
    for _ in range(6):
        path = routes.path(space.sample(rng))
        images = images_for(path).double()
        network = with_statistics_of(alone(supernet, path).double(), images).eval()
        torch.testing.assert_close(exact.eval()(images, path), network(images), rtol=1e-7, atol=1e-7)


def with_statistics_of(network: Network, images: Tensor) -> Network:
    """Give batch norms the mean and the (biased) variance of what enters them with these images."""

    def keep(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm2d)
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        module.momentum, module.running_mean, module.running_var = 0.0, mean, variance

    hooks = [
        module.register_forward_pre_hook(keep) for module in network.modules() if isinstance(module, nn.BatchNorm2d)
    ]
    network(images)
    for hook in hooks:
        hook.remove()
    return network


@torch.no_grad()
def test_the_first_channels_and_the_middle_of_kernels_are_taken() -> None:
    weight = torch.arange(2 * 2 * 25.0).view(2, 2, 5, 5)
    assert torch.equal(sliced(weight, (1, 2, 3, 3)), weight[:1, :, 1:4, 1:4])
    assert sliced(weight, (2, 2, 5, 5)) is weight


def test_gradients_reach_the_slices_of_a_path_alone() -> None:
    space = space_named("efficientnet")
    supernet, routes = supernet_over(space)
    path = routes.of_parameters({choice.name: choice.options[0] for choice in space.choices})
    supernet(images_for(path), path).sum().backward()
    weight = supernet.parts["stage1_block0_mbconv"].get_parameter("depthwise.conv.weight")
    assert weight.grad is not None
    used = weight.grad != 0
    width = dict(path.blocks)["stage1_block0_mbconv"].in_width
    assert used[:width, :, 1:4, 1:4].all()
    assert used.sum() == width * 9


def test_initial_weights_are_a_function_of_the_seed() -> None:
    layout = layout_of(load_space("efficientnet"), SMALL)
    first, again, other = (
        build_supernet(layout, in_channels=1, num_classes=2, activation="silu", seed=seed).state_dict()
        for seed in (1, 1, 2)
    )
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["parts.stem.conv.weight"], other["parts.stem.conv.weight"])


def test_a_supernet_that_nobody_could_train_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WEIGHTS", 1000)
    with pytest.raises(InvalidInput, match="shared weights"):
        supernet_over(load_space("efficientnet"))
