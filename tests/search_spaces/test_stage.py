"""The parts of a network by themselves; how they are put together is in test_architecture."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from search_spaces import Head, InvalidInput, Stage, Stem
from search_spaces.reference import reference
from search_spaces.stage import Op, absent_fields


def test_the_stem_of_resnet_50_halves_twice() -> None:
    assert reference("resnet-50").stem == Stem(width=64, kernel_size=7, pool=2)  # arXiv:1512.03385, table 1
    assert (Stem(width=64, kernel_size=7, pool=2).total_stride, Stem(width=32).total_stride) == (4, 2)


def test_fields_that_an_operation_lacks() -> None:
    assert {op: set(absent_fields(op)) for op in get_args(Op)} == {
        "mbconv": set(),
        "conv": {"expansion_ratio"},
        "dsconv": {"expansion_ratio"},
        "bottleneck": {"se_ratio"},
        "basic": {"expansion_ratio", "se_ratio"},
    }


@pytest.mark.parametrize("op", get_args(Op))
def test_a_field_that_an_operation_lacks_keeps_its_default(op: str) -> None:
    given: dict[str, Any] = {"expansion_ratio": 2, "se_ratio": 0.25}
    allowed = {name: value for name, value in given.items() if name not in absent_fields(op)}
    stage = Stage(op=op, width=8, depth=1, **allowed)  # type: ignore[arg-type]
    assert {name: getattr(stage, name) for name in given} == given | absent_fields(op)
    for name in absent_fields(op):
        with pytest.raises(InvalidInput, match=f"with op: {op}") as caught:
            Stage(op=op, width=8, depth=1, **{name: given[name]})  # type: ignore[arg-type]
        assert caught.value.key == name


@pytest.mark.parametrize(
    ("part", "fields", "key"),
    [
        (Stem, {"width": 0}, "width"),
        (Stem, {"width": 32, "kernel_size": 4}, "kernel_size"),
        (Stem, {"width": 32, "pool": 3}, "pool"),
        (Head, {"width": 65_537}, "width"),
    ],
)
def test_an_impossible_stem_or_head_is_refused_by_name(part: Any, fields: dict[str, int], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        part(**fields)
    assert caught.value.key == key


def test_a_network_may_have_no_head() -> None:
    assert Head(width=None).width is None
