from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from optuna.trial import TrialState
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.finished_search import candidates_of
from nas.search.run import run_search
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.user_callable import import_callable
from tests.objectives import by_size
from trials.experiment import ObjectiveConfig
from trials.objectives.user_function import UserFunction, _checked_report, checked_metrics, takes_report
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


@pytest.mark.parametrize(
    "path",
    ["", "math", "math:", ":sqrt", "math:no_such", "no_such_module_anywhere:f", "tests.objectives:not_callable"],
)
def test_a_name_that_is_no_function_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match=r"^objective\.python: got") as caught:
        UserFunction(python=path).prepare()
    assert "\n" not in str(caught.value)


def test_a_function_is_found_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine_in_this_folder.py").write_text("def f(architecture, seed):\n    return {'val_accuracy': 0.5}\n")
    monkeypatch.chdir(tmp_path)
    assert UserFunction(python="mine_in_this_folder:f")(CANDIDATE, ignore_reports) == {"val_accuracy": 0.5}


def test_a_callable_without_a_signature_takes_no_report() -> None:
    assert import_callable("math:hypot", "objective.python") is math.hypot
    assert not takes_report("builtins:max")


@pytest.mark.parametrize(
    ("returned", "key"),
    [
        (0.5, "metrics"),
        ({}, "metrics.val_accuracy"),
        ({"val_accuracy": 1.01}, "metrics.val_accuracy"),
        ({"val_accuracy": True}, "metrics.val_accuracy"),
        ({"val_accuracy": 0.5, "loss": math.nan}, "metrics.loss"),
        ({"val_accuracy": 0.5, "note": "fine"}, "metrics.note"),
        ({"val_accuracy": np.float64("nan")}, "metrics.val_accuracy"),
        ({"val_accuracy": np.bool_(True)}, "metrics.val_accuracy"),
        ({"val_accuracy": np.array([0.5, 0.6])}, "metrics.val_accuracy"),
        ({"val_accuracy": torch.zeros(3)}, "metrics.val_accuracy"),
        ({"val_accuracy": 0.5, "count": 10**400}, "metrics.count"),
        ({"val_accuracy": 0.5, "root": 1j}, "metrics.root"),
        ({"val_accuracy": 0.5, "a\nb": 1}, "metrics"),
        ({"val_accuracy": 0.5, "\ud800": 1}, "metrics"),
        ({"val_accuracy": 0.5, 3: 1}, "metrics"),
    ],
)
def test_metrics_are_numbers_with_an_accuracy(returned: object, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_metrics(returned)
    assert caught.value.key == key


def test_metrics_become_floats() -> None:
    metrics = checked_metrics({"val_accuracy": 1, "steps": 3})
    assert metrics == {"val_accuracy": 1.0, "steps": 3.0}
    assert {type(value) for value in metrics.values()} == {float}


@pytest.mark.parametrize(
    "half",
    [
        np.float32(0.5),
        np.float16(0.5),
        np.array(0.5),
        np.array([0.5]),
        torch.tensor(0.5),
        torch.tensor([0.5], requires_grad=True),
        torch.tensor(0.5, dtype=torch.bfloat16),
        Fraction(1, 2),
    ],
    ids=repr,
)
def test_scalars_of_numpy_and_torch_are_numbers(half: object) -> None:
    metrics = checked_metrics({"val_accuracy": half})
    assert metrics == {"val_accuracy": 0.5}
    assert type(metrics["val_accuracy"]) is float


def test_a_step_may_be_an_integer_of_numpy() -> None:
    told: list[tuple[int, float]] = []
    _checked_report(lambda step, value: told.append((step, value)))(np.int64(2), np.float32(0.5))  # type: ignore[arg-type]
    assert told == [(2, 0.5)]
    for step in (True, -1, 1.5, "1"):
        with pytest.raises(InvalidInput, match=r"^report\.step: got"):
            _checked_report(lambda _step, _value: None)(step, 0.5)  # type: ignore[arg-type]
