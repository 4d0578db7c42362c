"""What became of searches that were disturbed, as a table."""

from __future__ import annotations

from benchmarks.torture.evidence import ended_twice
from benchmarks.torture.search import Search

MOST_TOLD = 50  # violations of one search
KINDS = ("kill", "stop", "jump")
HEADING = ("engine", "storage", "kills", "stops", "jumps", "misdeeds", "trials", "started", "ended twice", "files read")


def print_table(done: list[tuple[Search, int]]) -> None:
    """Print a line for each search and the number of times that a file of it was read; then all violations."""
    print("".join(f"{name:>12}" for name in (*HEADING, "violations")))
    for search, reads in done:
        started = sum(call["event"] == "start" for call in search.calls)
        counts = [sum(n for name, n in search.disturbances.items() if name.startswith(kind)) for kind in KINDS]
        row = (search.engine, search.storage, *counts, search.misdeeds_done, len(search.snapshot.finished))
        row = (*row, started, ended_twice(search.calls), reads, len(search.violations))
        print("".join(f"{value:>12}" for value in row))
    for search, _ in done:
        targets = ", ".join(f"{count} {name}" for name, count in sorted(search.disturbances.items()))
        print(f"{search.engine} {search.storage}: {targets}")
        for violation in search.violations[:MOST_TOLD]:
            print(f"{search.engine} {search.storage}: {violation}")
