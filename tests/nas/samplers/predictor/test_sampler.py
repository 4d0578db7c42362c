"""What is particular to the predictor; the contract of every sampler is in test_samplers."""

import random
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from nas.samplers.predictor.sampler import PredictorSampler, best_by_posterior
from nas.samplers.random_search import RandomSearch
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space

EFFICIENTNET, MNASNET = load_space("efficientnet"), load_space("mnasnet")

optuna.logging.set_verbosity(optuna.logging.ERROR)


def made_reward(space: SearchSpace, params: dict[str, Any]) -> float:
    """Saturating in parameters, with a charge on multiply-adds."""
    cost = estimate_cost(space.decode(params))
    return (0.8 - 0.05 * (cost.params / 3e6) ** -1.5) * (cost.flops / 4e8) ** -0.07


def search(sampler: optuna.samplers.BaseSampler, space: SearchSpace, trials: int) -> optuna.Study:
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for _ in range(trials):
        trial = study.ask(dict(space.distributions))
        study.tell(trial, made_reward(space, trial.params))
    return study


def test_it_beats_random_search_with_a_fifth_of_the_evaluations() -> None:
    found = [search(PredictorSampler(space=MNASNET, seed=seed), MNASNET, 30).best_value for seed in range(3)]
    drawn = [search(RandomSearch(space=MNASNET, seed=seed), MNASNET, 150).best_value for seed in range(3)]
    assert min(found) > max(drawn)


def test_it_minimizes_where_the_study_does() -> None:
    study = optuna.create_study(direction="minimize", sampler=PredictorSampler(space=EFFICIENTNET, seed=0))
    for _ in range(25):
        trial = study.ask(dict(EFFICIENTNET.distributions))
        study.tell(trial, float(estimate_cost(EFFICIENTNET.decode(trial.params)).flops))
    rng = random.Random(0)
    drawn = [estimate_cost(EFFICIENTNET.sample(rng)).flops for _ in range(500)]
    assert study.best_value < min(drawn)


def test_workers_get_different_networks_and_a_worker_is_not_waited_for() -> None:
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 12)
    asked = [study.ask(dict(EFFICIENTNET.distributions)) for _ in range(8)]
    assert len({EFFICIENTNET.decode(trial.params).key for trial in asked}) == 8


def test_a_running_network_is_taken_as_known_and_not_only_as_taken() -> None:
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 20)
    first, second = (study.ask(dict(EFFICIENTNET.distributions)) for _ in range(2))
    differing = sum(first.params[name] != second.params[name] for name in first.params)
    assert differing > 1


def test_a_tight_limit_is_kept_once_it_is_known() -> None:
    limit = 150e6  # 0.3 % of random networks
    study = optuna.create_study(direction="maximize", sampler=PredictorSampler(space=EFFICIENTNET, seed=0))
    within = []
    for _ in range(60):
        trial = study.ask(dict(EFFICIENTNET.distributions))
        flops = estimate_cost(EFFICIENTNET.decode(trial.params)).flops
        trial.set_constraint("max_flops", flops / limit - 1)
        within.append(flops <= limit)
        if within[-1]:
            study.tell(trial, made_reward(EFFICIENTNET, trial.params))
        else:
            study.tell(trial, state=TrialState.PRUNED)
    assert sum(within[30:]) >= 20


def test_the_best_by_posterior_is_not_the_luckiest() -> None:
    rng = random.Random(0)
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 25)
    worst = min(study.trials, key=lambda trial: trial.value or 0.0)
    close = EFFICIENTNET.encode(EFFICIENTNET.mutate(EFFICIENTNET.decode(worst.params), rng))
    lucky = study.best_value + 1e-4
    study.add_trial(optuna.create_trial(params=close, distributions=EFFICIENTNET.distributions, value=lucky))
    assert study.best_trial.number == 25
    assert best_by_posterior(study, EFFICIENTNET).number != 25


def test_the_best_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no trial has finished"):
        best_by_posterior(optuna.create_study(direction="maximize"), EFFICIENTNET)


@pytest.mark.parametrize("settings", [{"initial": 0}, {"optimism": (-1.0, 2.0)}, {"optimism": (3.0, 2.0)}])
def test_a_setting_out_of_range_is_told(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"^{next(iter(settings))}: got"):
        PredictorSampler(space=EFFICIENTNET, seed=0, **settings)


def test_what_is_expected_is_told_of_the_latest_proposal_alone() -> None:
    sampler = PredictorSampler(space=MNASNET, seed=0)
    study = search(sampler, MNASNET, 30)
    assert sampler.foretold(28) is None
    told = sampler.foretold(29)
    assert told is not None
    middle, low, high = told
    assert low < middle < high
    assert middle == pytest.approx(study.trials[29].value, abs=0.1)


def test_the_first_networks_are_drawn_and_nothing_is_expected_of_them() -> None:
    sampler = PredictorSampler(space=MNASNET, seed=0)
    study = search(sampler, MNASNET, 4)
    assert [sampler.foretold(number) for number in range(4)] == [None] * 4
    study.tell(study.ask(dict(MNASNET.distributions)), 0.5)
    assert sampler.foretold(4) is not None
