"""An experiment that was searched, and commands run on it."""

from __future__ import annotations

from pathlib import Path

import yaml
from click.testing import CliRunner, Result

from nas.cli import main

EXPERIMENT = {
    "objective": {"python": "tests.objectives:by_size"},
    "data": {"name": "digits", "validation_images": 50},
    "resolution": 16,
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.5, "drop_strides": 3, "batch_norm_momentum": 0.1},
    "training": {"batch_size": 32},
    "compute": {"device": "cpu", "threads": 1},
    "nas": {"trials": 20, "sampler": "random", "full_training": {"epochs": 1, "train_images": 64}},
}
SCORES = EXPERIMENT | {"objective": {"name": "zero-cost"}}


def search(folder: Path) -> None:
    """Write the experiments into a folder and search one of them there."""
    (folder / "experiments.yaml").write_text(
        yaml.safe_dump({"try": EXPERIMENT, "unsearched": EXPERIMENT, "scores": SCORES})
    )
    result = run(folder, "run", "try")
    assert result.exit_code == 0, result.output


def run(folder: Path, *arguments: str) -> Result:
    places = ["--file", str(folder / "experiments.yaml"), "--out", str(folder / "results")]
    return CliRunner().invoke(main, [*arguments, *places])
