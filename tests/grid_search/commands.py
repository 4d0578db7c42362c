"""The commands of `scale` as a shell runs them."""

from __future__ import annotations

from click.testing import CliRunner, Result

from grid_search.cli import main

COEFFICIENTS = ["--alpha", "1.2", "--beta", "1.1", "--gamma", "1.15"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
