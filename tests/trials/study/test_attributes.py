from __future__ import annotations

import optuna
import pytest
from optuna.trial import create_trial

from trials.study import attributes
from trials.study.attributes import ENDED, KEY, NETWORK, SEED, key_of, network_of
from trials.study.candidate import Outcome

# what studies on disk have: another word for one of these makes them unreadable
WORDS = {
    "LEASE": "lease",
    "NETWORK": "network",
    "DUPLICATE_OF": "duplicate_of",
    "OVER_LIMIT": "over_limit",
    "PLANNED": "planned",
    "KEY": "key",
    "SEED": "seed",
    "LATENCY": "measured_latency_ms",
    "TRIALS": "trials",
    "METRICS": "metrics",
    "FAILURE": "failure",
    "STOPPED": "stopped",
    "RUNGS": "rungs",
    "EXPECTED": "expected",
    "SETTINGS": "settings",
    "FORMAT": "format",
    "PLANNER": "planner",
    "RETRIED": "retried",
}


def test_keys_are_those_that_studies_on_disk_have() -> None:
    assert {name: word for name, word in vars(attributes).items() if isinstance(word, str) and name.isupper()} == WORDS


def test_the_network_of_a_trial_is_known_once_it_is_written() -> None:
    trial = optuna.create_study().ask()
    assert (network_of(trial), key_of(trial)) == ({}, None)
    trial.set_user_attr(NETWORK, {KEY: "k", SEED: 7})
    assert (network_of(trial), key_of(trial)) == ({"key": "k", "seed": 7}, "k")
    assert key_of(trial.study.trials[0]) == "k"


def test_a_network_without_a_key_has_none() -> None:
    trial = create_trial(value=0.5, user_attrs={NETWORK: {SEED: 7}})
    assert (network_of(trial), key_of(trial)) == ({"seed": 7}, None)


@pytest.mark.parametrize("outcome", [Outcome(metrics={"a": 1.0}), Outcome(failure="no"), Outcome(stopped=True)])
def test_whatever_an_evaluation_ends_with_tells_that_it_ended(outcome: Outcome) -> None:
    assert len(ENDED & outcome.as_attributes().keys()) == 1
