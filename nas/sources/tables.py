"""Networks and their accuracies from a CSV file: named networks, or a column for every choice of a space. No torch."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from nas.qa.truth.networks import read_text, rows_of_networks
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Choice, Scalar, SearchSpace

ACCURACIES = ("accuracy", "val_accuracy", "likelihood")  # the first of them that a file has
Rows = Iterator[tuple[Architecture, float]]


def read_rows(file: Path, space: SearchSpace, key: str) -> Rows:
    """Yield the networks of a file with their accuracies in [0, 1]; rows without one are left out.

    The file has the columns `network` and `accuracy`, as `nas qa --truth` reads them, or one column for each choice of
    `space` and `accuracy` (`val_accuracy` and `likelihood` as in trials.csv). Raises InvalidInput with `key`.
    """
    text = read_text(file, key)
    columns = csv.DictReader(io.StringIO(text)).fieldnames or []
    if "network" in columns and "accuracy" in columns:
        for known in rows_of_networks(file, key):
            yield known.architecture, known.accuracy
        return
    lacking = [choice.name for choice in space.choices if choice.name not in columns]
    measure = next((name for name in ACCURACIES if name in columns), None)
    if lacking or measure is None:
        found = f"{file} with the columns {', '.join(columns) or '(none)'}"
        accepted = f"network and accuracy, or accuracy and a column for each choice of {space.name}"
        raise InvalidInput(key, found, f"a CSV file with the columns {accepted} ({space.choices[0].name}, ...)")
    yield from _rows_of_choices(text, space, measure, f"{key}: {file}")


def _rows_of_choices(text: str, space: SearchSpace, measure: str, where: str) -> Rows:
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if not row[measure]:
            continue
        line = f"{where}, line {number}"
        yield space.decode({choice.name: _option(choice, row, line) for choice in space.choices}), _figure(row, measure)


def _option(choice: Choice, row: Mapping[str, str], where: str) -> Scalar:
    text = row[choice.name]
    for option in choice.options:
        if text == str(option) or _same_number(text, option):
            return option
    raise InvalidInput(f"{where}, {choice.name}", text, map(str, choice.options))


def _same_number(text: str, option: Scalar) -> bool:
    try:
        return not isinstance(option, bool | str | None) and float(text) == float(option)
    except (TypeError, ValueError):
        return False


def _figure(row: Mapping[str, str], measure: str) -> float:
    try:
        return float(row[measure])
    except ValueError:
        return math.nan
