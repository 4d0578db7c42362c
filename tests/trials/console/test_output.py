from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rich.table import Table

from trials.console.command_line import experiment_options
from trials.console.output import FILE_WIDTH, JsonConsole, open_console, shown


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


def command(*words: str) -> Result:
    """Run a command that prints a line, a table and an event."""

    @click.command()
    @experiment_options
    def go(**_options: object) -> None:
        console = open_console()
        console.print("two words", style="red")
        console.print(Table("heading", title="a table"))
        if isinstance(console, JsonConsole):
            console.event("trial", number=3)

    return CliRunner().invoke(go, list(words))


def test_a_quiet_command_prints_nothing() -> None:
    assert command("--quiet").output == ""
    assert "two words" in command().output


def test_for_programs_every_line_is_an_object() -> None:
    first, second, third = map(json.loads, command("--log-format", "json").output.splitlines())
    assert first["message"] == "two words"
    assert "heading" in second["message"]
    assert (third["event"], third["number"]) == ("trial", 3)
    assert datetime.fromisoformat(third["time"]).tzinfo is not None


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    open_console(stream).print("words", style="red")
    assert "\x1b[31m" not in stream.getvalue()


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
