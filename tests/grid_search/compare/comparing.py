"""`scale compare` on what a law found."""

from __future__ import annotations

from pathlib import Path

import yaml

from grid_search.search.results import ScaleResult
from tests.grid_search.commands import run


def compare(found: ScaleResult, out: Path, *arguments: object) -> str:
    folder = found.folder.parents[2]
    file = out / "experiments.yaml"
    entry = yaml.safe_load((folder / "experiments.yaml").read_text())["try"]
    entry["objective"] = {"python": "tests.objectives:by_law"}
    file.write_text(yaml.safe_dump({"try": entry}))
    given = ("--file", file, "--out", out / "results", "--baseline", folder / "small.yaml")
    result = run("compare", "try", *arguments, *given)
    return result.output if result.exit_code == 0 else f"exit {result.exit_code}: {result.output}"
