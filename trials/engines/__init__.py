"""The engines by name: each takes candidates from a ledger, has them evaluated, and tells it the outcomes. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from trials.experiment import Compute, Experiment

if TYPE_CHECKING:
    from trials.study.candidate import Evaluate, Finished
    from trials.study.ledger import Ledger


class Run(Protocol):
    """What an engine does with one ledger: evaluate candidates until there are no more."""

    def __call__(self, ledger: Ledger, evaluate: Evaluate, on_finished: Callable[[Finished], None]) -> None:
        """Call `on_finished` for every trial that ended."""


@contextmanager
def _local(_compute: Compute) -> Iterator[Run]:
    from trials.engines import local

    yield local.run


@contextmanager
def _ray(compute: Compute) -> Iterator[Run]:
    from trials.engines.ray_session import connected
    from trials.engines.ray_tune import RayEngine

    with connected(compute) as workers:
        yield RayEngine(workers=workers).run


ENGINES: dict[str, Callable[[Compute], AbstractContextManager[Run]]] = {
    "local": _local,
    "inline": _local,
    "ray": _ray,
}


def open_engine(compute: Compute) -> AbstractContextManager[Run]:
    """Return a context manager around the engine that an experiment names; leaving it ends what it started.

    Raises InvalidInput where the engine's workers cannot be had.
    """
    return ENGINES[compute.chosen_engine](compute)


def as_evaluated(experiment: Experiment) -> Experiment:
    """Return the experiment as its trials see it: the number of threads is that of a worker, not of this process."""
    compute = experiment.compute
    if compute.chosen_engine != "ray":
        return experiment
    return replace(experiment, compute=replace(compute, threads=compute.worker_threads))
