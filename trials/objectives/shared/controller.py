"""The controller of a search while training: which networks are trained, learned from how well they do on the way.

"Can weight sharing outperform random architecture search? An investigation with TuNAS", Bender et al. 2020,
arXiv:2008.06120.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from trials.accounting import cost_counter, reward_of
from trials.experiment import Experiment
from trials.objectives.shared.judging import judge
from trials.objectives.shared.routes import Path, Routes
from trials.objectives.shared.scoring import LARGEST_BATCH
from trials.objectives.shared.supernet import Supernet
from trials.policy import WARM_UP, IndependentLogits, Options
from trials.study.candidate import Metrics
from trials.training.batches import Part, steps_per_epoch
from trials.training_config import Autocast, TrainingConfig

RECORDS = 200  # of a whole training
RULE, TRAINED, JUDGED, IMAGES = range(4)  # what is drawn in a step, each from numbers of its own


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """The policy after a step, counted from 1.

    `entropy` is 1 where all options are equally likely and 0 where each choice is made, `reward` the moving average of
    the rewards, 0 before the first. `cost` is what the reward charges for the most probable network.
    """

    step: int
    entropy: float
    reward: float
    cost: float


@dataclass(kw_only=True)
class Controller:
    """Draws the networks to be trained from a policy, and teaches it by their rewards on the validation part.

    In the first quarter of the `steps` (of the whole training) the policy is left alone. Fair steps, in which every
    option is trained, give way to its draws there: the first steps are all fair, none is at the end of the quarter.
    So no option is judged by weights that were hardly trained.
    """

    routes: Routes
    steps: int
    seed: int
    autocast: Autocast
    cost_of: Callable[[Architecture], Cost]
    reward_of: Callable[[Metrics, Cost], list[float]]
    charged: str
    history: list[PolicyRecord] = field(default_factory=list)

    @cached_property
    def policy(self) -> IndependentLogits:
        """The policy, uniform at first.

        Pure noise moves a logit by the learning rate times the square root of the number of steps: by about 1.
        """
        sizes = [len(choice.options) for choice in self.routes.space.choices]
        learning_rate = 1 / math.sqrt(max(1.0, (1 - WARM_UP) * self.steps))
        return IndependentLogits(sizes, learning_rate=learning_rate)

    def is_fair(self, step: int) -> bool:
        """Tell whether a step, counted from 0 over the whole training, trains every option."""
        return bool(self._random(step, RULE).random() >= step / (WARM_UP * self.steps))

    def paths(self, step: int, count: int) -> list[Path]:
        """Return the networks to be trained in a step."""
        return [self.routes.path(self.network(options)) for options in self.draw(step, TRAINED, count)]

    def learn(self, supernet: Supernet, validation: Part, step: int) -> None:
        """Judge one network that the policy draws on some validation images, and take one step of REINFORCE."""
        if step >= WARM_UP * self.steps:
            options = self.draw(step, JUDGED, 1)
            places = self._random(step, IMAGES).permutation(len(validation))[:LARGEST_BATCH]
            reward = self._reward(supernet, self.network(options[0]), images_at(validation, places))
            if reward is not None:
                self.policy.learn(options, np.array([reward]))
        done = step + 1
        if done * RECORDS // self.steps > step * RECORDS // self.steps or done == self.steps:
            self.history.append(self._record(done))

    def most_probable(self) -> Architecture:
        """Return the network of the most probable option of every choice."""
        return self.network(self.policy.probabilities().argmax(axis=1))

    def probabilities(self) -> dict[str, list[float]]:
        """Return the probability of every option by the name of its choice."""
        rows = zip(self.routes.space.choices, self.policy.probabilities().tolist(), strict=True)
        return {choice.name: row[: len(choice.options)] for choice, row in rows}

    def after(self, step: int) -> PolicyRecord | None:
        """Return the last record that is not later than `step` steps."""
        return next((record for record in reversed(self.history) if record.step <= step), None)

    def state_dict(self) -> dict[str, Any]:
        """Return all that it has learned as plain values."""
        return {"policy": self.policy.state_dict(), "history": [astuple(record) for record in self.history]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from such values. Raises KeyError, TypeError or ValueError for others."""
        self.policy.load_state_dict(state["policy"])
        self.history[:] = [PolicyRecord(*values) for values in state["history"]]

    def _random(self, step: int, purpose: int) -> np.random.Generator:
        """Return random numbers of seed and step alone, so that a resumed training draws the same."""
        return np.random.default_rng([abs(self.seed), step, purpose])

    def draw(self, step: int, purpose: int, count: int) -> Options:
        """Return the options [count, choices] that the policy draws in a step for one purpose."""
        return self.policy.draw(self._random(step, purpose).random((count, len(self.routes.space.choices))))

    def network(self, options: NDArray[np.int64]) -> Architecture:
        """Return the network of the options [choices]."""
        return self.routes.space.decode(self.routes.space.options_at(options))

    def _reward(self, supernet: Supernet, network: Architecture, part: Part) -> float | None:
        """Return the reward of a network on some images, None where its loss is not finite."""
        try:
            metrics = judge(supernet, self.routes.path(network), part, self.autocast)
        except ArithmeticError:
            return None
        return self.reward_of(metrics, self.cost_of(network))[0]

    def _record(self, step: int) -> PolicyRecord:
        cost = getattr(self.cost_of(self.most_probable()), self.charged)
        return PolicyRecord(step, self.policy.entropy(), self.policy.expected, float(cost))


def controller_over(
    experiment: Experiment, routes: Routes, images: int, config: TrainingConfig, *, seed: int
) -> Controller:
    """Return the controller of a training on so many images, which learns from the experiment's reward."""
    return Controller(
        routes=routes,
        steps=config.epochs * steps_per_epoch(images, config.batch_size),
        seed=seed,
        autocast=config.autocast,
        cost_of=cost_counter(experiment),
        reward_of=reward_of(experiment),
        charged=experiment.reward.cost,
    )


def images_at(part: Part, places: NDArray[np.int64]) -> Part:
    """Return some images of a part."""
    images, labels = part.fetch(torch.from_numpy(places))
    return replace(part, images=images, labels=labels)
