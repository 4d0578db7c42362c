from __future__ import annotations

from dataclasses import replace

import pytest

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem
from search_spaces.reference import REFERENCES, reference


def network(*stages: Stage, **fields: object) -> Architecture:
    settings: dict[str, object] = {"resolution": 32, "stem": Stem(width=16), "head": Head(width=64)}
    return Architecture(stages=stages, **(settings | fields))  # type: ignore[arg-type]


def mbconv(**fields: object) -> Stage:
    return Stage(**({"op": "mbconv", "expansion_ratio": 6, "width": 24, "depth": 2} | fields))  # type: ignore[arg-type]


def test_key_tells_every_published_network_apart() -> None:
    keys = {reference(name).key for name in REFERENCES}
    assert len(keys) == len(REFERENCES)


def test_key_ignores_name_and_how_stages_are_cut() -> None:
    whole = network(mbconv(depth=3))
    cut = network(mbconv(depth=1), mbconv(depth=2), name="other")
    assert whole.key == cut.key
    assert whole.block_count == cut.block_count == len(list(whole.blocks)) == 3


def test_key_ignores_a_skip_that_the_shapes_do_not_allow() -> None:
    assert network(mbconv(depth=1, skip="identity")).key == network(mbconv(depth=1, skip="none")).key
    assert network(mbconv(depth=2, skip="identity")).key != network(mbconv(depth=2, skip="none")).key


def test_pool_skip_is_identity_where_the_shape_stays() -> None:
    same = {"width": 16, "stride": 1}
    assert network(mbconv(skip="pool", **same)).key == network(mbconv(skip="identity", **same)).key
    assert network(mbconv(skip="pool", stride=2)).key != network(mbconv(skip="identity", stride=2)).key


@pytest.mark.parametrize(
    "change",
    [
        {"kernel_size": 5},
        {"stride": 2},
        {"expansion_ratio": 3},
        {"se_ratio": 0.25},
        {"skip": "none"},
        {"width": 32},
        {"depth": 3},
    ],
)
def test_key_changes_with_every_field_of_a_stage(change: dict[str, object]) -> None:
    assert network(mbconv()).key != network(mbconv(**change)).key


def test_squeeze_is_relative_to_the_block_input() -> None:
    first, second = network(mbconv(se_ratio=0.25)).blocks
    assert (first.squeeze_width, second.squeeze_width) == (4, 6)


def test_square_resolutions_have_one_form() -> None:
    assert network(mbconv(), resolution=(32, 32)) == network(mbconv(), resolution=32)
    assert network(mbconv(), resolution=(32, 48)).input_size == (32, 48)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"kernel_size": 2}, "kernel_size"),
        ({"stride": 0}, "stride"),
        ({"depth": 0}, "depth"),
        ({"width": True}, "width"),
        ({"expansion_ratio": float("nan")}, "expansion_ratio"),
        ({"se_ratio": 2}, "se_ratio"),
        ({"op": "conv"}, "expansion_ratio"),
        ({"skip": "dense"}, "skip"),
    ],
)
def test_impossible_stages_are_refused_by_name(change: dict[str, object], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        mbconv(**change)
    assert caught.value.key == key


def test_impossible_networks_are_refused_by_name() -> None:
    good = network(mbconv())
    for change in ({"resolution": 0}, {"stages": ()}, {"dropout": 1.5}, {"activation": "tanh"}):
        with pytest.raises(InvalidInput) as caught:
            replace(good, **change)  # type: ignore[arg-type]
        assert caught.value.key == next(iter(change))
