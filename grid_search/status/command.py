"""`scale status`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import results_options


@click.command()
@results_options
def status(directory: Path, storage: str | None) -> None:
    """Tell where the scaling search in DIRECTORY (results/NAME) is: from another terminal, or another machine."""
    from grid_search.status.lines import status_lines
    from trials.console.output import open_console

    console = open_console()
    for line in status_lines(directory, storage):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
