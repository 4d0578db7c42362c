"""The console that commands print on: as wide as the terminal, and wide in a file or a pipe. No torch."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console

FILE_WIDTH = 200  # columns, in a file or a pipe
PLAIN: dict[str, Any] = {"markup": False, "emoji": False}
QUIET, JSON = "compound_nas.quiet", "compound_nas.json"  # in the context of a command


class JsonConsole(Console):
    """A console that prints a JSON object for each message, one to a line: `time` (UTC), `message` or an `event`."""

    def print(self, *objects: Any, **settings: Any) -> None:
        """Print what would be printed as text, without colours."""
        with self.capture() as captured:
            super().print(*objects, **settings)
        self._write({"message": captured.get().rstrip()})

    def event(self, kind: str, **fields: Any) -> None:
        """Print what happened as fields."""
        self._write({"event": kind, **fields})

    def _write(self, fields: dict[str, Any]) -> None:
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **fields}
        self.file.write(json.dumps(line, default=str) + "\n")
        self.file.flush()


def open_console(stream: IO[str] | None = None) -> Console:
    """Return a console on standard output or a stream; COLUMNS and NO_COLOR, where they are set, count as everywhere.

    It is silent under --quiet and prints JSON under --log-format json. It prints text as it is: what looks like a
    colour or an emoji in a name or a message is none.
    """
    context = click.get_current_context(silent=True)
    chosen = context.meta if context is not None else {}
    if chosen.get(QUIET):
        return Console(file=stream, quiet=True)
    if chosen.get(JSON):
        return JsonConsole(file=stream, width=FILE_WIDTH, force_terminal=False, no_color=True, **PLAIN)
    console = Console(file=stream, **PLAIN)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(file=stream, width=FILE_WIDTH, **PLAIN)


def shown(path: Path) -> str:
    """Return a path as its reader writes it: from the current folder on, where it is inside of that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _choose_quiet(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[QUIET] = value


def _choose_format(context: click.Context, _option: click.Parameter, value: str) -> None:
    context.meta[JSON] = value == "json"


OUTPUT_OPTIONS = (
    click.option("--quiet", is_flag=True, expose_value=False, callback=_choose_quiet, help="Print errors only."),
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        expose_value=False,
        callback=_choose_format,
        help="json: an object to a line, for programs.",
    ),
)
