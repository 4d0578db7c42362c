from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from grid_search.command_options import BASELINE_OPTION, rounding_options, rounding_settings
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding
from search_spaces.validation import validated


def settings_of(*arguments: str) -> dict[str, Any]:
    """Return the settings that a command makes of these arguments."""
    found: dict[str, Any] = {}

    @click.command()
    @rounding_options
    def command(**options: Any) -> None:
        found.update(rounding_settings(**options))

    result = CliRunner().invoke(command, list(arguments))
    assert result.exit_code == 0, result.output
    return found


def test_without_options_numbers_are_rounded_as_efficientnet_rounds_them() -> None:
    assert validated(Rounding, settings_of()) == EFFICIENTNET_ROUNDING


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--depth-rounding", "nearest", Rounding(depth="nearest")),
        ("--resolution-rounding", "nearest", Rounding(resolution="nearest")),
        ("--resolution-multiple", "32", Rounding(resolution_multiple=32)),
        ("--width-divisor", "4", Rounding(width_divisor=4)),
    ],
)
def test_each_option_is_a_setting_of_the_rounding(option: str, value: str, expected: Rounding) -> None:
    assert expected != EFFICIENTNET_ROUNDING
    assert validated(Rounding, settings_of(option, value)) == expected


def test_the_help_lists_the_options_in_their_order() -> None:
    command = click.command()(rounding_options(lambda: None))
    assert [parameter.opts[0] for parameter in command.params] == [
        "--depth-rounding",
        "--resolution-rounding",
        "--resolution-multiple",
        "--width-divisor",
    ]


def test_a_baseline_is_required() -> None:
    def show(baseline: str) -> None:
        click.echo(baseline)

    command = click.command()(BASELINE_OPTION(show))
    assert CliRunner().invoke(command, ["--baseline", "timm:resnet18"]).output == "timm:resnet18\n"
    assert "Missing option '--baseline'" in CliRunner().invoke(command, []).stderr
