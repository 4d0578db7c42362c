from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.fuzzing import kinds, tried


def test_every_kind_is_found_and_one_may_be_named() -> None:
    names = [test_id.rpartition("::test_")[2] for test_id in kinds([])]
    assert {"experiments", "spaces", "command_lines", "npz", "checkpoints", "journals", "weights"} < set(names)
    assert len(names) == len(set(names))
    assert [Path(test_id).name for test_id in kinds(["npz"])] == ["test_data.py::test_npz"]


@pytest.mark.parametrize(("code", "found"), [(0, False), (1, True)])
def test_a_row_tells_inputs_findings_and_memory(
    code: int, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"1 passed\nfuzz: 1000 inputs, peak {code + 362} MB\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=said, returncode=code))
    assert tried("test_data.py::test_npz", 1000, tmp_path) is found
    assert capsys.readouterr().out.startswith(f"| npz | 1000 | {code} | {code + 362} | ")
    assert (tmp_path / "npz.log").read_text() == said
