"""A table of trained networks as a problem."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grid_search.bench.problem import Problem
from grid_search.compound_scaling import AXES
from grid_search.law.costs import fit_cost
from grid_search.law.design import fewest_shapes
from search_spaces.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

Array = NDArray[np.float64]
NOMINAL_EXPONENTS = {"depth": 1.0, "width": 2.0, "resolution": 2.0}


def table_problem(
    path: Path, *, target: float, baseline: str | None = None, accuracy: str = "accuracy", cost: str = "cost"
) -> Problem:
    """Read a CSV of trained networks: columns depth, width, resolution (a constant or missing one is no axis).

    `accuracy` (in percent, or as shares where none is above 1) and `cost` (any unit; without it the nominal product
    counts) name columns. `baseline` are the numbers of its row, by default the one of median cost. Truth is a
    quadratic in the logarithms, fitted to all rows: it smooths the noise of the table's own trainings and knows
    nothing of the law. Raises InvalidInput for what cannot be used.
    """
    rows = _read(path, accuracy)
    axes = tuple(axis for axis in AXES if axis in rows and rows[axis].nunique() > 1)
    if len(rows) < fewest_shapes(len(axes)) + 1 or not axes:
        accepted = f"a table with a varying depth, width or resolution and more than {fewest_shapes(len(axes))} rows"
        raise InvalidInput(str(path), f"{len(rows)} rows, axes {list(axes)}", accepted)
    sizes = np.stack([_numbers(path, rows, axis) for axis in axes], axis=1)
    costs = _costs(path, rows, axes, cost)
    place = _baseline_row(path, sizes, costs, axes, baseline)
    shapes = np.log(sizes / sizes[place])
    accuracies = _numbers(path, rows, accuracy)
    accuracies = accuracies * (100 if accuracies.max() <= 1 else 1)
    relative = costs / costs[place]
    return Problem(
        name=path.stem,
        axes=axes,
        shapes=shapes,
        accuracies=accuracies,
        costs=relative,
        cost_model=fit_cost(shapes, relative),
        truth=_quadratic(shapes, accuracies),
        target=target,
    )


def _read(path: Path, accuracy: str) -> pd.DataFrame:
    import pandas as pd

    try:
        rows = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InvalidInput("--data", str(path), f"a CSV of trained networks ({error})") from None
    if accuracy not in rows:
        raise InvalidInput("--accuracy", accuracy, f"a column of {path}: {', '.join(map(str, rows.columns))}")
    return rows


def _costs(path: Path, rows: pd.DataFrame, axes: tuple[str, ...], cost: str) -> Array:
    if cost in rows:
        return _numbers(path, rows, cost)
    if cost != "cost":
        raise InvalidInput("--cost", cost, f"a column of {path}: {', '.join(map(str, rows.columns))}")
    powers = [_numbers(path, rows, axis) ** NOMINAL_EXPONENTS[axis] for axis in axes]
    return np.asarray(np.prod(powers, axis=0))


def _numbers(path: Path, rows: pd.DataFrame, column: str) -> Array:
    values = rows[column]
    if values.dtype.kind not in "if" or not np.isfinite(values).all() or (values <= 0).any():
        first = ", ".join(map(str, values.tolist()[:3]))
        raise InvalidInput(f"{path}: {column}", first, "finite numbers above 0 in every row")
    return np.asarray(values, dtype=np.float64)


def _baseline_row(path: Path, sizes: Array, costs: Array, axes: tuple[str, ...], baseline: str | None) -> int:
    """Return the position of the baseline's row."""
    if baseline is None:
        return int(np.argsort(costs, kind="stable")[(len(costs) - 1) // 2])
    accepted = f"{','.join(axes)} of a row of {path}, for instance {','.join(f'{size:g}' for size in sizes[0])}"
    try:
        wanted = np.array([float(part) for part in baseline.split(",")])
    except ValueError:
        raise InvalidInput("--baseline", baseline, accepted) from None
    same = np.isclose(sizes, wanted).all(axis=1) if len(wanted) == len(axes) else np.zeros(len(sizes), dtype=bool)
    if not same.any():
        raise InvalidInput("--baseline", baseline, accepted)
    return int(np.argmax(same))


def _quadratic(shapes: Array, accuracies: Array) -> Callable[[Array], Array]:
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    surface = make_pipeline(PolynomialFeatures(2, include_bias=False), LinearRegression()).fit(shapes, accuracies)
    return lambda asked: np.asarray(surface.predict(asked), dtype=np.float64)
