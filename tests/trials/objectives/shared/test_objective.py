"""A search judged by shared weights: trained once, kept, used again, the same after a kill."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from rich.console import Console

from nas.config import NasExperiment, load_nas_experiment
from nas.search.run import run_search
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.accounting import require_accuracy
from trials.objectives.shared import artifact
from trials.objectives.shared.artifact import load_supernet
from trials.objectives.shared.objective import ARTIFACT, POLICY, Shared, shared
from trials.objectives.shared.recipe import shared_training
from trials.resolving import space_of
from trials.study.candidate import Candidate, Metrics, Report, ignore_reports

ENTRY: dict[str, Any] = {
    "space": "efficientnet",
    "objective": {
        "name": "shared",
        "training": {"epochs": 2, "batch_size": 32, "warmup_epochs": 0.5, "learning_rate": 0.05},
    },
    "data": {"name": "digits", "train_images": 128, "validation_images": 50},
    "proxy": {"width": 0.125, "resolution": 0.0357, "drop_strides": 3},
    "training": {"epochs": 1},
    "compute": {"device": "cpu", "threads": 1},
    "nas": {"sampler": "random", "trials": 4, "finalists": 0, "references": ["efficientnet-b0", "mobilenet-v2"]},
}


def experiment(folder: Path, *overrides: str, entry: dict[str, Any] | None = None) -> NasExperiment:
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"try": entry or ENTRY}))
    return load_nas_experiment("try", folder / "experiments.yaml", overrides)


def evaluation(folder: Path, *overrides: str) -> Shared:
    return shared(experiment(folder, *overrides), folder / "results")


def candidate(name: str = "efficientnet-b0") -> Candidate:
    network = reference(name)
    return Candidate(number=0, trial_id=0, architecture=network, seed=1, cost=estimate_cost(network))


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searched")
    run_search(experiment(folder), folder, console=Console(quiet=True), command="test")
    return folder


def test_a_search_maximizes_the_likelihood(searched: Path) -> None:
    trials = pd.read_csv(searched / "try" / "nas" / "trials.csv")
    assert list(trials["state"]) == ["complete"] * 4
    assert trials["val_accuracy"].between(0, 1).all()
    for row in trials.itertuples():
        assert row.likelihood == pytest.approx(math.exp(-row.val_loss))
    record = json.loads((searched / "try" / "nas" / "run.json").read_text())
    assert record["results"]["best"]["value"] == trials["value"].max()


def test_a_published_network_outside_of_the_space_is_left_out(searched: Path) -> None:
    rows = pd.read_csv(searched / "try" / "nas" / "references.csv").set_index("name")
    assert rows.loc["efficientnet-b0", "state"] == "complete"
    assert list(rows.index) == ["efficientnet-b0"]


def test_the_same_search_gives_the_same_numbers_and_the_same_file(searched: Path, tmp_path: Path) -> None:
    run_search(experiment(tmp_path), tmp_path, console=Console(quiet=True), command="test")
    first, second = (
        pd.read_csv(f / "try" / "nas" / "trials.csv")[["key", "val_loss", "value"]] for f in (searched, tmp_path)
    )
    pd.testing.assert_frame_equal(first, second)
    written = [(f / "try" / "nas" / ARTIFACT).read_bytes() for f in (searched, tmp_path)]
    assert written[0] == written[1]


def test_another_search_judges_by_the_same_weights(searched: Path, tmp_path: Path) -> None:
    weights = searched / "try" / "nas" / ARTIFACT
    entry = {**ENTRY, "objective": {"name": "shared", "weights": str(weights), "training": {"epochs": 9}}}
    again = experiment(tmp_path, "nas.sampler=evolution", entry=entry)
    found = run_search(again, tmp_path, console=Console(quiet=True), command="test")
    assert not (tmp_path / "try" / "nas" / ARTIFACT).exists()
    b0 = pd.read_csv(searched / "try" / "nas" / "references.csv")["val_loss"].iloc[0]
    assert found.references["val_loss"].iloc[0] == b0


def test_weights_are_read_once_to_be_checked_and_used(
    searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / ARTIFACT
    weights.write_bytes((searched / "try" / "nas" / ARTIFACT).read_bytes())
    read: list[Path] = []
    monkeypatch.setattr(artifact, "load_supernet", lambda path: read.append(path) or load_supernet(path))
    evaluate = evaluation(tmp_path, f"objective.weights={weights}")
    evaluate.prepare()
    scores = [evaluate(candidate(), ignore_reports)["val_loss"] for _ in range(2)]
    assert scores[0] == scores[1]
    assert read == [weights]


def test_progress_is_told_with_the_time_left(tmp_path: Path) -> None:
    lines: list[str] = []
    evaluate = evaluation(tmp_path)
    evaluate.begin(lines.append)
    assert [line.split("  ")[0] for line in lines] == [f"shared weights: epoch {n}/2" for n in (1, 2)]
    assert all("left" in line for line in lines)
    assert evaluate.artifact.is_file()
    assert not list((tmp_path / "results" / "checkpoints").glob("*.pt"))
    evaluate.begin(lines.append)
    assert len(lines) == 2


@pytest.mark.parametrize("search", ["afterwards", "while-training"])
def test_a_training_that_was_killed_goes_on(search: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    whole, killed = (evaluation(tmp_path / name, f"objective.search={search}", "nas={}") for name in ("a", "b"))
    whole.begin(str)

    def kill(line: str) -> None:
        raise KeyboardInterrupt(line)

    with pytest.raises(KeyboardInterrupt):
        killed.begin(kill)
    assert not killed.artifact.exists()
    killed.begin(str)
    assert killed.artifact.read_bytes() == whole.artifact.read_bytes()
    policies = [evaluate.folder / POLICY for evaluate in (whole, killed)]
    assert [path.is_file() for path in policies] == 2 * [search == "while-training"]
    assert search == "afterwards" or policies[0].read_bytes() == policies[1].read_bytes()
    scores = [evaluate(candidate(), ignore_reports)["val_loss"] for evaluate in (whole, killed)]
    assert scores[0] == scores[1]


def test_a_search_that_was_killed_while_networks_are_judged_goes_on(
    searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, judged = Shared.__call__, []

    def killed(self: Shared, one: Candidate, report: Report) -> Metrics:
        judged.append(one)
        if len(judged) == 3:  # a reference, a candidate, and in the middle of the second
            raise KeyboardInterrupt
        return judge(self, one, report)

    with monkeypatch.context() as patch:
        patch.setattr(Shared, "__call__", killed)
        with pytest.raises(KeyboardInterrupt):
            run_search(experiment(tmp_path), tmp_path, console=Console(quiet=True), command="test")
    run_search(experiment(tmp_path), tmp_path, console=Console(quiet=True), command="test")
    tables = [pd.read_csv(folder / "try" / "nas" / "trials.csv") for folder in (searched, tmp_path)]
    timed = [name for name in tables[0] if str(name).endswith("_seconds")]
    whole, again = (table.drop(columns=timed) for table in tables)
    pd.testing.assert_frame_equal(again, whole)


def test_a_space_that_cannot_be_shared_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    space = {"name": "mixed", "skeleton": "efficientnet-b0", "activation": {"one_of": ["relu", "silu"]}}
    (tmp_path / "mixed.yaml").write_text(yaml.safe_dump(space))
    settings = experiment(tmp_path, f"space={tmp_path / 'mixed.yaml'}")
    with pytest.raises(InvalidInput, match=r"one activation for all networks .* \(weights trained with one activation"):
        run_search(settings, tmp_path, console=Console(quiet=True), command="test")
    assert not (tmp_path / "try").exists()


@pytest.mark.parametrize(
    ("override", "name"),
    [
        ("objective.training.epochs=3", "training"),
        ("seed=1", "seed"),
        ("proxy.width=0.25", "proxy"),
    ],
)
def test_weights_trained_otherwise_are_refused(searched: Path, override: str, name: str, tmp_path: Path) -> None:
    other = shared(experiment(tmp_path, override), searched / "try" / "nas")
    with pytest.raises(InvalidInput, match=f"weights of another {name}"):
        other.prepare()


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="existing file"):
        evaluation(tmp_path, f"objective.weights={tmp_path / 'none'}").prepare()
    (tmp_path / "bad").write_bytes(b"nothing")
    with pytest.raises(InvalidInput, match="shared weights"):
        evaluation(tmp_path, f"objective.weights={tmp_path / 'bad'}").prepare()


def test_commands_that_need_trained_networks_refuse_shared_weights(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="accuracies of trained networks"):
        require_accuracy(experiment(tmp_path), "scale search")


def test_the_recipe_of_shared_weights_stands_under_what_is_written(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    training = shared_training(found)
    assert (training.epochs, training.ema_decay, training.label_smoothing) == (2, 0.99, 0.1)
    assert (found.training.epochs, found.training.ema_decay, found.training.label_smoothing) == (1, None, 0.1)
    assert space_of(found).name == "efficientnet"


def test_how_much_cost_weighs_is_measured_once_and_makes_the_reward(tmp_path: Path) -> None:
    limited = ENTRY | {"limits": {"max_params": "6M"}}
    settings = experiment(tmp_path, entry=limited)
    assert settings.reward.w == "equal-spread"
    run_search(settings, tmp_path, console=Console(quiet=True), command="test")
    trials = pd.read_csv(tmp_path / "try" / "nas" / "trials.csv").query("state == 'complete'")
    (w,) = set(trials["equal_spread_w"])
    assert 0 < w < 1
    assert json.loads((tmp_path / "try" / "nas" / "spread.json").read_text()) == {"w": w}
    expected = trials["likelihood"] * (trials["params"] / 6e6) ** w
    assert trials["value"].tolist() == pytest.approx(expected.tolist())
