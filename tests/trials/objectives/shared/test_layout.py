"""What a supernet has to hold, and the spaces that have none."""

from __future__ import annotations

import random

import pytest

from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space, parse_space
from search_spaces.structure import Block
from trials.objectives.shared.layout import largest, layout_of, place
from trials.objectives.shared.routes import Routes
from trials.proxy import Proxy


def test_a_place_holds_every_block_that_can_stand_there() -> None:
    space, proxy, rng = load_space("mnasnet"), Proxy(width=0.3, depth=0.8), random.Random(0)
    layout, routes = layout_of(space, proxy), Routes(space=space, proxy=proxy)
    for _ in range(200):
        for name, block in routes.path(space.sample(rng)).blocks:
            held = layout.blocks[name]
            assert largest([held, block]) == held


def test_operations_lie_side_by_side() -> None:
    blocks = layout_of(load_space("mnasnet"), Proxy()).blocks
    assert {place(2, 0, op) for op in ("conv", "dsconv", "mbconv")} <= blocks.keys()


def test_an_expansion_is_at_least_as_wide_as_a_block_without_one() -> None:
    plain = Block("mbconv", 5, 2, 32, 0, 0, 16, "none")
    thin = Block("mbconv", 3, 1, 8, 24, 4, 8, "identity")
    assert largest([plain, thin]) == Block("mbconv", 5, 1, 32, 32, 4, 16, "none")


@pytest.mark.parametrize(
    ("field", "options"), [("activation", ["relu", "silu"]), ("dropout", [0.0, 0.2]), ("drop_path", [0.0, 0.2])]
)
def test_what_cannot_be_shared_is_refused_with_the_reason(field: str, options: list[object]) -> None:
    space = parse_space({"name": "s", "skeleton": "mobilenet-v2", field: {"one_of": options}})
    with pytest.raises(InvalidInput, match=rf"{field}.*objective.name: shared \(.+\)"):
        layout_of(space, Proxy())
