from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.validation import describe_range, validated

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True)
class Inner:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    count: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    share: Share | None = None
    shares: dict[str, Share] = field(default_factory=dict)
    free: int = 0

    def __post_init__(self) -> None:
        if self.free == 13:
            raise InvalidInput("free", self.free, "any other number")


@dataclass(frozen=True, kw_only=True)
class Outer:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    inner: Inner = field(default_factory=Inner)
    row: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"inner": {"count": 0}}, "inner.count: got 0, accepted: an integer from 1 to 10000000"),
        ({"inner": {"count": 1.5}}, "inner.count: got 1.5, accepted: an integer from 1 to 10000000"),
        ({"inner": {"count": True}}, "inner.count: got True, accepted: an integer from 1 to 10000000"),
        ({"inner": {"share": 0}}, "inner.share: got 0, accepted: a number above 0, at most 1, or null"),
        ({"inner": {"share": float("nan")}}, "inner.share: got nan, accepted: a number above 0, at most 1, or null"),
        ({"inner": {"shares": {"cpu": 2}}}, "inner.shares.cpu: got 2, accepted: a number above 0, at most 1"),
        ({"row": [{}, {"count": -1}]}, "row.1.count: got -1, accepted: an integer from 1 to 10000000"),
        ({"inner": {"free": "x"}}, "inner.free: got 'x', accepted: a valid integer"),
        ({"inner": {"free": 13}}, "inner.free: got 13, accepted: any other number"),
        (
            {"inner": {"cuont": 1}},
            "inner.cuont: got 1, accepted: no such key here; known keys: count, free, share, shares",
        ),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_is_accepted(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Outer, data)
    assert str(caught.value) == message


def test_values_at_the_bounds_are_taken() -> None:
    found = validated(Outer, {"inner": {"count": 10_000_000, "share": 1, "shares": {"CPU": 0.5}}}).inner
    assert found == Inner(count=10_000_000, share=1.0, shares={"CPU": 0.5})


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, ""),
        (Annotated[int, Field(ge=1)], "an integer of at least 1"),
        (Annotated[int, Field(le=4)] | None, "an integer at most 4, or null"),
        (Annotated[float, Field(ge=0, lt=1)], "a number from 0 to below 1"),
        (Annotated[float, Field(gt=0)], "a number above 0"),
    ],
)
def test_a_range_in_words(annotation: Any, words: str) -> None:
    assert describe_range(annotation) == words
