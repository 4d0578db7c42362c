from __future__ import annotations

import optuna
import pytest
from optuna.trial import TrialState

from nas.samplers.evolution import Evolution
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space

SPACE = load_space("efficientnet")


def params(architecture: Architecture) -> float:
    return estimate_cost(architecture).params / 1e6


def ask(study: optuna.Study) -> tuple[optuna.Trial, Architecture]:
    trial = study.ask(dict(SPACE.distributions))
    return trial, SPACE.decode(trial.params)


def one_choice_apart(first: Architecture, second: Architecture) -> bool:
    return second.key in {neighbour.key for neighbour in SPACE.neighbours(first)}


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
def test_children_are_one_mutation_from_the_best_of_the_youngest(direction: str) -> None:
    sampler = Evolution(space=SPACE, seed=0, population_size=4, sample_size=4)
    study = optuna.create_study(sampler=sampler, direction=direction)
    sign = 1 if direction == "maximize" else -1
    members: list[Architecture] = []
    parents = 0
    for number in range(40):
        trial, architecture = ask(study)
        if number >= 4:
            alive = members[-4:]
            assert any(one_choice_apart(member, architecture) for member in alive)
            parents += one_choice_apart(max(alive, key=params), architecture)
        members.append(architecture)
        study.tell(trial, sign * params(architecture))
    # four draws with replacement from four members hold the best with probability 1 - (3/4)^4 = 0.68
    assert parents / 36 > 0.5


def test_the_old_die_however_good() -> None:
    sampler = Evolution(space=SPACE, seed=0, population_size=5, sample_size=5)
    study = optuna.create_study(sampler=sampler, direction="maximize")
    first = None
    for number in range(12):
        trial, architecture = ask(study)
        first = first or architecture
        if number > 8:
            assert not one_choice_apart(first, architecture)
        study.tell(trial, 1000.0 if number == 0 else -number)


@pytest.mark.slow
def test_finds_what_random_search_does_not() -> None:
    study = optuna.create_study(sampler=Evolution(space=SPACE, seed=0), direction="maximize")
    for _ in range(300):
        trial, architecture = ask(study)
        study.tell(trial, params(architecture))
    largest = {choice.name: choice.options[-1] for choice in SPACE.choices}
    optimum = params(SPACE.decode(largest))
    drawn = optuna.create_study(sampler=Evolution(space=SPACE, seed=0, population_size=300), direction="maximize")
    for _ in range(300):
        trial, architecture = ask(drawn)
        drawn.tell(trial, params(architecture))
    assert drawn.best_value < 0.9 * optimum
    assert study.best_value > 0.97 * optimum


@pytest.mark.slow
def test_climbs_into_limits_that_random_draws_never_meet() -> None:
    smallest = SPACE.decode({choice.name: choice.options[0] for choice in SPACE.choices})
    limit = 1.02 * estimate_cost(smallest).flops
    study = optuna.create_study(sampler=Evolution(space=SPACE, seed=0), direction="maximize")
    for _ in range(400):
        trial, architecture = ask(study)
        excess = estimate_cost(architecture).flops / limit - 1
        trial.set_constraint("max_flops", excess)
        if excess > 0:
            study.tell(trial, state=TrialState.PRUNED)
        else:
            study.tell(trial, params(architecture))
    complete = [trial.number for trial in study.trials if trial.state == TrialState.COMPLETE]
    assert complete
    assert min(complete) >= 100


@pytest.mark.parametrize("settings", [{"population_size": 0}, {"sample_size": 0}, {"sample_size": 21}])
def test_refuses_impossible_settings(settings: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(settings))):
        Evolution(space=SPACE, seed=0, **settings)
