from __future__ import annotations

import sys
import warnings

import click
import pytest
from click.testing import CliRunner

from trials.console.command_line import Commands


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
