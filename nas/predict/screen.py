"""Predictions as lines for a person or as CSV. No torch."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from search_spaces.files import atomic_write

if TYPE_CHECKING:
    from nas.predict.prediction import Prediction

COLUMNS = ("file", "class", "confidence")


def print_predictions(predictions: Iterable[Prediction], *, as_csv: bool) -> None:
    """Print an image a line with its likeliest classes, or the CSV table of the likeliest one."""
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows(predictions))
        return
    for prediction in predictions:
        ranked = "  ".join(f"{name} {confidence:.1%}" for name, confidence in prediction.classes)
        click.echo(f"{prediction.file}: {ranked}")


def write_predictions(predictions: Iterable[Prediction], path: Path) -> None:
    """Write the CSV table, atomically."""
    with atomic_write(path) as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows(predictions))


def rows(predictions: Iterable[Prediction]) -> Iterator[tuple[str, ...]]:
    """Yield the heading and a row an image."""
    yield COLUMNS
    for prediction in predictions:
        name, confidence = prediction.classes[0]
        yield (str(prediction.file), name, f"{confidence:.4f}")
