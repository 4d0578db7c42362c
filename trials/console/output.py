"""The console that commands print on: as wide as the terminal, and wide in a file or a pipe. No torch."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import IO, Any

import click
from rich.console import Console

FILE_WIDTH = 200  # columns, in a file or a pipe
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
        self.file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self.file.flush()


def open_console(stream: IO[str] | None = None) -> Console:
    """Return a console on standard output or a stream; COLUMNS and NO_COLOR, where they are set, count as everywhere.

    It is silent under --quiet and prints JSON under --log-format json.
    """
    context = click.get_current_context(silent=True)
    chosen = context.meta if context is not None else {}
    if chosen.get(QUIET):
        return Console(file=stream, quiet=True)
    if chosen.get(JSON):
        return JsonConsole(file=stream, width=FILE_WIDTH, force_terminal=False, no_color=True)
    console = Console(file=stream)
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(file=stream, width=FILE_WIDTH)


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
