from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.search.results import ScaleResult
from tests.grid_search.commands import run
from tests.grid_search.search.test_law_run import searched


@pytest.fixture(scope="package")
def found(tmp_path_factory: pytest.TempPathFactory) -> ScaleResult:
    """Return one finished search with a law, for what is only looked at."""
    return searched(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="package")
def family(found: ScaleResult) -> list[Path]:
    """Return the files of networks along the law's path and of one that is only wider."""
    folder = found.folder.parents[2]
    paths = []
    for name, rule in {
        "law": ("--law", found.folder),
        "width": ("--baseline", folder / "small.yaml", "--alpha", 1, "--beta", 1.41, "--gamma", 1),
    }.items():
        result = run("emit", *rule, "--flops", "2x,4x", "--tolerance", 0.06, "--out", folder / name)
        assert result.exit_code == 0, result.output
        paths += [folder / name / f"small-{cost}.yaml" for cost in ("2x", "4x")]
    return paths
