from __future__ import annotations

import pickle

import pytest

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.study.candidate import Candidate, Outcome, derive_seed, ignore_reports

B0 = reference("efficientnet-b0")


@pytest.mark.parametrize(
    "outcome", [Outcome(metrics={"val_accuracy": 0.5}), Outcome(failure="out of memory"), Outcome(stopped=True)]
)
def test_attributes_of_a_trial_give_the_outcome_back(outcome: Outcome) -> None:
    attributes = outcome.as_attributes()
    assert len(attributes) == 1
    assert Outcome.from_attributes({**attributes, "network": {}, "duplicate_of": 3}) == outcome


def test_an_evaluation_that_has_not_ended_has_no_outcome() -> None:
    assert Outcome.from_attributes({"network": {"flops": 1}}) is None


def test_a_failure_counts_whatever_was_measured() -> None:
    assert Outcome(failure="diverged", metrics={"val_accuracy": 0.5}).as_attributes() == {"failure": "diverged"}


def test_a_seed_is_the_same_for_ever_and_fits_every_generator() -> None:
    # numpy promises the stream of SeedSequence: these are its first 64 bits without the lowest
    assert (derive_seed(0, 0), derive_seed(7, 41)) == (7896617691693857887, 1862694236168566762)
    assert derive_seed(1, 2) != derive_seed(2, 1)
    assert all(0 <= derive_seed(study, 5) < 2**63 for study in range(500))


def test_a_candidate_travels_to_another_process_in_little() -> None:
    candidate = Candidate(number=3, trial_id=4, architecture=B0, seed=5, cost=estimate_cost(B0), labels={"epochs": 2})
    packed = pickle.dumps(candidate)
    assert pickle.loads(packed) == candidate  # noqa: S301 (made here)
    assert len(packed) < 5000


def test_reports_may_be_ignored() -> None:
    ignore_reports(1, float("nan"))
