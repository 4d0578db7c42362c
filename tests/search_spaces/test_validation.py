from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.validation import validated


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
    assert mistake({"name": "a", "nmae": "b"}).accepted.endswith("known keys: inner, name, ratio, rows, size")
    assert mistake({"name": "a", "inner": {"cuont": 3}}).accepted.endswith("known keys: count")
    assert mistake({"name": "a", "rows": [{"cuont": 3}]}).accepted.endswith("known keys: count")


def test_what_is_no_plain_data_is_told_in_one_line() -> None:
    loop: list[object] = []
    loop.append(loop)
    for data in (loop, {("a", "b"): 1}):
        error = mistake(data, "smoke")
        assert error.key == "smoke"
        assert str(error).isprintable()
