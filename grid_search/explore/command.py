"""`scale explore`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from grid_search.command_options import NUM_CLASSES_OPTION


@click.command()
@click.argument("source", metavar="BASELINE|DIRECTORY")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("explorer.html"), show_default=True
)
@NUM_CLASSES_OPTION
def explore(source: str, out: Path, num_classes: int | None) -> None:
    """Write a page in which a network is scaled by sliders, stage by stage, beside the published B0 to B7.

    BASELINE is an architecture file, a published network or timm:MODEL; DIRECTORY the results of `scale search`, whose
    coefficients and rounding the sliders then begin with.
    """
    from grid_search.explore.page import write_explorer
    from grid_search.explore.payload import explored
    from grid_search.family.finished import read_rule
    from search_spaces.exchange.source import load_architecture, recorded_task

    if Path(source).is_dir():
        rule = read_rule(Path(source), num_classes)
        data = explored(rule.baseline, coefficients=rule.coefficients, rounding=rule.rounding, task=rule.task)
    else:
        data = explored(load_architecture(source), task=recorded_task(source, num_classes))
    write_explorer(data, out)
    click.echo(out)
