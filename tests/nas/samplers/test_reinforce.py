from __future__ import annotations

import numpy as np
import pytest
import torch

from nas.samplers.reinforce import IndependentLogits, Reinforce
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space

SIZES = [2, 4, 3]


def test_steps_equal_autograd_and_adam_without_first_moment() -> None:
    rng = np.random.default_rng(0)
    policy = IndependentLogits(SIZES, learning_rate=0.05)
    logits = [torch.zeros(size, dtype=torch.double, requires_grad=True) for size in SIZES]
    adam = torch.optim.Adam(logits, lr=0.05, betas=(0.0, 0.999), eps=1e-8)
    baseline = None
    for _ in range(40):
        options = policy.draw(rng.random((1, 3)))
        reward = float(rng.normal(70, 2))
        policy.learn(options, np.array([reward]))
        baseline = reward if baseline is None else baseline
        log_probability = sum(row.log_softmax(0)[option] for row, option in zip(logits, options[0], strict=True))
        adam.zero_grad()
        (-(reward - baseline) * log_probability).backward()
        adam.step()
        baseline = 0.95 * baseline + 0.05 * reward
    for row, expected in zip(policy.logits, logits, strict=True):
        assert row[: len(expected)] == pytest.approx(expected.detach().numpy(), abs=1e-12)


def test_draws_follow_the_probabilities_and_never_the_padding() -> None:
    policy = IndependentLogits(SIZES, learning_rate=0.1)
    policy.logits[1, :4] = np.log([0.1, 0.2, 0.3, 0.4])
    options = policy.draw(np.random.default_rng(0).random((20_000, 3)))
    assert np.bincount(options[:, 1]) / 20_000 == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.02)
    assert options.max(axis=0).tolist() == [1, 3, 2]
    assert policy.draw(np.full((1, 3), np.nextafter(1.0, 0.0))).tolist() == [[1, 3, 2]]
    assert policy.draw(np.zeros((1, 3))).tolist() == [[0, 0, 0]]


def test_warm_up_moves_the_average_only() -> None:
    policy = IndependentLogits(SIZES, learning_rate=0.1, warm_up_trials=3)
    start = policy.logits.copy()
    for reward in (1.0, 5.0, 2.0):
        policy.learn(np.array([[0, 1, 2]]), np.array([reward]))
        assert np.array_equal(policy.logits, start)
    policy.learn(np.array([[0, 1, 2]]), np.array([9.0]))
    assert policy.probabilities()[0, 0] > 0.5


def test_quarter_of_the_planned_trials_is_warm_up() -> None:
    space = load_space("efficientnet")
    assert Reinforce(space=space, seed=0, planned_trials=2000).warm_up_trials == 500
    assert Reinforce(space=space, seed=0).warm_up_trials == 0


def test_finds_the_best_option_under_noise() -> None:
    rng = np.random.default_rng(0)
    policy = IndependentLogits([5, 5], learning_rate=0.1)
    for _ in range(600):
        options = policy.draw(rng.random((1, 2)))
        policy.learn(options, (options[:, 0] == 3) - 1.0 * (options[:, 1] == 1) + rng.normal(0, 0.3, 1))
    assert policy.probabilities()[0, 3] > 0.9
    assert policy.probabilities()[1, 1] < 0.1


@pytest.mark.parametrize("settings", [{"learning_rate": 0.0}, {"planned_trials": 0}])
def test_refuses_impossible_settings(settings: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(settings))):
        Reinforce(space=load_space("efficientnet"), seed=0, **settings)
