from __future__ import annotations

from pathlib import Path

import pytest
from optuna.trial import TrialState
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.finished_search import candidates_of
from nas.search.run import run_search
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from tests.objectives import by_size
from trials.experiment import ObjectiveConfig
from trials.objectives.user_function import UserFunction, takes_report
from trials.study.candidate import Candidate, Stopped, ignore_reports
from trials.training_config import TrainingConfig

B0 = reference("efficientnet-b0")
CANDIDATE = Candidate(number=0, trial_id=0, architecture=B0, seed=3, cost=estimate_cost(B0))


def test_a_third_parameter_named_report_is_passed() -> None:
    told: list[tuple[int, float]] = []
    function = UserFunction(python="tests.objectives:learning")
    metrics = function(CANDIDATE, lambda step, value: told.append((step, value)))
    worth = by_size(B0, 3)["val_accuracy"]
    assert metrics == {"val_accuracy": worth}
    assert [step for step, _ in told] == list(range(1, 9))
    assert [value for _, value in told] == pytest.approx([worth * (step + 1) / 10 for step in range(1, 9)])


def test_a_function_of_two_parameters_is_called_with_two() -> None:
    assert not takes_report("tests.objectives:by_size")
    assert UserFunction(python="tests.objectives:by_size")(CANDIDATE, ignore_reports) == by_size(B0, 3)


def test_what_is_reported_is_checked() -> None:
    with pytest.raises(InvalidInput, match=r"val_accuracy: got 71"):
        UserFunction(python="tests.objectives:reporting_in_percent")(CANDIDATE, ignore_reports)


def test_a_stop_ends_the_function() -> None:
    def stop(step: int, _value: float) -> None:
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        UserFunction(python="tests.objectives:learning")(CANDIDATE, stop)


@pytest.mark.parametrize(("sampler", "pruner"), [("random", "halving"), ("random", "hyperband"), ("nsga2", "halving")])
def test_pruners_stop_functions_that_report(sampler: str, pruner: str, tmp_path: Path) -> None:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:learning"),
        training=TrainingConfig(epochs=9),
        nas=NasConfig(sampler=sampler, pruner=pruner, trials=30, references=()),
    )
    run_search(experiment, tmp_path, console=Console(quiet=True), command="test")
    states = [trial.state for trial in candidates_of(experiment, tmp_path).trials]
    assert 5 <= states.count(TrialState.PRUNED) < 30
    assert states.count(TrialState.PRUNED) + states.count(TrialState.COMPLETE) == len(states)
