"""Which process computes which networks of a step, so that all are done at about the same time. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from search_spaces.cost import estimate_cost
from trials.objectives.shared.routes import Path

FADING = 0.7  # of what is known of a speed, at every step
Who = TypeVar("Who")


class Speeds(Generic[Who]):
    """Multiply-adds a second of each process, as seen at the last steps: one beside a busy program is slower."""

    def __init__(self) -> None:
        self._seen: dict[Who, float] = {}

    def of(self, processes: Iterable[Who]) -> list[float]:
        """Return the speeds of processes; of one that was not seen at work, that of the quickest."""
        return [self._seen.get(who, self._quickest()) for who in processes]

    def note(self, who: Who, share: Mapping[int, Path], seconds: float) -> None:
        """Take in how long a process needed. One without a share is trusted more again: it may be quicker by now."""
        seen = sum(map(cost, share.values())) / seconds if share else self._quickest()
        self._seen[who] = FADING * self._seen.get(who, seen) + (1 - FADING) * seen

    def _quickest(self) -> float:
        return max(self._seen.values(), default=1.0)


def shares(paths: Sequence[Path], speeds: Sequence[float]) -> list[dict[int, Path]]:
    """Divide networks, each under its row, over processes of these speeds so that all need about as long."""
    costs = [cost(path) for path in paths]
    loads, divided = [0.0] * len(speeds), [dict[int, Path]() for _ in speeds]
    for row in sorted(range(len(paths)), key=lambda row: -costs[row]):
        ends = [(load + costs[row]) / speed for load, speed in zip(loads, speeds, strict=True)]
        chosen = ends.index(min(ends))
        loads[chosen] += costs[row]
        divided[chosen][row] = paths[row]
    return divided


def cost(path: Path) -> float:
    """Return the multiply-adds of a network as trained."""
    return float(estimate_cost(path.architecture).flops)
