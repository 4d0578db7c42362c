from __future__ import annotations

import optuna
import pytest

from nas.samplers import SAMPLERS
from search_spaces.cost import estimate_cost
from tests.nas.samplers.linear.test_model import SPACE, worth

LIMIT = 5_000_000  # parameters


def best_of(sampler: str, trials: int, seed: int) -> float:
    """Return the worth of the best network within the limit that a search proposed."""
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS[sampler](space=SPACE, seed=seed))
    found = []
    for _ in range(trials):
        trial = study.ask(dict(SPACE.distributions))
        params = estimate_cost(SPACE.decode(trial.params)).params
        trial.set_constraint("max_params", params / LIMIT - 1)
        if params > LIMIT:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            found.append(worth(trial.params))
            study.tell(trial, found[-1])
    return max(found)


@pytest.mark.slow
def test_it_finds_better_networks_than_random_search_and_evolution() -> None:
    linear = [best_of("linear", 80, seed) for seed in range(3)]
    assert min(linear) > max(best_of("random", 80, seed) for seed in range(3)) + 0.05
    assert min(linear) > max(best_of("evolution", 80, seed) for seed in range(3))


def test_every_second_network_is_a_random_one() -> None:
    study = optuna.create_study(direction="maximize", sampler=SAMPLERS["linear"](space=SPACE, seed=0))
    worths = []
    for _ in range(72):
        trial = study.ask(dict(SPACE.distributions))
        worths.append(worth(trial.params))
        study.tell(trial, worths[-1])
    by_model, by_chance = worths[41::2], worths[40::2]
    assert min(by_model) > max(by_chance)
