"""A policy that learns while weights are trained: what it finds, where the reward pulls it, that it can be resumed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import pytest

from search_spaces.cost import estimate_cost
from tests.trials.objectives.shared.test_scoring import ROUTES, SPACE, part, tiny_supernet
from tests.trials.tiny import CPU, tiny_split
from trials.experiment import CostConfig, Experiment, ObjectiveConfig
from trials.objectives.shared import controller as module
from trials.objectives.shared.controller import Controller, controller_over
from trials.objectives.shared.judging import judge
from trials.objectives.shared.routes import Path
from trials.objectives.shared.training import train_supernet
from trials.policy import WARM_UP
from trials.reward import Reward
from trials.study.candidate import Metrics
from trials.training_config import TrainingConfig

COSTS = sorted(estimate_cost(network, 4, 1).flops for network in (SPACE.sample(random.Random(n)) for n in range(500)))
CONFIG = TrainingConfig(epochs=150, batch_size=16, learning_rate=0.05, ema_decay=0.9, warmup_epochs=0.1)
IMAGES = 64  # 4 steps in an epoch


def controller(reward: Reward, seed: int = 0, config: TrainingConfig = CONFIG) -> Controller:
    experiment = Experiment(
        objective=ObjectiveConfig(name="shared", search="while-training"),
        reward=reward,
        cost=CostConfig(num_classes=4, in_channels=1),
    )
    return controller_over(experiment, ROUTES, IMAGES, config, seed=seed)


def taught(one: Controller, monkeypatch: pytest.MonkeyPatch, likelihood: Callable[[Path], float]) -> Controller:
    """Teach it with made-up likelihoods, as many steps as its training would have."""

    def judged(_supernet: object, path: Path, *_: object) -> Metrics:
        return {"val_accuracy": 0.0, "val_loss": 0.0, "likelihood": likelihood(path)}

    monkeypatch.setattr(module, "judge", judged)
    supernet, validation = tiny_supernet(), part()
    for step in range(one.steps):
        one.learn(supernet, validation, step)
    return one


def mean_cost(one: Controller) -> float:
    """Return the mean cost of networks that the policy draws."""
    return mean(float(estimate_cost(one.network(options), 4, 1).flops) for options in one.draw(0, 0, 300))


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_the_option_that_is_better_under_noise(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = random.Random(seed)

    def likelihood(path: Path) -> float:
        better = path.blocks[0][1].expanded_width > 0
        return 0.4 + 0.05 * better + noise.gauss(0, 0.05)

    one = taught(controller(Reward(w=0.0), seed), monkeypatch, likelihood)
    assert one.most_probable().stages[0].expansion_ratio == 3
    assert one.probabilities()["stages.0.expansion_ratio"][1] > 0.9
    assert one.history[0].entropy == 1
    assert one.history[-1].entropy < 0.9


@pytest.mark.parametrize("place", [8, 4, 2])
def test_the_absolute_reward_pulls_the_cost_to_its_target(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    target = COSTS[-1 - len(COSTS) // place]
    reward = Reward(kind="absolute", cost="flops", target=target, w=-2.0)
    one = taught(controller(reward), monkeypatch, lambda _: 0.5)
    before, after = (mean_cost(policy) for policy in (controller(reward), one))
    assert abs(after - target) < 0.15 * target
    assert abs(after - target) < abs(before - target) / 2
    assert one.history[-1].cost == estimate_cost(one.most_probable(), 4, 1).flops


def test_a_reward_that_charges_much_leads_to_the_cheapest_network_while_weights_are_trained() -> None:
    short = replace(CONFIG, epochs=50)
    one = controller(Reward(kind="soft", cost="flops", w=-1.0), config=short)
    train_supernet(tiny_supernet(), ROUTES, tiny_split(IMAGES), short, seed=0, device=CPU, threads=1, controller=one)
    assert estimate_cost(one.most_probable(), 4, 1).flops == COSTS[0]


def test_it_is_left_alone_at_first_and_fair_steps_give_way_to_its_draws() -> None:
    one = controller(Reward())
    supernet, validation = tiny_supernet(), part()
    first = round(WARM_UP * one.steps)
    for step in range(first):
        one.learn(supernet, validation, step)
    assert one.policy.entropy() == 1
    assert one.policy.expected == 0
    fair = [one.is_fair(step) for step in range(one.steps)]
    assert fair[0]
    assert not any(fair[first:])
    assert mean(fair[: first // 3]) > mean(fair[2 * first // 3 : first])
    assert mean(fair[:first]) == pytest.approx(0.5, abs=0.1)


def test_its_reward_is_that_of_the_network_on_validation_images(monkeypatch: pytest.MonkeyPatch) -> None:
    reward = Reward(kind="absolute", cost="params", target=1000, w=-0.1)
    one, supernet, validation = controller(reward), tiny_supernet(), part()
    seen: list[tuple[Path, Metrics]] = []

    def judged(supernet: object, path: Path, *rest: object) -> Metrics:
        seen.append((path, judge(supernet, path, *rest)))  # type: ignore[arg-type]
        return seen[-1][1]

    monkeypatch.setattr(module, "judge", judged)
    one.learn(supernet, validation, one.steps - 1)
    ((path, metrics),) = seen
    assert metrics == pytest.approx(judge(supernet, path, validation), rel=1e-5)  # of all 30 images, in another order
    params = estimate_cost(path.architecture, 4, 1).params
    assert one.policy.expected == pytest.approx(metrics["likelihood"] - 0.1 * abs(params / 1000 - 1))


def test_it_draws_the_same_from_its_state() -> None:
    one = controller(Reward())
    supernet, validation = tiny_supernet(), part()
    for step in range(one.steps // 3, one.steps // 3 + 20):
        one.learn(supernet, validation, step)
    again = controller(Reward())
    again.load_state_dict(one.state_dict())
    for step in range(one.steps // 3 + 20, one.steps // 3 + 40):
        assert one.paths(step, 3) == again.paths(step, 3)
        one.learn(supernet, validation, step)
        again.learn(supernet, validation, step)
    assert one.state_dict() == again.state_dict()


def test_a_loss_that_is_not_finite_teaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Metrics:
        raise ArithmeticError

    monkeypatch.setattr(module, "judge", fails)
    one = controller(Reward())
    one.learn(tiny_supernet(), part(), one.steps - 1)
    assert one.policy.expected == 0
