"""The two modes of a benchmark as objectives: its measured figures, or a surrogate fitted to half of them. No torch.

`table` answers for measured networks only; `surrogate` answers for the whole space with gradient boosting fitted on
one half of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.objectives.benchmark.archive import archive_path
from trials.objectives.benchmark.surrogate import Figures, Surrogate, fit_surrogate, label_noise, split_halves
from trials.objectives.benchmark.table import BenchmarkTable, load_table

Mode = Literal["table", "surrogate"]
Half = Literal["search", "score"]
Objective = Callable[[Architecture, int], dict[str, float]]
LABEL_NOISE = 0.0026  # sd of val_accuracy between training seeds (arXiv:2404.08005; the data's own repeats)


@dataclass(frozen=True, kw_only=True)
class TableObjective:
    """The measured figures of a measured network, and InvalidInput for any other. The seed makes no difference."""

    table: BenchmarkTable

    def __call__(self, architecture: Architecture, seed: int = 0) -> dict[str, float]:  # noqa: ARG002
        return self.table.lookup(architecture)


@dataclass(frozen=True, kw_only=True)
class SurrogateObjective:
    """What one half of the rows predicts for any network of the space, with label noise of sd `noise`.

    The noise is a function of `run_seed` and the network: asking again gives the same answer, as a trained network
    keeps its accuracy. The seed of the call makes no difference, so that a run depends on `run_seed` alone.
    """

    surrogate: Surrogate
    run_seed: int
    noise: float

    def __call__(self, architecture: Architecture, seed: int = 0) -> dict[str, float]:  # noqa: ARG002
        if architecture not in self.surrogate.space:
            raise InvalidInput("architecture", architecture.name, f"a point of {self.surrogate.space.name}")
        figures = self.surrogate.predict([architecture])
        metrics = {name: float(column[0]) for name, column in figures.items()}
        if self.noise:
            noisy = metrics["val_accuracy"] + label_noise(self.run_seed, architecture, self.noise)
            metrics["val_accuracy"] = float(np.clip(noisy, 0.0, 1.0))
        return metrics


def load_surrogate(path: str | Path, half: Half = "search", *, split_seed: int = 0, figures: Figures = ()) -> Surrogate:
    """Fit the ensemble of one half of the rows, drawn by `split_seed`; val_accuracy and the other `figures` named.

    Fitting takes some 10 s a figure; the result is kept for the life of the process.
    """
    if half not in get_args(Half):
        raise InvalidInput("objective.half", half, get_args(Half))
    wanted = tuple(dict.fromkeys(("val_accuracy", *figures)))
    return _load_surrogate(archive_path(path), half, split_seed, wanted)


@lru_cache(maxsize=16)
def _load_surrogate(path: Path, half: Half, split_seed: int, figures: Figures) -> Surrogate:
    table = load_table(path)
    for name in figures:
        if name not in table.figures:
            raise InvalidInput("objective.figures", name, sorted(table.figures))
    chosen = split_halves(len(table), split_seed)[half == "score"]
    architectures = [table.architectures[position] for position in chosen]
    return fit_surrogate(table.space, architectures, {name: table.figures[name][chosen] for name in figures})


def benchmark_objective(
    path: str | Path,
    *,
    mode: Mode = "surrogate",
    half: Half = "search",
    run_seed: int = 0,
    split_seed: int = 0,
    noise: float | None = None,
    figures: Figures = (),
) -> Objective:
    """Return the benchmark as an objective: (architecture, seed) -> metrics, `val_accuracy` in [0, 1] among them.

    `figures` names device measurements to answer with as well (surrogate mode), such as `throughput_a100` in images/s.
    `noise` None is the published label noise for the half that is searched and none for the half that scores.
    """
    if mode not in get_args(Mode):
        raise InvalidInput("objective.mode", mode, get_args(Mode))
    if mode == "table":
        return TableObjective(table=load_table(path))
    surrogate = load_surrogate(path, half, split_seed=split_seed, figures=figures)
    sd = (LABEL_NOISE if half == "search" else 0.0) if noise is None else noise
    return SurrogateObjective(surrogate=surrogate, run_seed=run_seed, noise=sd)
