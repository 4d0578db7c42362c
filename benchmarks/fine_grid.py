"""Time and memory of a grid of step 0.005 (2,050,401 points) on one core: filtered and cleared of duplicates.

    python -m benchmarks.fine_grid [--baseline efficientnet-b0] [--step 0.005]

Exits with 1 where it takes more than 60 s or 1 GiB.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grid_search.grid.config import Constraint

MOST_SECONDS, MOST_GIB = 60.0, 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--baseline", default="efficientnet-b0")
    parser.add_argument("--step", type=float, default=0.005)
    arguments = parser.parse_args()
    _use_one_core()
    started = time.perf_counter()
    constraints: tuple[Constraint, ...] = ("nominal", "measured", "both")
    for constraint in constraints:
        _enumerate(arguments.baseline, arguments.step, constraint)
    seconds = time.perf_counter() - started
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    print(f"all three, imports included: {seconds:.2f} s, peak memory {gib:.3f} GiB")
    return int(seconds > MOST_SECONDS or gib > MOST_GIB)


def _enumerate(baseline: str, step: float, constraint: Constraint) -> None:
    """Enumerate one grid and print its size and time; imported here, so that the imports are timed too."""
    from grid_search.grid.config import GridConfig, Range
    from grid_search.grid.enumeration import enumerate_grid
    from search_spaces.exchange.source import load_architecture

    depth, side = Range(low=1, high=2, step=step), Range(low=1, high=1.5, step=step)
    config = GridConfig(alpha=depth, beta=side, gamma=side, constraint=constraint)
    started = time.perf_counter()
    grid = enumerate_grid(load_architecture(baseline), config)
    seconds = time.perf_counter() - started
    print(
        f"{constraint:>8}: {grid.points:,} points, {len(grid.frame):,} candidates, "
        f"{len(grid.distinct):,} distinct networks, {seconds:.2f} s"
    )


def _use_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    sys.exit(main())
