"""The table of a published benchmark: the measured networks of Accel-NASBench and their figures. No torch.

5,138 MBConv networks trained on ImageNet. Activation, dropout and stochastic depth are not compared: all were trained
with ReLU. Cost is counted by us in closed form and never read from the archive, whose multiply-adds are counted in
another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from trials.objectives.benchmark.archive import Row, archive_path, read_rows


@dataclass(frozen=True, kw_only=True)
class BenchmarkTable:
    """The measured networks, each once, with their figures; NaN where one was not measured."""

    space: SearchSpace
    architectures: tuple[Architecture, ...]
    figures: Mapping[str, NDArray[np.float64]]  # name -> [networks]
    rows: int  # in the archive, which has some networks twice; their figures are averaged
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
    return _load_table(archive_path(path))


@lru_cache(maxsize=2)
def _load_table(path: Path) -> BenchmarkTable:
    space = load_space("efficientnet")
    rows = list(read_rows(path, space))
    return make_table(space, rows)


def make_table(space: SearchSpace, rows: Iterable[Row]) -> BenchmarkTable:
    """Gather rows by network and average those of one network."""
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


def flops_of(architectures: Iterable[Architecture]) -> NDArray[np.float64]:
    """Return multiply-adds of several networks, [networks]."""
    return np.array([estimate_cost(architecture).flops for architecture in architectures], dtype=np.float64)
