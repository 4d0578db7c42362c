"""A database server that goes away for a while."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.torture.processes import server
from benchmarks.torture.search import Search


def outage(search: Search, folder: Path, seconds: float) -> None:
    """Stop the server for a while when a third of the search is done."""
    search.start()
    seen = 0
    while search.alive and seen < 2 * search.trials / 3:
        time.sleep(0.02)
        seen += search.read_calls()
    server("stop", folder, "immediate")
    told = f"server stopped for {seconds:g} s after {seen // 2} evaluations"
    print(f"{search.engine} {search.storage}: {told}", flush=True)
    time.sleep(seconds)
    server("start", folder)
