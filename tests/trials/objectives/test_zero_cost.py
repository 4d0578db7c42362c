from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rich.console import Console

from nas.config import NasExperiment, load_nas_experiment
from nas.search.run import run_search
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.experiment_file import load_experiment
from trials.objectives import make_objective
from trials.study.candidate import Candidate, ignore_reports

ENTRY = {
    "objective": {"name": "zero-cost", "score": "naswot"},
    "data": {"name": "digits", "train_images": 64, "validation_images": 50},
    "proxy": {"width": 0.125, "depth": 0.4, "resolution": 0.0357, "drop_strides": 3},
    "training": {"batch_size": 16},
    "compute": {"device": "cpu", "threads": 1},
    "limits": {"max_flops": "390M"},
    "nas": {"sampler": "evolution", "trials": 8},
}


def experiment(folder: Path, *overrides: str) -> NasExperiment:
    (folder / "experiments.yaml").write_text(yaml.safe_dump({"try": ENTRY, "short": {"objective": "zero-cost"}}))
    return load_nas_experiment("try", folder / "experiments.yaml", overrides)


def candidate(name: str, seed: int) -> Candidate:
    architecture = reference(name)
    cost = estimate_cost(architecture)
    return Candidate(number=0, trial_id=0, architecture=architecture, seed=seed, cost=cost)


@pytest.mark.parametrize("score", ["synflow", "naswot", "grad_norm", "zen"])
def test_a_score_is_a_function_of_network_and_seed(score: str, tmp_path: Path) -> None:
    evaluate = make_objective(experiment(tmp_path, f"objective.score={score}"))
    first, again, other = (evaluate(candidate("efficientnet-b0", seed), ignore_reports)["score"] for seed in (1, 1, 2))
    assert first == again != other


def test_a_search_maximizes_the_score_within_the_limits(tmp_path: Path) -> None:
    found = run_search(experiment(tmp_path), tmp_path, console=Console(quiet=True), command="test")
    done = found.candidates[found.candidates["state"] == "complete"]
    assert len(done) == 8
    pd.testing.assert_series_equal(done["value"], done["score"], check_names=False)
    assert done["flops"].max() <= 390e6
    record = json.loads((tmp_path / "try" / "nas" / "run.json").read_text())
    assert record["results"]["best"]["score"] == done["score"].max()
    front = pd.read_csv(tmp_path / "try" / "nas" / "pareto.csv")
    assert front["score"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("objective.score=magic", "try.objective.score"),
        ("objective.python=a:b", "try.objective.name"),
        ("objective.name=train", "try.objective.score"),
    ],
)
def test_what_does_not_go_together_is_refused(override: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        experiment(tmp_path, override)
    assert raised.value.key == key


def test_the_name_alone_will_do(tmp_path: Path) -> None:
    experiment(tmp_path)
    assert load_experiment("short", tmp_path / "experiments.yaml").objective.name == "zero-cost"
