from __future__ import annotations

import numpy as np
import pytest
import torch

from trials.policy import IndependentLogits

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


def test_finds_the_best_option_under_noise() -> None:
    rng = np.random.default_rng(0)
    policy = IndependentLogits([5, 5], learning_rate=0.1)
    for _ in range(600):
        options = policy.draw(rng.random((1, 2)))
        policy.learn(options, (options[:, 0] == 3) - 1.0 * (options[:, 1] == 1) + rng.normal(0, 0.3, 1))
    assert policy.probabilities()[0, 3] > 0.9
    assert policy.probabilities()[1, 1] < 0.1


def test_entropy_is_that_of_torch_as_a_share_of_the_uniform_policys() -> None:
    policy = IndependentLogits(SIZES, learning_rate=0.1)
    assert policy.entropy() == pytest.approx(1)
    policy.logits[1, :4] = [0.0, 3.0, -1.0, 2.0]
    own = sum(
        float(torch.distributions.Categorical(logits=torch.tensor(row[:size])).entropy())
        for row, size in zip(policy.logits, SIZES, strict=True)
    )
    assert policy.entropy() == pytest.approx(own / np.log(SIZES).sum())
    policy.logits[:, 0] = 1e3
    assert policy.entropy() == pytest.approx(0)
    assert IndependentLogits([1, 1], learning_rate=0.1).entropy() == 0


def test_it_goes_on_from_its_state_exactly() -> None:
    rng = np.random.default_rng(0)
    whole, stopped = (IndependentLogits(SIZES, learning_rate=0.1) for _ in range(2))
    steps = [(whole.draw(rng.random((1, 3))), rng.normal(size=1)) for _ in range(20)]
    for options, reward in steps:
        whole.learn(options, reward)
    for options, reward in steps[:10]:
        stopped.learn(options, reward)
    again = IndependentLogits(SIZES, learning_rate=0.1)
    again.load_state_dict(stopped.state_dict())
    for options, reward in steps[10:]:
        again.learn(options, reward)
    assert again.state_dict() == whole.state_dict()
    assert again.expected == whole.expected


def test_the_state_of_another_space_is_refused() -> None:
    with pytest.raises(ValueError, match="options"):
        IndependentLogits([2, 2], learning_rate=0.1).load_state_dict(
            IndependentLogits([2, 3], learning_rate=0.1).state_dict()
        )
