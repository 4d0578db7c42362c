from __future__ import annotations

import itertools

import numpy as np
import optuna
import pytest
import torch
from scipy.stats import mannwhitneyu

from nas.samplers import SAMPLERS
from nas.samplers.policy_gradient import Controller, PolicyGradient, PpoSettings
from nas.samplers.policy_search import Floats
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space

SIZES = [2, 4, 3]
EVERYTHING = np.array(list(itertools.product(*map(range, SIZES))))
SPACE = load_space("efficientnet")


def controller(**settings: float) -> Controller:
    return Controller(SIZES, PpoSettings(initial_range=1.0, **settings), seed=0)


def probabilities(policy: Controller) -> Floats:
    with torch.no_grad():
        log_probability, _ = policy._network(torch.from_numpy(EVERYTHING))
    return log_probability.exp().numpy()


def test_probabilities_of_all_networks_sum_to_one() -> None:
    assert probabilities(controller()).sum() == pytest.approx(1.0, abs=1e-5)


def test_draws_follow_the_probabilities_that_are_learned_from() -> None:
    policy = controller()
    options = policy.draw(np.random.default_rng(0).random((20_000, 3)))
    drawn = (options[:, None, :] == EVERYTHING).all(axis=2).sum(axis=0) / 20_000
    expected = probabilities(policy)
    assert expected.max() > 3 * expected.min()
    assert drawn == pytest.approx(expected, abs=0.02)


def test_entropy_is_the_mean_over_choices() -> None:
    policy = Controller([4, 4], PpoSettings(initial_range=0.0), seed=0)
    _, entropy = policy._network(torch.tensor([[0, 1]]))
    assert entropy.item() == pytest.approx(np.log(4))


def test_learning_takes_what_is_better_than_expected() -> None:
    policy = controller()
    before = probabilities(policy)
    policy.learn(EVERYTHING[[3, 9]], np.array([1.0, 0.0]))
    after = probabilities(policy)
    assert after[3] > before[3]
    assert after[9] < before[9]


def test_first_step_is_the_policy_gradient() -> None:
    """Before the first step the ratio is 1: PPO's gradient is that of advantage times log probability."""
    policy = controller(epochs=1, entropy_weight=0.0, largest_gradient=1e9)
    options, advantages = torch.from_numpy(EVERYTHING[[3, 9]]), torch.tensor([1.0, -1.0])
    log_probability, _ = policy._network(options)
    expected = torch.autograd.grad(-(advantages * log_probability).mean(), list(policy._network.parameters()))
    policy.learn(EVERYTHING[[3, 9]], np.array([1.0, 0.0]))  # mean 0.5, standard deviation 0.5
    for weights, gradient in zip(policy._network.parameters(), expected, strict=True):
        assert weights.grad is not None
        assert torch.allclose(weights.grad, gradient, atol=1e-6)


def test_ratio_is_clipped() -> None:
    policy = controller(entropy_weight=0.0)
    for advantage in (1.0, -1.0):
        log_ratio = torch.tensor([advantage], requires_grad=True)  # e or 1/e, both beyond 1 +- 0.2
        policy._step(log_ratio, torch.tensor([advantage]), torch.zeros(1))
        assert log_ratio.grad is not None
        assert log_ratio.grad.item() == 0


def test_leaves_torch_as_it_was() -> None:
    torch.manual_seed(5)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    policy = Controller([3, 3], PpoSettings(), seed=0)
    policy.learn(policy.draw(np.random.default_rng(0).random((4, 2))), np.arange(4.0))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.slow
@pytest.mark.parametrize("name", ["policy-gradient", "reinforce"])
def test_later_proposals_are_better_than_random_ones(name: str) -> None:
    study = optuna.create_study(sampler=SAMPLERS[name](space=SPACE, seed=0), direction="maximize")
    for _ in range(500):
        trial = study.ask(dict(SPACE.distributions))
        cost = estimate_cost(SPACE.decode(trial.params))
        study.tell(trial, np.log(cost.params) - 5 * abs(cost.flops / 4e8 - 1))
    rewards = [trial.value for trial in study.trials]
    # the first proposals are random ones: the policy has hardly learned yet
    assert mannwhitneyu(rewards[-100:], rewards[:100], alternative="greater").pvalue < 1e-4


def test_refuses_an_impossible_batch() -> None:
    with pytest.raises(InvalidInput, match="batch_size"):
        PolicyGradient(space=SPACE, seed=0, batch_size=0)
