from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.validation import describe_range, validated


@dataclass(frozen=True, kw_only=True)
class Inner:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    count: int = 0

    def __post_init__(self) -> None:
        if self.count < 0:
            raise InvalidInput("count", self.count, "0 or more")


@dataclass(frozen=True, kw_only=True)
class Outer:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    size: int | tuple[int, int] = 1
    ratio: int | float = 1
    inner: Inner = field(default_factory=Inner)
    rows: tuple[Inner, ...] = ()


def mistake(data: object, key: str = "") -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        validated(Outer, data, key)
    return caught.value


def test_plain_data_become_typed_values() -> None:
    made = validated(Outer, {"name": "a", "size": [2, 3], "ratio": 0.5, "rows": [{"count": 1}, {}]})
    assert made == Outer(name="a", size=(2, 3), ratio=0.5, rows=(Inner(count=1), Inner()))


@pytest.mark.parametrize("value", ["3", 3.0, True, None])
def test_only_an_integer_is_an_integer(value: object) -> None:
    error = mistake({"name": "a", "inner": {"count": value}})
    assert (error.key, error.value) == ("inner.count", value)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"name": "a", "rows": [{}, {"count": "x"}]}, "rows.1.count"),
        ({"name": "a", "rows": [{}, {"count": -1}]}, "rows.1.count"),
        ({"name": "a", "size": "x"}, "size"),
        ({"inner": {}}, "name"),
        ({"name": "a", "inner": 3}, "inner"),
        ({"name": "a", "inner": {"cuont": 3}}, "inner.cuont"),
        ({"name": "a", "rows": [{"cuont": 3}]}, "rows.0.cuont"),
    ],
)
def test_the_key_is_the_path_in_the_file(data: dict[str, Any], key: str) -> None:
    assert mistake(data).key == key
    assert mistake(data, "smoke").key == f"smoke.{key}"


def test_an_unknown_key_lists_those_of_its_place() -> None:
    known = "known keys: inner, name, ratio, rows, size; did you mean name?"
    assert mistake({"name": "a", "nmae": "b"}).accepted.endswith(known)
    for wrong in ({"inner": {"cuont": 3}}, {"rows": [{"cuont": 3}]}):
        assert mistake({"name": "a", **wrong}).accepted.endswith("known keys: count; did you mean count?")


def test_what_is_no_plain_data_is_told_in_one_line() -> None:
    loop: list[object] = []
    loop.append(loop)
    for data in (loop, {("a", "b"): 1}):
        error = mistake(data, "smoke")
        assert error.key == "smoke"
        assert str(error).isprintable()


Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True)
class Ranged:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    count: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    share: Share | None = None
    shares: dict[str, Share] = field(default_factory=dict)
    free: int = 0

    def __post_init__(self) -> None:
        if self.free == 13:
            raise InvalidInput("free", self.free, "any other number")


@dataclass(frozen=True, kw_only=True)
class Nested:
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    inner: Ranged = field(default_factory=Ranged)
    row: tuple[Ranged, ...] = ()


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
            "inner.cuont: got 1, accepted: no such key here; known keys: count, free, share, shares; "
            "did you mean count?",
        ),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_is_accepted(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Nested, data)
    assert str(caught.value) == message


def test_values_at_the_bounds_are_taken() -> None:
    found = validated(Nested, {"inner": {"count": 10_000_000, "share": 1, "shares": {"CPU": 0.5}}}).inner
    assert found == Ranged(count=10_000_000, share=1.0, shares={"CPU": 0.5})


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
