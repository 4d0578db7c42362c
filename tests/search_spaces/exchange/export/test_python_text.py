"""Text of generated files."""

from __future__ import annotations

import ast

import pytest

from search_spaces.exchange.export.python_text import number, table


@pytest.mark.parametrize("value", [6, 6.0, 0.25, 0.1 + 0.2, 1 / 3, 1e-7, -2.5, 1e30, 2**53 + 1])
def test_a_number_is_read_back_as_it_was(value: float) -> None:
    assert ast.literal_eval(number(value)) == value


def test_a_whole_number_has_no_decimals() -> None:
    assert [number(value) for value in (6.0, 6, 0.25)] == ["6", "6", "0.25"]


def test_rows_are_python_whatever_is_in_them() -> None:
    rows: list[object] = ["it's", 'a "quote"', "two\nlines", ["x"], (1, 2)]
    assert ast.literal_eval("[\n" + table(rows) + "]") == rows
    assert table(rows).count("\n") == len(rows)
