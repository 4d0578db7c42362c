from __future__ import annotations

import optuna
import pytest

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.study.attributes import KEY, NETWORK
from trials.study.batches import Batch
from trials.study.candidate import Candidate, Outcome

B0 = reference("efficientnet-b0")


def filled(size: int | None, count: int) -> Batch:
    """Return a batch with `count` open trials, all of them handed out."""
    study, batch = optuna.create_study(), Batch(size=size)
    for _ in range(count):
        trial = study.ask()
        trial.set_user_attr(NETWORK, {KEY: f"network {trial.number}"})
        batch.open[trial.number] = trial
    return batch


def settle(batch: Batch, number: int) -> None:
    candidate = Candidate(number=number, trial_id=number, architecture=B0, seed=0, cost=estimate_cost(B0))
    batch.settled[number] = (candidate, Outcome(metrics={"val_accuracy": 0.5}))


@pytest.mark.parametrize(("size", "evaluated", "missing"), [(None, 5, 1), (4, 0, 4), (4, 5, 3), (4, 8, 4)])
def test_what_a_batch_lacks(size: int | None, evaluated: int, missing: int) -> None:
    assert Batch(size=size).missing(evaluated) == missing


def test_a_batch_is_recorded_as_a_whole_and_by_number() -> None:
    batch = filled(3, 3)
    settle(batch, 2)
    settle(batch, 0)
    assert batch.recordable() == []
    settle(batch, 1)
    assert batch.recordable() == [0, 1, 2]
    trial, candidate, outcome = batch.close(1)
    assert (trial.number, candidate.number, outcome.metrics["val_accuracy"]) == (1, 1, 0.5)
    assert 1 not in batch.open and 1 not in batch.settled


def test_without_a_size_each_is_recorded_by_itself() -> None:
    batch = filled(None, 3)
    settle(batch, 2)
    assert batch.recordable() == [2]
    assert batch.wants_proposals
    assert not filled(3, 3).wants_proposals


def test_the_open_trial_of_a_network() -> None:
    batch = filled(None, 3)
    assert batch.open_with("network 1") == 1
    assert batch.open_with("another") is None
