from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.samplers import RandomSampler

from search_spaces.cost import Cost, estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import scale_architecture
from trials.study.attributes import EXPECTED, KEY, LEASE, NETWORK, OVER_LIMIT, SEED
from trials.study.candidate import Outcome, derive_seed
from trials.study.internals import trial_id_of
from trials.study.proposing import Foretold, Proposer

B0 = reference("efficientnet-b0")


def proposer(**excess: float) -> Proposer:
    """Return a proposer of two baselines at several widths; `excess` is how far each is over its limits."""

    def decode(parameters: Mapping[str, Any]) -> Any:
        baseline = reference(parameters.get("baseline", "efficientnet-b0"))
        return scale_architecture(baseline, depth=1, width=parameters["width"], resolution=1)

    return Proposer(
        distributions={"width": CategoricalDistribution([0.5, 1.0]), "unused": FloatDistribution(0, 1)},
        decode=decode,
        cost_of=estimate_cost,
        violations=lambda _cost: excess,
        seed=11,
    )


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study(sampler=RandomSampler(seed=0))


def test_a_candidate_is_the_network_of_the_parameters_with_its_cost_and_seed(study: optuna.Study) -> None:
    study.ask()
    study.enqueue_trial({"width": 0.5})
    trial = study.ask()
    proposal = proposer().propose(trial, None)
    candidate = proposal.candidate
    assert candidate.architecture.key == proposal.key == scale_architecture(B0, depth=1, width=0.5, resolution=1).key
    assert candidate.cost == estimate_cost(candidate.architecture)
    assert (candidate.number, candidate.trial_id) == (1, trial_id_of(trial))
    assert candidate.seed == derive_seed(11, 1)


def test_all_that_is_known_is_recorded_with_the_trial(study: optuna.Study) -> None:
    proposal = proposer(max_flops=-5.0).propose(study.ask(), None)
    (recorded,) = study.trials
    cost: Cost = proposal.candidate.cost
    assert set(recorded.params) == {"width", "unused"}
    assert recorded.user_attrs[NETWORK] == {KEY: proposal.key, SEED: proposal.candidate.seed} | asdict(cost)
    assert recorded.constraints == {"max_flops": -5.0}
    assert not proposal.over_limit
    assert OVER_LIMIT not in recorded.user_attrs


def test_limits_that_are_broken_are_named_and_one_that_is_met_exactly_is_not(study: optuna.Study) -> None:
    proposal = proposer(max_flops=3.0, max_params=0.0, max_latency_ms=0.5).propose(study.ask(), None)
    assert proposal.over_limit
    assert study.trials[0].user_attrs[OVER_LIMIT] == "max_flops, max_latency_ms"


def test_attributes_of_a_plan_are_labels_and_the_decoder_sees_them(study: optuna.Study) -> None:
    study.enqueue_trial({"width": 1.0}, user_attrs={"baseline": "mobilenet-v2", LEASE: {}, NETWORK: {}})
    candidate = proposer().propose(study.ask(), None).candidate
    assert candidate.labels == {"baseline": "mobilenet-v2"}
    assert candidate.architecture.key == reference("mobilenet-v2").key


def test_what_an_earlier_process_evaluated_is_not_described_again(study: optuna.Study) -> None:
    outcome = Outcome(metrics={"val_accuracy": 0.5})
    proposal = proposer(max_flops=3.0).propose(study.ask(), outcome)
    assert proposal.ended is outcome
    assert not proposal.over_limit
    assert NETWORK not in study.trials[0].user_attrs


class Seer(RandomSampler):
    """A sampler that expects the number of a trial as its reward; of the first one it cannot tell."""

    def foretold(self, number: int) -> Foretold:
        return float(number) if number else float("nan"), number - 0.5, number + 0.5


def test_what_a_sampler_expects_is_recorded_and_no_label() -> None:
    study = optuna.create_study(sampler=Seer(seed=0))
    proposals = [proposer().propose(study.ask(), None) for _ in range(2)]
    assert [trial.user_attrs.get(EXPECTED) for trial in study.trials] == [None, [1.0, 0.5, 1.5]]
    assert proposals[1].candidate.labels == {}


def test_a_sampler_that_expects_nothing_records_nothing(study: optuna.Study) -> None:
    proposer().propose(study.ask(), None)
    assert EXPECTED not in study.trials[0].user_attrs
