import gzip
import os
from pathlib import Path

import pytest

from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space
from tests.trials.objectives.benchmark.rows import PUBLISHED, write_archive
from trials.objectives.benchmark import archive
from trials.objectives.benchmark.table import load_table


@pytest.mark.parametrize("path", ["missing", "missing.tar.gz", "nul\0byte", "x" * 300])
def test_missing_data_says_where_to_get_them(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match=r"^objective\.path: .*github\.com/afzalxo/Accel-NASBench"):
        load_table(f"{tmp_path}/{path}")


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", gzip.compress(b"not a tar", mtime=0), gzip.compress(b"x" * 2000, mtime=0)],
    ids=["empty", "plain", "no-tar", "no-header"],
)
def test_a_damaged_archive_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.tar.gz").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^objective\.path: "):
        load_table(tmp_path / "rows.tar.gz")


def test_a_truncated_archive_is_told_in_one_line(tmp_path: Path, data: Path) -> None:
    (tmp_path / "rows.tar.gz").write_bytes(data.read_bytes()[:-500])
    with pytest.raises(InvalidInput, match=r"^objective\.path: "):
        load_table(tmp_path / "rows.tar.gz")


BAD_ROWS: list[object] = [
    b"{",
    b"[" * 10_000,
    [],
    {},
    {**PUBLISHED, "architecture": {}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "block0_e": 5}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "other": 5}},
    {**PUBLISHED, "architecture": {**PUBLISHED["architecture"], "block0_e": {"one_of": [4]}}},
    {**PUBLISHED, "metrics": {"val_top1": float("nan"), "train_time": 1.0}},
    {**PUBLISHED, "metrics": {"val_top1": "57", "train_time": 1.0}},
    {**PUBLISHED, "metrics": {"val_top1": 10**400, "train_time": 1.0}},
    {**PUBLISHED, "platform_perf": {"throughput_a100": 3}},
    {**PUBLISHED, "padding": "x" * 70_000},
]


@pytest.mark.parametrize("row", BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_a_bad_row_is_named(tmp_path: Path, row: object) -> None:
    path = write_archive(tmp_path / "rows.tar.gz", {"result_1.json": PUBLISHED, "result_2.json": row})
    with pytest.raises(InvalidInput, match=r"^objective\.path: .*result_2\.json"):
        load_table(path)


def test_an_archive_larger_than_allowed_is_not_read_to_its_end(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_ARCHIVE_BYTES", 20_000)
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(data.read_bytes())
    with pytest.raises(InvalidInput, match="at most 20000 bytes unpacked"):
        load_table(copy)


def test_too_many_rows_are_refused(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ROWS", 10)
    copy = tmp_path / "copy.tar.gz"
    copy.write_bytes(data.read_bytes())
    with pytest.raises(InvalidInput, match="accepted: at most 10"):
        load_table(copy)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match=r"accepted: a file$"):
        list(archive.read_rows(tmp_path / "pipe", load_space("efficientnet")))
