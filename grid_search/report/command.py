"""`scale report`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import results_options


@click.command()
@results_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The page; default: report.html there.")
def report(directory: Path, out: Path | None, storage: str | None) -> None:
    """Write the scaling search in DIRECTORY (results/NAME) as one page for a browser, finished or still going.

    The page works offline. `scale search` writes it at its end as report.html.
    """
    from grid_search.report.page import REPORT, write_report
    from grid_search.report.scaling import read_scaling

    scaling = read_scaling(directory, storage)
    path = out or scaling.result.folder / REPORT
    write_report(scaling, path)
    click.echo(path)
