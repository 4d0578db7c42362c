"""The journal as a file: read line by line, one file from the beginning of a run to its end."""

from __future__ import annotations

import shutil
from pathlib import Path

import optuna
import pytest
from optuna.storages.journal import JournalFileBackend

from search_spaces.errors import InvalidInput
from trials.study import journal
from trials.study.journal import KernelLock, SyncedJournal, parsed_lines
from trials.study.storage import open_storage


def opened(path: Path) -> SyncedJournal:
    return SyncedJournal(path, KernelLock(path))


@pytest.mark.parametrize("chunk", [1, 70, 1 << 20])
def test_it_is_read_as_optuna_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(journal, "CHUNK_BYTES", chunk)
    path = tmp_path / "study.journal"
    ours = opened(path)
    for number in range(9):
        ours.append_logs([{"op_code": 2, "worker_id": "w", "study_id": number, "user_attr": {"text": "é\n" * number}}])
    optunas = JournalFileBackend(str(path))
    for start in (0, 4, 2, 9, 8, 0):
        assert list(ours.read_logs(start)) == list(optunas.read_logs(start))
    for backend in (ours, optunas):
        assert next(iter(backend.read_logs(3)))["study_id"] == 3
    ours.append_logs([{"op_code": 2, "worker_id": "w", "study_id": 9, "user_attr": {}}])
    assert [log["study_id"] for log in ours.read_logs(8)] == [8, 9]
    with path.open("ab") as stream:
        stream.write(b'{"torn')
    assert list(ours.read_logs(10)) == []


@pytest.mark.parametrize("lines", [[b"{}\n", b"{},{}\n"], [b"[]\n"], [b"{\n", b"}\n"], [b"{}\n", b"\n"], [b"\xff\n"]])
def test_lines_that_are_no_mappings_are_refused(lines: list[bytes]) -> None:
    with pytest.raises(ValueError):
        parsed_lines(lines)


@pytest.mark.parametrize("happens", ["deleted", "moved", "replaced", "folder deleted", "folder moved"])
def test_a_journal_that_is_gone_is_told_and_no_other_is_begun(tmp_path: Path, happens: str) -> None:
    path = tmp_path / "nas" / "study.journal"
    study = optuna.create_study(study_name="s", storage=open_storage(None, path))
    study.ask()
    kept = path.read_bytes()
    if happens == "deleted":
        path.unlink()
    elif happens == "moved":
        path.rename(tmp_path / "elsewhere")
    elif happens == "replaced":
        path.rename(tmp_path / "elsewhere")
        path.write_bytes(kept)
    elif happens == "folder deleted":
        shutil.rmtree(path.parent)
    else:
        path.parent.rename(tmp_path / "elsewhere")
    for step in (study.ask, lambda: study.trials):
        with pytest.raises(InvalidInput, match=r"study\.journal: got .* deleted or moved") as caught:
            step()
        assert "\n" not in str(caught.value)
    assert path.exists() == (happens == "replaced")
    assert not path.exists() or path.read_bytes() == kept
