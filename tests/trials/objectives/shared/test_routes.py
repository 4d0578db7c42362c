"""The way of a network through a supernet: equal networks go the same way."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from search_spaces.space_file import load_space, parse_space
from trials.objectives.shared.routes import Routes
from trials.proxy import Proxy, apply_proxy

TWICE = {
    "name": "twice",
    "skeleton": {
        "name": "two",
        "resolution": 32,
        "stem": {"width": 8},
        "stages": [{"op": "mbconv", "width": 8, "depth": 1}, {"op": "mbconv", "width": 8, "depth": 1}],
        "head": {"width": None},
    },
    "every_stage": {"depth": {"one_of": [1, 2, 3]}, "expansion_ratio": {"one_of": [1, 3]}},
}


def test_blocks_are_those_of_the_network_as_trained() -> None:
    space, proxy, rng = load_space("mnasnet"), Proxy(width=0.25, depth=0.6, drop_strides=2), random.Random(0)
    routes = Routes(space=space, proxy=proxy)
    for _ in range(50):
        network = space.sample(rng)
        path, as_written = routes.path(network), space.decode(space.encode(network))
        assert tuple(block for _, block in path.blocks) == tuple(apply_proxy(as_written, proxy).blocks)


def test_equal_networks_go_the_same_way_however_they_are_written() -> None:
    space = parse_space(TWICE)
    routes = Routes(space=space, proxy=Proxy())
    depths = [{"stages.0.depth": first, "stages.1.depth": 4 - first} for first in (1, 2, 3)]
    ratios = {"stages.0.expansion_ratio": 3, "stages.1.expansion_ratio": 3}
    assert len({routes.of_parameters(depth | ratios) for depth in depths}) == 1
    named = replace(space.decode(depths[0] | ratios), name="another")
    assert routes.path(named) == routes.of_parameters(depths[2] | ratios)


def test_the_largest_network_is_no_cheaper_than_any_other() -> None:
    space, rng = load_space("efficientnet"), random.Random(0)
    routes = Routes(space=space, proxy=Proxy())
    most = estimate_cost(routes.largest().architecture).flops
    assert all(estimate_cost(space.sample(rng)).flops <= most for _ in range(200))


def test_a_network_of_another_space_or_activation_is_refused() -> None:
    routes = Routes(space=load_space("efficientnet"), proxy=Proxy())
    with pytest.raises(InvalidInput, match="a point of the search space efficientnet"):
        routes.path(
            reference("mnasnet-a1") if reference("mnasnet-a1").activation == "silu" else reference("efficientnet-b1")
        )
    with pytest.raises(InvalidInput, match="silu"):
        routes.path(replace(reference("efficientnet-b0"), activation="relu"))
