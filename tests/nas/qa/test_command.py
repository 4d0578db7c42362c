from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml
from click.testing import CliRunner

from nas.cli import main
from nas.qa.plan import SCORES

TINY = {
    "data": {"name": "digits", "train_images": 64, "validation_images": 50},
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.0357, "drop_strides": 3, "batch_norm_momentum": 0.1},
    "training": {"epochs": 1, "batch_size": 32},
    "compute": {"device": "cpu", "threads": 1},
}


def test_the_command_trains_and_scores(tmp_path: Path) -> None:
    (tmp_path / "experiments.yaml").write_text(
        yaml.safe_dump({"try": TINY, "mine": {"objective": {"python": "tests.objectives:by_size"}}})
    )
    places = ["--file", str(tmp_path / "experiments.yaml"), "--out", str(tmp_path / "results")]
    options = ["--networks", "4", "--seeds", "1", "--epochs-factor", "2"]
    result = CliRunner().invoke(main, ["qa", "try", *options, *places])
    assert result.exit_code == 0, result.output
    assert "too few" in result.output
    assert "nan" not in result.output
    table = pd.read_csv(tmp_path / "results" / "try" / "qa" / "qa.csv")
    assert table[["proxy", "longer", *SCORES]].notna().all().all()
    refused = CliRunner().invoke(main, ["qa", "mine", *places])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: objective: got ")
