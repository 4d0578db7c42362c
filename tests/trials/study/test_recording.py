from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.study.attributes import DUPLICATE_OF, FAILURE, METRICS, OVER_LIMIT
from trials.study.candidate import Outcome
from trials.study.internals import storage_of, study_id_of
from trials.study.leases import Leases
from trials.study.recording import Recorder
from trials.study.storage import open_storage

COST = estimate_cost(reference("efficientnet-b0"))
MEASURED = Outcome(metrics={"val_accuracy": 0.75})


@pytest.fixture(params=["memory", "sqlite"])
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Recorder:
    storage = (
        InMemoryStorage()
        if request.param == "memory"
        else open_storage(f"sqlite:///{tmp_path}/study.db", tmp_path / "study.journal")
    )
    study = optuna.create_study(study_name="s", storage=storage, direction="maximize")
    return Recorder(
        study=study,
        leases=Leases(storage=storage_of(study), shared=False),
        value_of=lambda metrics, cost: [metrics["val_accuracy"] * cost.flops / 385_814_752],
    )


def begun(recorder: Recorder) -> optuna.Trial:
    """Return a trial that this process holds."""
    return optuna.Trial(recorder.study, recorder.leases.create(study_id_of(recorder.study)))


def record(recorder: Recorder, metrics: dict[str, float], trial: optuna.Trial | None = None) -> None:
    """Record metrics as a ledger does."""
    trial = trial or begun(recorder)
    outcome = recorder.judged(trial, COST, Outcome(metrics=metrics))
    recorder.keep(trial, outcome)
    recorder.complete(trial, COST, outcome)


def only(recorder: Recorder) -> FrozenTrial:
    (trial,) = recorder.study.trials
    return trial


def holds_nothing(recorder: Recorder) -> bool:
    return recorder.leases._held == {}


def test_a_value_is_made_of_metrics_and_cost(recorder: Recorder) -> None:
    trial = recorder.complete(begun(recorder), COST, MEASURED)
    assert trial is not None
    assert (trial.state, trial.value) == (TrialState.COMPLETE, 0.75)
    assert only(recorder).value == 0.75
    assert holds_nothing(recorder)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome(failure="no memory"), TrialState.FAIL), (Outcome(stopped=True), TrialState.PRUNED)],
    ids=["failed", "stopped"],
)
def test_what_has_no_value_ends_without_one(recorder: Recorder, outcome: Outcome, state: TrialState) -> None:
    trial = begun(recorder)
    recorder.keep(trial, outcome)
    recorder.complete(trial, COST, outcome)
    assert (only(recorder).state, only(recorder).values) == (state, None)
    assert only(recorder).user_attrs.items() >= outcome.as_attributes().items()


@pytest.mark.parametrize(
    ("accuracy", "reason"),
    [(math.nan, "reward: got [nan], accepted: finite numbers"), (math.inf, "reward: got [inf]")],
)
def test_a_value_that_is_no_finite_number_fails_with_the_reason(
    recorder: Recorder, accuracy: float, reason: str
) -> None:
    record(recorder, {"val_accuracy": accuracy})
    assert only(recorder).state == TrialState.FAIL
    assert only(recorder).user_attrs[FAILURE].startswith(reason)
    assert METRICS not in only(recorder).user_attrs  # nothing is recorded that no later run could read


def test_a_value_that_is_no_real_number_fails_with_the_reason(recorder: Recorder) -> None:
    impossible = replace(recorder, value_of=lambda metrics, _cost: [metrics["latency_ms"] ** -0.07])
    record(impossible, {"val_accuracy": 0.5, "latency_ms": -5.0})
    assert only(recorder).state == TrialState.FAIL
    assert only(recorder).user_attrs[FAILURE].startswith("reward: got [(")


def test_a_value_that_needs_what_is_not_there_fails_with_the_reason(recorder: Recorder) -> None:
    record(recorder, {})
    assert (only(recorder).state, only(recorder).user_attrs[FAILURE]) == (TrialState.FAIL, "'val_accuracy'")


@pytest.mark.parametrize("name", ["flops", "params", "state", "value", "reward", "key", "epochs", "depth"])
def test_a_metric_named_as_a_column_or_a_parameter_is_refused(recorder: Recorder, name: str) -> None:
    trial = begun(recorder)
    trial.suggest_int("depth", 1, 4)
    record(recorder, {"val_accuracy": 0.5, name: 3.0}, trial)
    assert only(recorder).state == TrialState.FAIL
    assert only(recorder).user_attrs[FAILURE].startswith(f"metrics.{name}: got 3.0, accepted: another name")


def test_an_outcome_is_kept_for_a_trial_that_ends_later(recorder: Recorder) -> None:
    recorder.keep(begun(recorder), MEASURED)
    assert only(recorder).state == TrialState.RUNNING
    assert only(recorder).user_attrs[METRICS] == {"val_accuracy": 0.75}


@pytest.mark.parametrize("state", [TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED])
def test_a_duplicate_ends_as_the_first_did(recorder: Recorder, state: TrialState) -> None:
    other = create_trial(state=state, value=0.5 if state == TrialState.COMPLETE else None)
    other.number = 3
    recorder.end_like(begun(recorder), other)
    assert (only(recorder).state, only(recorder).values) == (state, other.values)
    assert only(recorder).user_attrs[DUPLICATE_OF] == 3


def test_one_too_many_fails_with_the_reason_and_is_let_go(recorder: Recorder) -> None:
    recorder.withdraw(recorder.leases.create(study_id_of(recorder.study)))
    assert (only(recorder).state, only(recorder).user_attrs[OVER_LIMIT]) == (TrialState.FAIL, "trials")
    assert holds_nothing(recorder)


@pytest.mark.parametrize(
    "end",
    [
        lambda recorder, trial: recorder.complete(trial, COST, MEASURED),
        lambda recorder, trial: recorder.end(trial, TrialState.FAIL),
        lambda recorder, trial: recorder.keep(trial, Outcome(failure="late")),
    ],
    ids=["complete", "end", "keep"],
)
def test_what_another_process_ended_stays_as_it_is(
    recorder: Recorder, end: Callable[[Recorder, optuna.Trial], FrozenTrial | None]
) -> None:
    trial = begun(recorder)
    theirs = optuna.load_study(study_name="s", storage=storage_of(recorder.study))
    theirs.tell(trial.number, 0.25)
    assert end(recorder, trial) is None
    assert (only(recorder).state, only(recorder).value) == (TrialState.COMPLETE, 0.25)
    if not isinstance(storage_of(recorder.study), InMemoryStorage):  # which hands out its own objects
        assert not only(recorder).user_attrs.keys() & {METRICS, FAILURE}
