from __future__ import annotations

from pathlib import Path

from grid_search.search.results import ScaleResult
from tests.grid_search.compare.comparing import compare


def test_bad_input_is_one_line_and_leaves_nothing(found: ScaleResult, family: list[Path], tmp_path: Path) -> None:
    for arguments, key in (
        (["nothing.yaml"], "architecture"),
        ([family[0], family[0]], "networks"),
        ([family[0], "--law", tmp_path], "--law"),
        ([family[0], "--law", found.folder, "--set", "training.epochs=7"], "training.epochs"),
    ):
        told = compare(found, tmp_path, *arguments)
        assert told.startswith("exit 2:") and key in told, told
        assert not (tmp_path / "results").exists()
