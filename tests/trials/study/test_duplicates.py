from __future__ import annotations

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from trials.study.attributes import DUPLICATE_OF, KEY, NETWORK, OVER_LIMIT
from trials.study.duplicates import KnownNetworks


def ended(number: int, key: str, state: TrialState = TrialState.COMPLETE, **attributes: object) -> FrozenTrial:
    value = 0.5 if state == TrialState.COMPLETE else None
    trial = create_trial(state=state, value=value, user_attrs={NETWORK: {KEY: key}, **attributes})
    trial.number = number
    return trial


def test_the_first_trial_of_a_network_is_the_one() -> None:
    known = KnownNetworks()
    first = ended(0, "a")
    known.take_in(first)
    known.take_in(ended(1, "a"))
    assert known.evaluated_with("a") is first
    assert known.evaluated_with("b") is None
    assert len(known) == 1


@pytest.mark.parametrize(
    "trial",
    [
        ended(0, "a", TrialState.FAIL),
        ended(0, "a", TrialState.PRUNED, **{OVER_LIMIT: "max_flops"}),
        ended(0, "a", **{DUPLICATE_OF: 7}),
    ],
    ids=["failed", "over a limit", "duplicate"],
)
def test_what_was_proposed_but_not_evaluated(trial: FrozenTrial) -> None:
    known = KnownNetworks()
    known.take_in(trial)
    assert known.evaluated_with("a") is None
    assert len(known) == 1


def test_followers_are_returned_with_their_leader() -> None:
    study, known = optuna.create_study(), KnownNetworks()
    _, follower = study.ask(), study.ask()
    known.follow(follower, leader=0)
    assert known.following == [1]
    assert known.take_in(ended(5, "b")) == []
    assert known.take_in(ended(0, "a")) == [follower]
    assert known.following == []
