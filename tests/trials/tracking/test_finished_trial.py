from __future__ import annotations

import optuna
from optuna.trial import TrialState

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.study.candidate import Candidate, Finished, Outcome
from trials.tracking.finished_trial import told

B0 = reference("efficientnet-b0")


def finished(outcome: Outcome, values: list[float] | None, state: TrialState) -> Finished:
    trial = optuna.trial.create_trial(
        values=values,
        state=state,
        params={"kernel": 3},
        distributions={"kernel": optuna.distributions.CategoricalDistribution([3, 5])},
    )
    candidate = Candidate(
        number=0, trial_id=0, architecture=B0, cost=estimate_cost(B0), seed=1, labels={"planned": "the first"}
    )
    return Finished(candidate=candidate, outcome=outcome, trial=trial)


def test_figures_are_values_metrics_and_cost() -> None:
    outcome = Outcome(metrics={"val_accuracy": 0.5, "val_loss": float("inf")}, seconds=2.0)
    found = told("try/nas/candidates", finished(outcome, [0.4], TrialState.COMPLETE))
    cost = estimate_cost(B0)
    assert found.figures == {
        "val_accuracy": 0.5,
        "value": 0.4,
        "seconds": 2.0,
        "flops": cost.flops,
        "params": cost.params,
        "activations": cost.activations,
    }
    assert (found.name, found.state, found.parameters) == ("the first", "complete", {"kernel": 3})


def test_two_values_and_none() -> None:
    both = told("a", finished(Outcome(metrics={"val_accuracy": 0.5}), [0.5, 1e6], TrialState.COMPLETE))
    assert (both.figures["value_0"], both.figures["value_1"]) == (0.5, 1e6)
    failed = told("a", finished(Outcome(failure="no memory"), None, TrialState.FAIL))
    assert (failed.state, failed.reason) == ("fail", "no memory")
    assert "value" not in failed.figures
