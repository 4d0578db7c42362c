"""Search among the measured networks of a benchmark alone: exact figures, and a best row to be measured against."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nas.samplers import SamplerFactory
from search_spaces.architecture import Architecture
from search_spaces.search_space import SearchSpace
from trials.tabular import BenchmarkTable, flops_of

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

Array = NDArray[np.float64]
Value = Callable[[float, float], float]  # (accuracy, flops), to be maximized


def row_values(table: BenchmarkTable, value: Value, max_flops: float = np.inf) -> Array:
    """Return what every row is worth, [networks]; -inf above `max_flops`."""
    flops = flops_of(table.architectures)
    worth = [
        value(float(accuracy), float(cost)) for accuracy, cost in zip(table.figures["val_accuracy"], flops, strict=True)
    ]
    return np.where(flops <= max_flops, worth, -np.inf)


def search_rows(
    table: BenchmarkTable, values: Array, factory: SamplerFactory, *, seed: int, evaluations: int
) -> NDArray[np.intp]:
    """Return the rows evaluated, in order, [evaluations]; fewer where no more have a finite value.

    A proposal stands for the nearest row (fewest choices that differ) not evaluated yet. The sampler is told of that
    row as a trial of its own, so it learns of measured networks only.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = table.space
    study = optuna.create_study(direction="maximize", sampler=factory(space=space, seed=seed))
    options = choice_table(space, table.architectures)
    left = np.isfinite(values)
    rows: list[int] = []
    for _ in range(min(evaluations, int(left.sum()))):
        trial = study.ask(dict(space.distributions))
        proposed = choice_table(space, [space.decode(trial.params)])
        distance = np.where(left, (options != proposed).sum(axis=1), np.iinfo(np.int64).max)
        row = int(distance.argmin())
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
        study.add_trial(_finished(space, table.architectures[row], float(values[row])))
        left[row] = False
        rows.append(row)
    return np.array(rows, dtype=np.intp)


def choice_table(space: SearchSpace, architectures: tuple[Architecture, ...] | list[Architecture]) -> NDArray[np.int64]:
    """Return the position of the option of every choice, [networks, choices]."""
    encoded = [space.encode(architecture) for architecture in architectures]
    return np.array(
        [[choice.options.index(parameters[choice.name]) for choice in space.choices] for parameters in encoded],
        dtype=np.int64,
    )


def regrets(values: Array, rows: NDArray[np.intp]) -> Array:
    """Return how far the best row seen so far is from the best of all, after every evaluation, [evaluations]."""
    return np.asarray(values.max() - np.maximum.accumulate(values[rows]), dtype=np.float64)


def _finished(space: SearchSpace, architecture: Architecture, value: float) -> FrozenTrial:
    from optuna.trial import create_trial

    return create_trial(params=dict(space.encode(architecture)), distributions=dict(space.distributions), value=value)
