from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.table import Table

from trials.console.output import FILE_WIDTH, open_console, shown


def printed(stream: io.StringIO) -> str:
    table = Table(*"abcdefgh")
    table.add_row(*["a cell of 20 letters"[:19] for _ in range(8)])
    open_console(stream).print(table)
    return stream.getvalue()


def test_tables_are_whole_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    text = printed(io.StringIO())
    assert text.count("a cell of 20 letter") == 8
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= FILE_WIDTH


def test_a_width_that_was_asked_for_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, printed(io.StringIO()).splitlines())) <= 60


@pytest.mark.parametrize("text", ["[/red]", "[red]x", ":smile:", "a [link=https://a.b]c[/link]"])
def test_what_others_wrote_is_printed_as_it_is(text: str) -> None:
    stream = io.StringIO()
    console = open_console(stream)
    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    for one in (text, table):
        console.print(one)
    assert stream.getvalue().count(text) == 4


def test_a_path_is_shown_from_the_current_folder_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "results" / "try") == "results/try"
    assert shown(tmp_path.parent) == str(tmp_path.parent)
