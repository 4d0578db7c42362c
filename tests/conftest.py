"""What tests of several packages share: the same work done once for each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests without coverage: its tracing doubles their time, and quicker tests reach the same lines."""
    for item in items:
        if item.get_closest_marker("slow") is not None:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def archive_of_sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 60 rows as Accel-NASBench publishes them."""
    from tests.trials.objectives.benchmark.rows import published_row, write_archive

    rows = {f"result_{seed}.json": published_row(seed) for seed in range(60)}
    return write_archive(tmp_path_factory.mktemp("anb") / "rows.tar.gz", rows)


@pytest.fixture
def sixty_rows(archive_of_sixty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive whose surrogates, fitted once for all tests, have one member: test_modes has all of them."""
    monkeypatch.setattr("trials.objectives.benchmark.surrogate.MEMBERS", 1)
    return archive_of_sixty


@pytest.fixture
def counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fvcore count equal networks once: searches of the same experiment find the same best."""
    monkeypatch.setattr("search_spaces.measure.measure_cost", remembered_cost())


@cache
def remembered_cost() -> Any:
    """Return `measure_cost` with a memory that lasts as long as the process."""
    from search_spaces.measure import measure_cost

    return cache(measure_cost)
