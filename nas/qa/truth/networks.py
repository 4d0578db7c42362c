"""Networks whose accuracy after a full training is known: of a published benchmark, or of a table of one's own."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import is_file, load_architecture
from trials.study.candidate import derive_seed

BENCHMARK = "accel-nasbench"
ACCEPTED = f"{BENCHMARK} (with --path), or a CSV file with the columns network and accuracy"
LARGEST_BYTES = 16 * 2**20
FEWEST = 8  # below that an interval of Kendall's tau says nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNetwork:
    """A network and its accuracy after a full training, in [0, 1]."""

    name: str
    architecture: Architecture
    accuracy: float


def known_networks(truth: str, path: Path | None, *, count: int, seed: int) -> list[KnownNetwork]:
    """Return at most `count` networks of `truth`, drawn by `seed`, in the order drawn.

    More networks of the same seed begin with the same ones, so that a study can be made longer.
    Raises InvalidInput where there is no such truth or too little of it.
    """
    found = _published(path) if truth == BENCHMARK else _own(truth, path)
    if len(found) < FEWEST:
        raise InvalidInput("--truth", f"{truth} with {len(found)} networks", f"at least {FEWEST}")
    random.Random(derive_seed(seed, 1)).shuffle(found)
    return found[:count]


def _published(path: Path | None) -> list[KnownNetwork]:
    from trials.objectives.benchmark.table import load_table

    if path is None:
        raise InvalidInput("--path", None, f"the archive of {BENCHMARK}, as objective.path takes it")
    table = load_table(path)
    accuracies = table.figures["val_accuracy"]
    return [
        KnownNetwork(name=f"row-{row}", architecture=replace(architecture, name=f"row-{row}"), accuracy=float(accuracy))
        for row, (architecture, accuracy) in enumerate(zip(table.architectures, accuracies, strict=True))
    ]


def _own(truth: str, path: Path | None) -> list[KnownNetwork]:
    if path is not None:
        raise InvalidInput("--path", str(path), f"nothing beside --truth {truth}: it belongs to {BENCHMARK}")
    file = Path(truth)
    if not file.is_file():
        raise InvalidInput("--truth", truth, ACCEPTED)
    return rows_of_networks(file, "--truth")


def rows_of_networks(file: Path, key: str) -> list[KnownNetwork]:
    """Return the networks of a table: `network` is a file beside it, a published name or timm:MODEL.

    Accuracies are in [0, 1], or in percent in the whole table. Raises InvalidInput with `key`.
    """
    networks = list(_rows(file, key))
    percent = max((network.accuracy for network in networks), default=0.0) > 1
    return [replace(network, accuracy=network.accuracy / 100) for network in networks] if percent else networks


def _rows(file: Path, key: str) -> Iterator[KnownNetwork]:
    rows = csv.DictReader(io.StringIO(read_text(file, key)))
    columns = rows.fieldnames or []
    if not {"network", "accuracy"} <= set(columns):
        raise InvalidInput(key, f"{file} with the columns {', '.join(columns) or '(none)'}", ACCEPTED)
    for number, row in enumerate(rows, start=2):
        where = f"{key}: {file}, line {number}"
        named = row["network"] or ""
        beside = file.parent / named
        source = beside if named and is_file(beside) else named
        try:
            architecture = load_architecture(source)
        except InvalidInput as error:
            raise error.inside(where) from None
        yield KnownNetwork(name=Path(named).stem, architecture=architecture, accuracy=_accuracy(row["accuracy"], where))


def read_text(file: Path, key: str) -> str:
    """Return the text of a table. Raises InvalidInput with `key` for one that is too large or not UTF-8."""
    if file.stat().st_size > LARGEST_BYTES:
        raise InvalidInput(key, f"{file} of {file.stat().st_size} bytes", f"at most {LARGEST_BYTES} bytes")
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(key, f"{file}: {error}", "a CSV file in UTF-8") from None


def _accuracy(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise InvalidInput(f"{where}, accuracy", text, "a number from 0 to 1, or from 0 to 100 in the whole table")
    return value
