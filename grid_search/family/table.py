"""A family beside the published EfficientNets: what each costs, and how far each axis really went."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from grid_search.compound_scaling import AXES, COEFFICIENTS, PAPER_COEFFICIENTS, Coefficients, Multipliers
from grid_search.family.emit import official_family
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import parse_architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import recorded_task
from search_spaces.files import read_yaml
from search_spaces.task import IMAGENET, Task
from search_spaces.validation import validated

PUBLISHED_SHOWN = 8  # B0 to B7
IMPLIED_PHIS = {f"phi_{axis}": (name, axis) for name, axis in zip(COEFFICIENTS, AXES, strict=True)}


def family_table(directory: str | Path) -> pd.DataFrame:
    """Return a row for each architecture file in `directory` and each of B0 to B7, in order of multiply-adds.

    A file is counted with the classes it says; the published networks with the family's, where all files say the same.
    Columns: `name`; `source` (family or published); `params`, `flops`; `ratio` (flops in the family's baseline, in
    B0 for the published); `resolution`; `dropout`; `phi` as recorded; `phi_depth`, `phi_width`, `phi_resolution`:
    the phi that each multiplier alone stands for under the coefficients of the file, or the paper's for the
    published, which follow no common one. What a file does not record is None. Raises InvalidInput where a file is
    malformed or states a wrong cost, or where there is none.
    """
    paths = sorted(Path(directory).glob("*.yaml"))
    if not paths:
        raise InvalidInput("directory", str(directory), "a directory with architecture files (*.yaml)")
    tasks = {path: _task(path) for path in paths}
    common = tasks[paths[0]] if len(set(tasks.values())) == 1 else IMAGENET
    rows = [_file_row(path, task) for path, task in tasks.items()] + _published_rows(common)
    return pd.DataFrame(rows).sort_values(["flops", "source"], kind="stable", ignore_index=True)


def implied_phi(coefficients: Coefficients, multipliers: Multipliers) -> dict[str, float | None]:
    """Return log(multiplier) / log(coefficient) of each axis; None where the coefficient is 1 and says nothing.

    >>> b7 = Multipliers(depth=3.1, width=2.0, resolution=600 / 224)
    >>> [round(phi, 2) for phi in implied_phi(PAPER_COEFFICIENTS, b7).values()]
    [6.21, 7.27, 7.05]
    """
    return {
        column: _log_ratio(getattr(multipliers, axis), getattr(coefficients, coefficient))
        for column, (coefficient, axis) in IMPLIED_PHIS.items()
    }


def _log_ratio(multiplier: float, coefficient: float) -> float | None:
    return math.log(multiplier) / math.log(coefficient) if coefficient != 1 else None


def _task(path: Path) -> Task:
    try:
        return recorded_task(path)
    except InvalidInput as error:
        raise error if error.key == str(path) else error.inside(str(path)) from None


def _file_row(path: Path, task: Task) -> dict[str, Any]:
    try:
        content = read_yaml(path)
        architecture = parse_architecture(content, default_name=path.stem)
        recorded = _recorded(content.get("provenance"))
    except InvalidInput as error:
        raise error if error.key == str(path) else error.inside(str(path)) from None
    return {**_row(architecture, "family", task), **recorded}


def _recorded(provenance: Any) -> dict[str, Any]:
    """Return what a file says about how it was scaled; files of other origin say nothing."""
    said: dict[str, Any] = provenance if isinstance(provenance, dict) else {}
    row: dict[str, Any] = {"ratio": _number(said, "measured_ratio"), "phi": _number(said, "phi")}
    if not said.get("multipliers"):
        return row
    multipliers = validated(Multipliers, said["multipliers"], "provenance.multipliers")
    given = said.get("coefficients")
    coefficients = validated(Coefficients, given, "provenance.coefficients") if given else PAPER_COEFFICIENTS
    return {**row, **implied_phi(coefficients, multipliers)}


def _number(said: dict[str, Any], name: str) -> float | None:
    """Return a number that a file says, None where it says none."""
    number = said.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < sys.float_info.max:
        raise InvalidInput(f"provenance.{name}", number, "a finite number")
    return float(number)


def _published_rows(task: Task) -> list[dict[str, Any]]:
    return [
        {
            **_row(member.architecture, "published", task),
            "ratio": member.measured_ratio(task),
            **implied_phi(PAPER_COEFFICIENTS, member.multipliers),
        }
        for member in official_family()[:PUBLISHED_SHOWN]
    ]


def _row(architecture: Architecture, source: str, task: Task) -> dict[str, Any]:
    """Return the columns of every row, in order, those that may be unknown as None."""
    cost = estimate_cost(architecture, *task)
    height, width = architecture.input_size
    return {
        "name": architecture.name,
        "source": source,
        "params": cost.params,
        "flops": cost.flops,
        "ratio": None,
        "resolution": height if height == width else f"{height}x{width}",
        "dropout": architecture.dropout,
        "phi": None,
        **dict.fromkeys(IMPLIED_PHIS),
    }
