"""The notebook runs from top to bottom in an empty folder, and is kept without outputs that could grow stale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documents.reading import ROOT

NOTEBOOK: dict[str, Any] = json.loads((ROOT / "docs" / "python.ipynb").read_text())


def sources(kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == kind]


@pytest.mark.slow
def test_every_cell_runs_in_order(tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text("\n\n".join(sources("code")))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "phi 1: nominal 1.92x, measured 2.57x" in done.stdout
    assert (tmp_path / "results" / "smoke" / "nas" / "report.html").is_file()
    assert len(list((tmp_path / "results").glob("*.yaml"))) == 2


def test_it_is_kept_as_jupyter_reads_it_without_outputs() -> None:
    assert NOTEBOOK["nbformat"] == 4
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])
    assert all(cell["outputs"] == [] for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code")


def test_it_names_nothing_private() -> None:
    assert not [line for source in sources("code") for line in source.splitlines() if "._" in line]
