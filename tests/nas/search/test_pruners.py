from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState
from rich.console import Console

import nas.search.run
from nas.config import NasConfig, NasExperiment
from nas.samplers.history import History
from nas.search.curves import FIRST
from nas.search.pruners import PRUNERS, make_pruner
from nas.search.run import run_search
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.space_file import load_space
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig
from trials.objectives import make_objective
from trials.proxy import Proxy
from trials.reward import Reward
from trials.study.candidate import Candidate, Stopped
from trials.study.storage import open_storage
from trials.training_config import TrainingConfig

EPOCHS = 9
STOPPING = [name for name in PRUNERS if name != "none"]


def trainings(*_arguments: object) -> Any:
    """Return what stands for a training: networks differ by their key, and grow better at one pace."""

    def evaluate(candidate: Candidate, report: Any) -> dict[str, float]:
        worth = random.Random(candidate.architecture.key).random()
        for epoch in range(1, EPOCHS):  # the last is not reported: nothing would be saved
            report(epoch, 0.5 * worth + 0.05 * epoch)
        return {"val_accuracy": 0.5 * worth + 0.05 * EPOCHS}

    return evaluate


def search(folder: Path, pruner: str, trials: int = 40) -> list[FrozenTrial]:
    experiment = NasExperiment(
        name="try",
        training=TrainingConfig(epochs=EPOCHS),
        nas=NasConfig(pruner=pruner, trials=trials, sampler="evolution"),
    )
    run_search(experiment, folder, console=Console(quiet=True), command="test")
    return study(folder).get_trials(deepcopy=False)


def study(folder: Path) -> optuna.Study:
    storage = open_storage(None, folder / "try" / "nas" / "study.journal")
    return optuna.load_study(study_name="try/nas/candidates", storage=storage)


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nas.search.run, "make_objective", trainings)


@pytest.mark.parametrize("pruner", STOPPING)
def test_bad_networks_are_stopped_and_good_ones_finish(pruner: str, tmp_path: Path) -> None:
    trials = search(tmp_path, pruner)
    stopped = [trial for trial in trials if trial.state == TrialState.PRUNED]
    finished = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    assert len(stopped) + len(finished) == 40
    assert len(stopped) >= 10
    assert all(trial.intermediate_values for trial in stopped)

    def first(group: list[FrozenTrial]) -> float:
        return sum(trial.intermediate_values[1] for trial in group) / len(group)

    compared = FIRST if pruner == "curves" else 0  # the first ones go on whatever they are
    assert first([trial for trial in finished if trial.number >= compared]) > first(stopped)


@pytest.mark.slow
@pytest.mark.parametrize("pruner", STOPPING)
def test_samplers_learn_nothing_from_what_was_stopped(pruner: str, tmp_path: Path) -> None:
    trials = search(tmp_path, pruner)
    history = History(load_space("efficientnet"))
    history.update(study(tmp_path), own=len(trials))
    taught = {outcome.number for outcome in history.teachers}
    assert taught == {trial.number for trial in trials if trial.state == TrialState.COMPLETE}


def test_rewards_are_compared_and_not_accuracies(tmp_path: Path) -> None:
    reward = Reward()
    for trial in search(tmp_path, "median", trials=8):
        flops = trial.user_attrs["network"]["flops"]
        worth = random.Random(trial.user_attrs["network"]["key"]).random()
        assert trial.intermediate_values[1] == pytest.approx(reward(0.5 * worth + 0.05, flops))


@pytest.mark.slow
@pytest.mark.parametrize("pruner", STOPPING)
def test_a_stopped_search_goes_on_as_if_it_had_not_been(pruner: str, tmp_path: Path) -> None:
    whole = search(tmp_path / "whole", pruner, trials=30)
    search(tmp_path / "parts", pruner, trials=12)
    parts = search(tmp_path / "parts", pruner, trials=30)
    assert [trial.state for trial in parts] == [trial.state for trial in whole]
    assert [trial.intermediate_values for trial in parts] == [trial.intermediate_values for trial in whole]


def test_a_study_keeps_its_pruner(tmp_path: Path) -> None:
    search(tmp_path, "median", trials=2)
    with pytest.raises(InvalidInput, match="pruner"):
        search(tmp_path, "halving", trials=3)


WITHOUT_SENSE = [
    ("fastest", Experiment()),
    ("halving", Experiment(training=TrainingConfig(epochs=1))),
    ("median", Experiment(objective=ObjectiveConfig(python="tests.objectives:by_size"))),
    ("hyperband", Experiment(objective=ObjectiveConfig(name="zero-cost"))),
    ("halving", Experiment(reward=Reward(cost="train_seconds", target=10))),
    ("halving", Experiment(objective=ObjectiveConfig(benchmark="accel-nasbench"))),
]


@pytest.mark.parametrize(("name", "experiment"), WITHOUT_SENSE)
def test_what_cannot_be_stopped_is_refused(name: str, experiment: Experiment) -> None:
    with pytest.raises(InvalidInput, match="pruner"):
        make_pruner(name, experiment)


def test_a_whole_training_is_not_thrown_away_after_its_last_epoch(tmp_path: Path) -> None:
    experiment = Experiment(
        data=DataConfig(name="digits", folder=str(tmp_path), train_images=64, validation_images=50),
        proxy=Proxy(width=0.125, depth=0.4, resolution=0.0357, drop_strides=3),
        training=TrainingConfig(epochs=2, batch_size=32),
        compute=Compute(threads=1),
    )
    evaluate = make_objective(experiment)
    architecture = reference("efficientnet-b0")
    candidate = Candidate(number=0, trial_id=0, architecture=architecture, seed=1, cost=estimate_cost(architecture))

    def stop_at(last: int) -> Any:
        def report(step: int, _value: float) -> None:
            if step >= last:
                raise Stopped

        return report

    assert evaluate(candidate, stop_at(2))["val_accuracy"] >= 0
    with pytest.raises(Stopped):
        evaluate(candidate, stop_at(1))
