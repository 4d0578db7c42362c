"""`scale status`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--storage", help="The Optuna storage URL of a search that keeps its trials there.")
def status(directory: Path, storage: str | None) -> None:
    """Tell where the scaling search in DIRECTORY (results/NAME) is: from another terminal, or another machine."""
    from grid_search.status.lines import status_lines
    from trials.console.output import open_console

    console = open_console()
    for line in status_lines(directory, storage):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
