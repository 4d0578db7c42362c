"""What a made-up format has words for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from search_spaces import Architecture, Head, InvalidInput, Stem
from search_spaces.exchange.export.abilities import Abilities, check, resolved_stages, stage_inputs
from tests.search_spaces.exchange.export.refusals import B0, changed

FORMAT = Abilities(title="made up", ops=("mbconv",), activations=("silu",))
NARROW = replace(FORMAT, can_skip_nothing=False, whole_expansion=True)


@pytest.mark.parametrize(
    ("key", "architecture"),
    [
        ("activation", replace(B0, activation="relu")),
        ("stem.kernel_size", replace(B0, stem=Stem(width=32, kernel_size=5))),
        ("stem.stride", replace(B0, stem=Stem(width=32, stride=1))),
        ("stem.pool", replace(B0, stem=Stem(width=32, pool=2))),
        ("head.width", replace(B0, head=Head(width=None))),
        ("stages.2.op", changed(2, op="conv", expansion_ratio=1)),
        ("stages.2.stride", changed(2, stride=3)),
        ("stages.2.skip", changed(2, skip="pool")),
    ],
)
def test_the_first_field_without_a_word_is_named(key: str, architecture: Architecture) -> None:
    check(B0, FORMAT)
    with pytest.raises(InvalidInput, match="made up") as caught:
        check(architecture, FORMAT)
    assert caught.value.key == key


@pytest.mark.parametrize(("key", "change"), [("skip", {"skip": "none"}), ("expansion_ratio", {"expansion_ratio": 2.5})])
def test_what_only_some_formats_refuse(key: str, change: dict[str, Any]) -> None:
    check(changed(2, **change), FORMAT)
    with pytest.raises(InvalidInput, match="made up") as caught:
        check(changed(2, **change), NARROW)
    assert caught.value.key == f"stages.2.{key}"


def test_a_missing_shortcut_matters_only_where_the_shape_stays() -> None:
    check(changed(6, skip="none"), NARROW)  # one block, 192 to 320 channels


def test_stages_come_with_what_they_are_fed_with() -> None:
    assert [in_width for _, in_width in stage_inputs(B0)] == [32, 16, 24, 40, 80, 112, 192]
    found = [(index, [block.in_width for block in blocks]) for index, _, blocks in resolved_stages(B0)]
    assert found[:3] == [(0, [32]), (1, [16, 24]), (2, [24, 40])]
