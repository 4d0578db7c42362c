from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

from nas.cli import main
from nas.qa.length import plan_length, timed_networks
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from tests.nas.budget.plans import AVAILABLE, digits
from trials.budget.length import Pace
from trials.budget.sampling import networks_within
from trials.experiment import ObjectiveConfig
from trials.training_config import TrainingConfig

MINUTE = TrainingConfig(epochs=1, batch_size=20, warmup_epochs=0.1, budget="60s")


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an epoch of 1,000 images last 5 s."""
    measured = Pace(batch=20, step_seconds=0.1)
    monkeypatch.setattr("trials.budget.pictures.measured_pace", lambda _networks, _experiment: measured)


def test_nothing_is_changed_without_a_budget(tmp_path: Path) -> None:
    experiment = digits(tmp_path)
    plan = plan_length(experiment, {}, list, tmp_path / "try" / "qa")
    assert (plan.experiment, plan.lines, plan.warnings) == (experiment, (), ())


def test_a_minute_is_as_many_epochs_as_fit(tmp_path: Path) -> None:
    experiment = digits(tmp_path, training=MINUTE)
    plan = plan_length(experiment, {}, lambda: networks_within(experiment), tmp_path / "try" / "qa")
    assert (plan.experiment.training.epochs, plan.experiment.data.train_images) == (12, None)
    assert plan.experiment.training.budget is None
    assert plan.lines == (f"networks are each trained on {AVAILABLE:,} images x 12 epochs at 8 px, about 60 s",)
    assert "say little of which network is better" in plan.warnings[0]


def test_what_is_not_trained_one_by_one_has_no_such_budget(tmp_path: Path) -> None:
    experiment = digits(tmp_path, training=MINUTE, objective=ObjectiveConfig(name="shared"))
    with pytest.raises(InvalidInput, match="not trained one by one"):
        plan_length(experiment, {}, list, tmp_path / "try" / "qa")
    share = digits(tmp_path, training=replace(MINUTE, budget="5%"))
    with pytest.raises(InvalidInput, match="a time such as 60s"):
        plan_length(share, {}, list, tmp_path / "try" / "qa")


def test_networks_of_little_middle_and_large_cost_are_timed(tmp_path: Path) -> None:
    names = ["efficientnet-b7", "efficientnet-b0", "efficientnet-b4"]
    timed = timed_networks(digits(tmp_path), [load_architecture(name) for name in names])
    assert [network.name for network in timed] == sorted(names)
    alone = timed_networks(digits(tmp_path), [load_architecture("efficientnet-b0")])
    assert [network.name for network in alone] == ["efficientnet-b0"] * 3


def qa(folder: Path, *options: str) -> Result:
    places = ["--file", str(folder / "experiments.yaml"), "--out", str(folder / "results")]
    return CliRunner().invoke(main, ["qa", "try", "--networks", "4", "--seeds", "1", *places, *options])


def test_the_command_goes_on_with_the_training_it_began_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {
        "data": {"name": "digits", "validation_images": 50, "train_images": 200},
        "resolution": 16,
        "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.5, "drop_strides": 3},
        "training": {"budget": "2s", "batch_size": 20, "warmup_epochs": 0.1},
        "compute": {"device": "cpu", "threads": 1},
    }
    (tmp_path / "experiments.yaml").write_text(yaml.safe_dump({"try": entry}))
    first = qa(tmp_path, "--epochs-factor", "2")
    assert first.exit_code == 0, first.output
    assert "networks are each trained on 200 images x 2 epochs at 8 px, about 2 s" in first.stderr + first.stdout
    monkeypatch.setattr(
        "trials.budget.pictures.measured_pace", lambda _networks, _experiment: Pace(batch=20, step_seconds=0.01)
    )
    again = qa(tmp_path, "--epochs-factor", "2")
    assert again.exit_code == 0, again.output
    assert "x 2 epochs at 8 px, about 0 s; the study goes on" in again.stderr + again.stdout
    table = pd.read_csv(tmp_path / "results" / "try" / "qa" / "qa.csv")
    assert table[["proxy", "longer"]].notna().all().all()
    refused = qa(tmp_path, "--set", "training.epochs=3")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: training.epochs: got 3, accepted: nothing beside training.budget")
