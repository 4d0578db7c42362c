"""`nas init`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="What the experiment is called; default: the folder's name.")
@click.option(
    "--resolution",
    type=int,
    help="Pixels a side at which the network will run; default: the images' own, up to 224.",
)
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("experiments.yaml"),
    show_default=True,
    help="The file of experiments: made, or added to.",
)
def init(folder: Path, name: str | None, resolution: int | None, file: Path) -> None:
    """Write the experiment for a FOLDER of images: one folder for each class, or train/ and test/ with such folders."""
    from nas.init.entry import add_entry, entry_for

    entry = entry_for(folder, name, resolution)
    add_entry(entry, file)
    click.echo(f"{file}: {entry.name}")
    click.echo(entry.text.rstrip())
    click.echo(f"next:   nas check {entry.name}")
