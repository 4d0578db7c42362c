"""Search among the measured networks of a benchmark alone: exact figures, and a best row to be measured against."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nas.samplers import SamplerFactory
from nas.samplers.space_sampler import SpaceSampler
from search_spaces.architecture import Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.search_space import Parameters, SearchSpace
from trials.accounting import cost_counter, limit_excess
from trials.experiment import Experiment, Limits
from trials.objectives.benchmark.table import BenchmarkTable, load_table

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial

Array = NDArray[np.float64]
Value = Callable[[float, float], float]  # (accuracy, flops), to be maximized


class RowSampler(SpaceSampler):
    """Ask another sampler and propose the nearest of `networks` (fewest choices that differ) not proposed before.

    The trial is that network's from the beginning, so the other sampler learns of networks in the list only.
    """

    def __init__(self, *, space: SearchSpace, seed: int, inner: BaseSampler, networks: Sequence[Architecture]) -> None:
        super().__init__(space=space, seed=seed)
        self._inner = inner
        self._networks = networks
        self._options = choice_table(space, networks)

    @property
    def size(self) -> int:
        """Number of networks to propose."""
        return len(self._networks)

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        """Return the options of the network; of the nearest one where all were proposed."""
        fixed = {choice.name: choice.options[0] for choice in self.space.choices}
        wanted = self.space.decode(fixed | self._inner.sample_relative(study, trial, self._relative))
        distances = (self._options != choice_table(self.space, [wanted])).sum(axis=1)
        nearest = [self._networks[row] for row in np.argsort(distances, kind="stable")]
        return self.space.encode(next((network for network in nearest if network not in self.history), nearest[0]))


def row_sampler(sampler: BaseSampler, experiment: Experiment, space: SearchSpace) -> RowSampler:
    """Return `sampler` restricted to the measured networks of the experiment's benchmark within its counted limits.

    Raises InvalidInput where the space has none.
    """
    assert experiment.objective.path is not None  # the objective was made from it
    table = load_table(experiment.objective.path)
    networks = measured_networks(table, space, experiment.limits, cost_counter(experiment))
    return RowSampler(space=space, seed=experiment.seed, inner=sampler, networks=networks)


def measured_networks(
    table: BenchmarkTable, space: SearchSpace, limits: Limits, cost_of: Callable[[Architecture], Cost]
) -> list[Architecture]:
    """Return the measured networks that are points of `space` and within the limits that are counted.

    Raises InvalidInput where there is none.
    """
    excess = limit_excess(limits)
    points = {network.key: network for network in _points(table.architectures, space)}
    kept = [network for network in points.values() if all(over <= 0 for over in excess(cost_of(network)).values())]
    if not kept:
        accepted = f"surrogate: none of the {len(table)} measured networks is in {space.name} within the limits"
        raise InvalidInput("objective.mode", "table", accepted)
    return kept


def _points(networks: Iterable[Architecture], space: SearchSpace) -> Iterable[Architecture]:
    """Yield the networks of a space that have the shapes of `networks`: activations are the space's own."""
    for network in networks:
        if network in space:
            yield space.decode(space.encode(network))


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
    """Return the rows evaluated, in order, [evaluations]; fewer where no more have a finite value."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = table.space
    rows = np.flatnonzero(np.isfinite(values))
    networks = [table.architectures[row] for row in rows]
    row_of = {network.key: row for network, row in zip(networks, rows.tolist(), strict=True)}
    sampler = RowSampler(space=space, seed=seed, inner=factory(space=space, seed=seed), networks=networks)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    found: list[int] = []
    for _ in range(min(evaluations, len(rows))):
        trial = study.ask(dict(space.distributions))
        found.append(row_of[space.decode(trial.params).key])
        study.tell(trial, float(values[found[-1]]))
    return np.array(found, dtype=np.intp)


def choice_table(space: SearchSpace, architectures: Sequence[Architecture]) -> NDArray[np.int64]:
    """Return the position of the option of every choice, [networks, choices]."""
    encoded: list[dict[str, Any]] = [dict(space.encode(architecture)) for architecture in architectures]
    return np.array(
        [[choice.options.index(parameters[choice.name]) for choice in space.choices] for parameters in encoded],
        dtype=np.int64,
    )


def regrets(values: Array, rows: NDArray[np.intp]) -> Array:
    """Return how far the best row seen so far is from the best of all, after every evaluation, [evaluations]."""
    return np.asarray(values.max() - np.maximum.accumulate(values[rows]), dtype=np.float64)
