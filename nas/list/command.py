"""`nas list`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

KINDS = ("experiments", "spaces", "networks", "samplers", "data")


@click.command("list")
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS))
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("experiments.yaml"),
    show_default=True,
    help="The file of experiments; the shipped ones are found beside those of the default file.",
)
def list_(kinds: tuple[str, ...], file: Path) -> None:
    """List the names that can be used, each with one line: experiments, spaces, networks, samplers, data."""
    from nas.list.names import listed
    from nas.list.screen import print_names
    from trials.console.output import open_console

    print_names(open_console(), listed(kinds or KINDS, file))
