"""The benchmark of trainings runs anywhere, for as long as it is given."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.training_speed import main

SHORT = ("--networks", "1", "--steps", "1", "--seconds", "0.1")


@pytest.mark.slow
def test_drawn_images_give_a_speed_of_every_way_and_a_profile() -> None:
    result = CliRunner().invoke(main, [*SHORT, "--data", "random", "--profile"])
    assert result.exit_code == 0, result.output
    (row,) = [line for line in result.output.splitlines() if line.startswith("│ efficientnet-b0")]
    speeds = [float(cell.strip().replace(",", "")) for cell in row.split("│")[2:6]]
    assert min(speeds) > 0
    assert "convolution_backward" in result.output


@pytest.mark.slow
def test_the_time_to_an_accuracy_is_that_of_the_shortest_schedule_that_reaches_it(tmp_path: Path) -> None:
    options = ("--data", "digits", "--folder", str(tmp_path), "--accuracy", "--seeds", "1", "--images", "64")
    result = CliRunner().invoke(main, [*SHORT, *options])
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.output.splitlines() if "seed 0" in line]
    assert "(64 images)" in line.split("now")[0]
    assert "of 1" in result.output


def test_drawn_images_have_no_accuracy_to_reach() -> None:
    result = CliRunner().invoke(main, [*SHORT, "--data", "random", "--accuracy"])
    assert result.exit_code == 2
    assert "drawn images teach nothing" in result.output


def test_nothing_of_ray_is_needed() -> None:
    told = "import sys, benchmarks.training_speed; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
