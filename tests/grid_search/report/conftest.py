from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.report.scaling import Scaling, read_scaling
from tests.grid_search.commands import run


@pytest.fixture
def searched(file: Path, tmp_path: Path) -> Path:
    """Return the results of a scaling search."""
    result = run("search", "try", "--file", file, "--out", tmp_path / "results", "--baseline", "efficientnet-b0")
    assert result.exit_code == 0, result.output
    return tmp_path / "results" / "try"


@pytest.fixture
def published() -> Scaling:
    """Return a published search, of which only tables are left."""
    return read_scaling(Path(__file__).parents[3] / "results" / "published" / "fashion-scaling" / "b0")
