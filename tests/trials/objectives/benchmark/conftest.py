from __future__ import annotations

from pathlib import Path

import pytest

from tests.trials.objectives.benchmark.rows import published_row, write_archive
from trials.objectives.benchmark.table import BenchmarkTable, load_table


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {f"result_{seed}.json": published_row(seed) for seed in range(200)}
    return write_archive(tmp_path_factory.mktemp("anb") / "rows.tar.gz", rows)


@pytest.fixture(scope="session")
def table(data: Path) -> BenchmarkTable:
    return load_table(data)
