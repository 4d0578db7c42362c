"""`nas report`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import results_options


@click.command()
@results_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The page; default: report.html there.")
def report(directory: Path, out: Path | None, storage: str | None) -> None:
    """Write the search in DIRECTORY (results/NAME) as one page for a browser, finished or still going.

    The page works offline. `nas run` writes it at its end as report.html.
    """
    from nas.report.page import REPORT, write_report
    from nas.report.reading import read_search

    search = read_search(directory, storage)
    path = out or search.folder / REPORT
    write_report(search, path)
    click.echo(path)
