"""`nas report`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The page; default: report.html there.")
@click.option("--storage", help="The Optuna storage URL of a search that keeps its trials there.")
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
