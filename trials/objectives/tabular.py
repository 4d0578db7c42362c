"""Published benchmark tables as objectives: Accel-NASBench, 5,138 MBConv networks trained on ImageNet. No torch.

Two modes: `table` answers with the measured figures and for measured networks only; `surrogate` answers for the whole
space with gradient boosting fitted on one half of the rows (`trials.surrogate`). Activation, dropout and stochastic
depth are not compared: the table was made with ReLU. Cost is counted by us in closed form, never read from the archive,
whose multiply-adds are not plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from trials.objectives.benchmark_archive import KEY, SOURCE, Row, read_rows
from trials.objectives.surrogate import Figures, Surrogate, fit_surrogate, label_noise, split_halves

Mode = Literal["table", "surrogate"]
Half = Literal["search", "score"]
Objective = Callable[[Architecture, int], dict[str, float]]
LABEL_NOISE = 0.0026  # sd of val_accuracy between training seeds (arXiv:2404.08005; the data's own repeats)


@dataclass(frozen=True, kw_only=True)
class BenchmarkTable:
    """The measured networks, each once, with their figures; NaN where one was not measured."""

    space: SearchSpace
    architectures: tuple[Architecture, ...]
    figures: Mapping[str, NDArray[np.float64]]  # name -> [networks]
    rows: int  # in the archive; networks that stand there twice are averaged
    _index: Mapping[tuple[object, ...], int]

    def __len__(self) -> int:
        return len(self.architectures)

    def lookup(self, architecture: Architecture) -> dict[str, float]:
        """Return the measured figures of a network. Raises InvalidInput where it is not in the table."""
        position = self._index.get(_identity(architecture))
        if position is None:
            raise InvalidInput("architecture", architecture.name, f"one of the {len(self)} measured networks")
        named = ((name, float(column[position])) for name, column in self.figures.items())
        return {name: value for name, value in named if not np.isnan(value)}

    def __contains__(self, architecture: Architecture) -> bool:
        """Tell whether the network was measured."""
        return _identity(architecture) in self._index


def load_table(path: str | Path) -> BenchmarkTable:
    """Read the archive as published, a tar.gz or a folder. Raises InvalidInput that says where to get the data."""
    return _load_table(_absolute(path))


def _absolute(path: str | Path) -> Path:
    """Return the path that caches go by. Raises InvalidInput where no file can have such a name."""
    try:
        resolved = Path(path).expanduser().resolve()
        resolved.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInput(KEY, str(path), f"{SOURCE}; {error}") from None
    return resolved


@lru_cache(maxsize=2)
def _load_table(path: Path) -> BenchmarkTable:
    space = load_space("efficientnet")
    rows = list(read_rows(path, space))
    return make_table(space, rows)


def make_table(space: SearchSpace, rows: Iterable[Row]) -> BenchmarkTable:
    """Gather rows by network and average what stands there more than once."""
    grouped: dict[tuple[object, ...], list[Row]] = {}
    count = 0
    for row in rows:
        grouped.setdefault(_identity(row.architecture), []).append(row)
        count += 1
    names = dict.fromkeys(name for group in grouped.values() for row in group for name in row.figures)
    return BenchmarkTable(
        space=space,
        architectures=tuple(group[0].architecture for group in grouped.values()),
        figures={name: np.array([_mean(group, name) for group in grouped.values()]) for name in names},
        rows=count,
        _index={identity: position for position, identity in enumerate(grouped)},
    )


def _mean(group: list[Row], name: str) -> float:
    values = [row.figures[name] for row in group if name in row.figures]
    return float(np.mean(values)) if values else float("nan")


def _identity(architecture: Architecture) -> tuple[object, ...]:
    """Everything about a network but activation and regularization, which the table does not vary."""
    return (architecture.input_size, architecture.stem, architecture.runs, architecture.head.width)


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
    return _load_surrogate(_absolute(path), half, split_seed, wanted)


@lru_cache(maxsize=16)
def _load_surrogate(path: Path, half: Half, split_seed: int, figures: Figures) -> Surrogate:
    table = _load_table(path)
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


def flops_of(architectures: Iterable[Architecture]) -> NDArray[np.float64]:
    """Return multiply-adds of several networks, [networks]."""
    return np.array([estimate_cost(architecture).flops for architecture in architectures], dtype=np.float64)
