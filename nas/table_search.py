"""Search among the measured networks of a benchmark alone: exact figures, and a best row to be measured against."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nas.samplers import SamplerFactory
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.search_space import SearchSpace
from trials.accounting import limit_excess
from trials.experiment import Limits
from trials.tabular import BenchmarkTable

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

Array = NDArray[np.float64]
Value = Callable[[float, float], float]  # (accuracy, flops), to be maximized


def row_values(table: BenchmarkTable, value: Value, limits: Limits | None = None) -> Array:
    """Return what every row is worth, [networks]; -inf where it breaks a limit."""
    excess = limit_excess(limits or Limits())
    costs = [estimate_cost(architecture) for architecture in table.architectures]
    worth = [value(float(a), c.flops) for a, c in zip(table.figures["val_accuracy"], costs, strict=True)]
    kept = [all(over <= 0 for over in excess(cost).values()) for cost in costs]
    return np.where(kept, worth, -np.inf)


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
