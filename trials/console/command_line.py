"""Options that both commands share, and a user's mistake told in one line with exit code 2. No torch."""

from __future__ import annotations

import errno
import logging
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from search_spaces.errors import InvalidInput
from trials.console.interruption import Interrupted, interruptible
from trials.console.lasting import lasting_output
from trials.console.output import OUTPUT_OPTIONS
from trials.duration import parse_duration
from trials.study.first_failures import FailedAlike
from trials.study.storage_url import masked

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A group of commands in which what ends a run is told in one line on stderr.

    Exit codes: 2 for a user's mistake (InvalidInput), 130 and 143 for SIGINT and SIGTERM, 1 for a full disk, where the
    first candidates all failed alike and where standard output could not be written. A command goes on without that.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command, to its end also where nobody reads what it prints."""
        with lasting_output() as output:
            result = self._told(ctx)
            output.flush()
            if output.failure is not None:
                lost = f"standard output: {output.failure.strerror}; what it could not print is in the files"
                click.echo(f"Error: {lost}", err=True)
                ctx.exit(1)
        return result

    def _told(self, ctx: click.Context) -> Any:
        """Run the chosen command; what the packages log (a data set being fetched) goes to stderr."""
        logger = logging.getLogger("compound_nas")
        if not logger.handlers:
            logger.addHandler(logging.StreamHandler())
            logger.setLevel(logging.INFO)
        try:
            with interruptible(), _quiet():
                return super().invoke(ctx)
        except InvalidInput as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except Interrupted as interruption:
            click.echo(f"{interruption}: ended; what is finished is kept, the same command goes on from here", err=True)
            ctx.exit(interruption.exit_code)
        except FailedAlike as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            where = f"{error.filename}: " if error.filename else ""
            click.echo(
                f"Error: {where}{error.strerror}; what is finished is kept, make room and run it again", err=True
            )
            ctx.exit(1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Print no warnings of libraries: they are for who writes programs. `python -W` and PYTHONWARNINGS count."""
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        yield


SETTINGS_OPTIONS = (
    click.option(
        "--file",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("experiments.yaml"),
        show_default=True,
        help="The file of experiments; the shipped ones are found beside those of the default file.",
    ),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Override a setting, e.g. training.epochs=3. May be repeated.",
    ),
    click.option("--seed", type=int, help="Override the experiment's seed."),
)
RESULTS_OPTION = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Where results are kept, in a folder named after the experiment.",
)


def experiment_options(command: Command) -> Command:
    """Add the options by which a command reads an experiment and keeps its results."""
    return _with(command, *SETTINGS_OPTIONS, RESULTS_OPTION, *OUTPUT_OPTIONS)


def settings_options(command: Command) -> Command:
    """Add the options by which a command reads an experiment, where its results lie elsewhere."""
    return _with(command, *SETTINGS_OPTIONS, *OUTPUT_OPTIONS)


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def results_options(command: Command) -> Command:
    """Add the argument and the option by which a command reads what a run left, or has so far."""
    storage = "The Optuna storage URL of a search that keeps its trials there."
    command = click.option("--storage", help=storage)(command)
    return click.argument("directory", type=click.Path(path_type=Path, file_okay=False))(command)


def budget_option(command: Command) -> Command:
    """Add the option by which a command is told how long it may take."""
    help_text = "The time it may take, such as 10m or 1h: numbers and lengths that are not written follow from it."
    return click.option("--budget", callback=_budget, metavar="TIME", help=help_text)(command)


def _budget(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    return None if value is None else parse_duration("--budget", value)


def with_options(overrides: tuple[str, ...], **named: object) -> list[str]:
    """Return overrides in which options such as --seed stand beside --set; options not given are left out."""
    return [*overrides, *(f"{key}={value}" for key, value in named.items() if value is not None)]


def command_text() -> str:
    """Return the command as it was typed, without passwords, for the record of a run."""
    return shlex.join([Path(sys.argv[0]).name, *map(masked, sys.argv[1:])])
