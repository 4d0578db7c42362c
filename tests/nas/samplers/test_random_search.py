from __future__ import annotations

import random
from collections import Counter

import optuna
from optuna.trial import TrialState, create_trial

from nas.samplers.random_search import RandomSearch
from search_spaces import load_space
from search_spaces.space_file import parse_space

TINY = parse_space(
    {
        "name": "tiny",
        "skeleton": "efficientnet-b0",
        "stages": {"1": {"kernel_size": {"one_of": [3, 5]}, "depth": {"one_of": [1, 2]}}},
    }
)


def test_every_option_is_equally_likely() -> None:
    space = load_space("efficientnet")
    sampler = RandomSearch(space=space, seed=0)
    study, trial, rng = optuna.create_study(), create_trial(state=TrialState.RUNNING), random.Random(0)
    draws = [sampler.propose(study, trial, rng) for _ in range(1000)]
    choice = next(choice for choice in space.choices if len(choice.options) == 2)
    counts = Counter(draw[choice.name] for draw in draws)
    assert set(counts) == set(choice.options)
    assert all(420 < count < 580 for count in counts.values())  # five standard deviations


def test_a_small_space_is_drawn_to_its_end_and_then_again() -> None:
    study = optuna.create_study(sampler=RandomSearch(space=TINY, seed=0))
    keys = []
    for _ in range(TINY.size + 1):
        trial = study.ask(dict(TINY.distributions))
        keys.append(TINY.decode(trial.params).key)
        study.tell(trial, 0.5)
    assert len(set(keys[: TINY.size])) == TINY.size
    assert keys[-1] in keys[:-1]
