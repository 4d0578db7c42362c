"""The `nas` command: its sub-commands, one folder each. Everything slow is imported by the command that needs it."""

from __future__ import annotations

import click

from nas.bench.command import bench
from nas.calibrate.command import calibrate
from nas.check.command import check
from nas.compare.command import compare
from nas.cost.command import cost
from nas.dashboard.command import dashboard
from nas.init.command import init
from nas.list.command import list_
from nas.predict.command import predict
from nas.qa.command import qa
from nas.report.command import report
from nas.search.command import run
from nas.status.command import status
from nas.train.command import train
from trials.console.command_line import Commands
from trials.console.completion import completion


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compound-nas")
def main() -> None:
    """Stage 1: search for an efficient baseline network."""


for command in (
    list_,
    init,
    check,
    run,
    status,
    report,
    dashboard,
    train,
    predict,
    compare,
    calibrate,
    qa,
    bench,
    cost,
    completion,
):
    main.add_command(command)
