from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import optuna
import pytest

from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.study.candidate import Candidate, Metrics, Stopped
from trials.study.internals import storage_of, study_id_of
from trials.study.leases import Leases
from trials.study.reporting import Reporter, Stops

ValueOf = Callable[[Metrics, Cost], list[float]]
COST = Cost(flops=100, params=10, activations=5)


def half(metrics: Metrics, _cost: Cost) -> list[float]:
    return [metrics["val_accuracy"] / 2]


def began(
    study: optuna.Study, *, stops: Stops | None = None, value_of: ValueOf = half
) -> tuple[Reporter, optuna.Trial, Candidate]:
    """Return the reporter of a study, and a trial of it that this process works on."""
    leases = Leases(storage=storage_of(study), shared=False)
    trial_id = leases.create(study_id_of(study))
    leases.begin(trial_id)
    network = reference("efficientnet-b0")
    candidate = Candidate(number=0, trial_id=trial_id, architecture=network, seed=0, cost=COST)
    reporter = Reporter(study=study, leases=leases, value_of=value_of, stops=stops)
    return reporter, optuna.Trial(study, trial_id), candidate


def test_what_is_recorded_is_the_reward_and_once_a_step() -> None:
    study = optuna.create_study(direction="maximize")
    reporter, trial, candidate = began(study)
    for value in (0.5, 0.9):
        reporter.report(trial, candidate, 1, value)
    assert study.trials[0].intermediate_values == {1: 0.25}


def test_the_pruner_of_the_study_ends_a_trial() -> None:
    pruner = optuna.pruners.ThresholdPruner(lower=0.4)
    study = optuna.create_study(direction="maximize", pruner=pruner)
    reporter, trial, candidate = began(study)
    with pytest.raises(Stopped):
        reporter.report(trial, candidate, 1, 0.6)


def test_of_several_objectives_stops_decides() -> None:
    study = optuna.create_study(directions=["maximize", "minimize"])
    reporter, trial, candidate = began(study)
    reporter.report(trial, candidate, 1, 0.6)
    with pytest.raises(Stopped):
        replace(reporter, stops=lambda *_: True).report(trial, candidate, 1, 0.6)
    assert study.trials[0].intermediate_values == {}


def test_a_reward_that_only_the_end_tells_is_not_recorded() -> None:
    def unknown(_metrics: Metrics, _cost: Cost) -> list[float]:
        raise InvalidInput("reward.cost", "latency_ms", "known at the end")

    study = optuna.create_study(direction="maximize")
    reporter, trial, candidate = began(study, value_of=unknown)
    reporter.report(trial, candidate, 1, 0.6)
    assert study.trials[0].intermediate_values == {}
