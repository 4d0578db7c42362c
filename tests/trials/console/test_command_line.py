from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from search_spaces.errors import InvalidInput
from trials.console.command_line import Commands, command_text, experiment_options, with_options


def run(body: Callable[[], None]) -> Result:
    """Run a group with one command."""

    @click.group(cls=Commands)
    def main() -> None:
        pass

    main.command("go")(body)
    return CliRunner().invoke(main, ["go"])


def raising(error: Exception) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def test_a_users_mistake_is_one_line_and_exit_code_2() -> None:
    result = run(raising(InvalidInput("seed", -1, "an integer from 0")))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: seed: got -1, accepted: an integer from 0\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_with_the_shells_exit_code(number: signal.Signals, code: int) -> None:
    result = run(lambda: os.kill(os.getpid(), number))
    assert result.exit_code == code
    assert result.stderr.count("\n") == 1
    assert "goes on from here" in result.stderr


def test_a_full_disk_is_one_line_with_the_file_and_exit_code_1() -> None:
    result = run(raising(OSError(errno.ENOSPC, "No space left on device", "study.journal")))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: study.journal: No space left on device; ")


def test_what_is_nobodys_mistake_is_not_hidden() -> None:
    for error in (OSError(errno.EIO, "Input/output error"), ZeroDivisionError("ours")):
        assert run(raising(error)).exception is error


def test_options_of_an_experiment() -> None:
    seen = []

    @click.command()
    @experiment_options
    def show(**options: object) -> None:
        seen.append(options)

    CliRunner().invoke(show, [])
    CliRunner().invoke(show, ["--set", "a=1", "--set", "b=2", "--seed", "3", "--out", "x", "--file", "f.yaml"])
    assert seen == [
        {"file": Path("experiments.yaml"), "overrides": (), "seed": None, "out": Path("results")},
        {"file": Path("f.yaml"), "overrides": ("a=1", "b=2"), "seed": 3, "out": Path("x")},
    ]


def test_options_stand_beside_overrides_where_they_were_given() -> None:
    assert with_options(("a=1",), seed=0, trials=None) == ["a=1", "seed=0"]


def test_a_command_is_told_as_the_shell_takes_it_without_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/bin/nas", "run", "two words", "--storage", "postgresql://u:secret@h/d"])
    assert command_text() == "nas run 'two words' --storage 'postgresql://u:***@h/d'"


@click.group(cls=Commands)
def main() -> None:
    """Do nothing."""


@main.command()
def warn() -> None:
    """Warn as libraries do."""
    warnings.warn("The constraint value is ignored", UserWarning, stacklevel=1)
    click.echo("done")


@pytest.mark.parametrize(("asked", "count"), [([], 0), (["always"], 1)])
def test_warnings_of_libraries_are_shown_to_who_asks(
    asked: list[str], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "warnoptions", asked)
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        result = CliRunner().invoke(main, ["warn"])
    assert result.output == "done\n"
    assert len(shown) == count
