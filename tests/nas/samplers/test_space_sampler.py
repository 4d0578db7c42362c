from __future__ import annotations

import random

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.study import Study
from optuna.trial import FrozenTrial

from nas.samplers.space_sampler import MOST_DRAWS, SpaceSampler
from search_spaces import Architecture
from search_spaces.search_space import Parameters
from search_spaces.space_file import parse_space

SPACE = parse_space(
    {
        "name": "sixteen",
        "skeleton": "efficientnet-b0",
        "stages": {
            "1": {"kernel_size": {"one_of": [3, 5]}, "depth": {"one_of": [1, 2]}},
            "2": {"kernel_size": {"one_of": [3, 5]}, "depth": {"one_of": [1, 2]}, "width": {"one_of": [40]}},
        },
    }
)


class Stubborn(SpaceSampler):
    """Draws the skeleton and nothing else."""

    draws = 0

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        return self.space.encode(self.first_new(self.draw, rng))

    def draw(self) -> Architecture:
        self.draws += 1
        return self.space.decode({choice.name: choice.options[0] for choice in self.space.choices})


def propose(study: optuna.Study, count: int) -> list[str]:
    keys = []
    for _ in range(count):
        trial = study.ask(dict(SPACE.distributions))
        keys.append(SPACE.decode(trial.params).key)
        study.tell(trial, 0.5)
    return keys


def open_study(seed: int = 0) -> tuple[optuna.Study, Stubborn]:
    sampler = Stubborn(space=SPACE, seed=seed)
    return optuna.create_study(sampler=sampler), sampler


def test_a_network_drawn_again_and_again_is_walked_away_from() -> None:
    study, sampler = open_study()
    keys = propose(study, SPACE.size)
    assert len(set(keys)) == SPACE.size
    assert sampler.draws == 1 + (SPACE.size - 1) * MOST_DRAWS


def test_a_space_that_is_used_up_gives_a_known_network() -> None:
    study, _ = open_study()
    keys = propose(study, SPACE.size + 1)
    assert keys[-1] in keys[:-1]


def test_a_walk_depends_on_the_seed_and_the_trial_and_on_no_past_of_the_sampler() -> None:
    study, _ = open_study()
    first = propose(study, 8)
    other, _ = open_study()
    half = propose(other, 4)
    other.sampler = Stubborn(space=SPACE, seed=0)  # as after a kill
    assert half + propose(other, 4) == first
    assert propose(open_study(seed=1)[0], 8) != first


@pytest.mark.parametrize("seed", [0, 1])
def test_a_parameter_beside_the_space_is_drawn_alike_for_equal_seeds(seed: int) -> None:
    def ask(seed: int) -> list[float]:
        study, _ = open_study(seed)
        trial = study.ask(dict(SPACE.distributions))
        return [trial.suggest_float(name, 0, 1) for name in ("x", "y")]

    drawn = ask(seed)
    assert drawn == ask(seed) != ask(seed + 1)
    assert drawn[0] != drawn[1]


def test_only_choices_with_several_options_are_proposed() -> None:
    study, sampler = open_study()
    trial = study.ask({**SPACE.distributions, "x": FloatDistribution(0, 1)})
    assert trial.params.keys() == {*SPACE.distributions, "x"}
    relative = sampler.infer_relative_search_space(study, study.trials[0])
    single = {choice.name for choice in SPACE.choices if len(choice.options) == 1}
    assert relative.keys() == SPACE.distributions.keys() - single
