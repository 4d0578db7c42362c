"""`scale maps`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import command_text, settings_options, with_options


@click.command()
@click.argument("source", metavar="DIRECTORY|BASELINE")
@click.option("--experiment", default="quickstart", show_default=True, help="Images and training for a BASELINE.")
@settings_options
@click.option(
    "--images",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder of pictures to look at, in folders named after classes.  [default: some validation images]",
)
@click.option(
    "--boxes",
    type=click.Path(path_type=Path),
    help="Where the objects of --images are: a CSV (file, x0, y0, x1, y1 in pixels) or a folder of masks.",
)
@click.option("--trained", multiple=True, metavar="ROLE=FOLDER", help="Weights of `nas train` instead of a training.")
@click.option("--deployed", is_flag=True, help="Train whole networks at their own resolution, not their proxies.")
@click.option("--shown", type=click.IntRange(1, 100), default=6, show_default=True, help="Pictures in figure and page.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the results.  [default: maps, in DIRECTORY where there is one]",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
def maps(
    source: str,
    experiment: str,
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    images: Path | None,
    boxes: Path | None,
    trained: tuple[str, ...],
    deployed: bool,
    shown: int,
    out: Path | None,
    dry_run: bool,
) -> None:
    """Draw where a baseline, each single axis and the compound network look: class-activation maps side by side.

    DIRECTORY holds the results of `scale search`, whose coefficients, images and training are taken; BASELINE is an
    architecture file, a published network or timm:MODEL, scaled by the paper's. All scaled networks cost the same. The
    roles are baseline, depth-only, width-only, resolution-only and compound; what was trained once is used again.
    """
    from grid_search.maps.dry_run import check_maps
    from grid_search.maps.request import read_request
    from grid_search.maps.run import Sources, draw_maps
    from grid_search.maps.screen import print_maps
    from trials.console.output import open_console

    request = read_request(
        source,
        name=experiment,
        file=file,
        overrides=with_options(overrides, seed=seed),
        trained=trained,
        deployed=deployed,
        out=out,
    )
    sources = Sources(images=images, boxes=boxes, shown=shown)
    console = open_console()
    if dry_run:
        check_maps(request, sources, console)
        return
    print_maps(console, draw_maps(request, sources, console=console, command=command_text()))
