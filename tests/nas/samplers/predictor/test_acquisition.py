from __future__ import annotations

import random

import numpy as np

from nas.samplers.predictor.acquisition import bounded, mutate, within_first
from nas.samplers.predictor.features import Featurizer
from search_spaces.space_file import load_space


def test_a_mutation_changes_at_most_so_many_choices() -> None:
    rng, sizes = np.random.default_rng(0), np.array([3, 2, 1, 4])
    changes = np.repeat([0, 1, 2, 3], 50)
    mutants = mutate(np.zeros((200, 4), dtype=np.intp), sizes, changes, rng)
    changed = (mutants != 0).sum(axis=1)
    assert (changed <= changes).all()
    assert changed[changes == 3].max() == 3
    assert ((mutants >= 0) & (mutants < sizes)).all()
    assert (changed[changes == 1] == 1).mean() > 0.5  # the choice of one option stays


def test_points_over_a_limit_come_last_and_are_worth_less_than_all() -> None:
    features, rng = Featurizer(load_space("efficientnet")), random.Random(0)
    draws = [features.sample(rng) for _ in range(40)]
    params = features.costs(draws)[:, 1]
    limits = [(np.full(3, np.median(params)), np.array([1]))]  # from half of them on, by parameters
    over = params >= np.median(params)
    ordered = list(within_first(features, draws, limits, rng))
    assert set(ordered[: int((~over).sum())]) == {draw for draw, broken in zip(draws, over, strict=True) if not broken}
    worth = bounded(np.zeros(40), features, draws, limits)
    assert (worth[over] < 0).all() and (worth[~over] == 0).all()
    assert bounded(np.ones(40), features, draws, []).tolist() == [1.0] * 40


def test_where_no_draw_is_within_the_limits_a_search_goes_on() -> None:
    features, rng = Featurizer(load_space("efficientnet")), random.Random(0)
    draws = [features.sample(rng) for _ in range(20)]
    least = features.costs(draws)[:, 1].min()
    first = next(iter(within_first(features, draws, [(np.full(3, 0.9 * least), np.array([1]))], rng)))
    assert features.costs([first])[0, 1] < 0.9 * least
