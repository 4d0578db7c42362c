"""The `scale` command: its sub-commands. Everything slow is imported by the command that needs it."""

from __future__ import annotations

import click

from grid_search.bench.command import bench
from grid_search.compare.command import compare
from grid_search.exchange_commands import export, import_
from grid_search.explore.command import explore
from grid_search.family.command import emit, table
from grid_search.grid.command import grid
from grid_search.maps.command import maps
from grid_search.report.command import report
from grid_search.search.command import search
from grid_search.status.command import status
from trials.console.command_line import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compound-nas")
def main() -> None:
    """Stage 2: search for the coefficients that scale a baseline network, and emit the scaled configurations."""


for command in (search, status, report, grid, explore, maps, emit, table, compare, bench, export, import_):
    main.add_command(command)
