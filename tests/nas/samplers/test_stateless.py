from __future__ import annotations

import random
from typing import Any

import optuna
import pytest
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from nas.samplers.stateless import Nsga2, OptunaSampler, Tpe
from search_spaces.space_file import parse_space

SPACE = parse_space(
    {
        "name": "kernels",
        "skeleton": "efficientnet-b0",
        "every_stage": {"kernel_size": {"one_of": [3, 5]}, "depth": {"add": [0, 1]}},
    }
)
FIRST = SPACE.choices[0]


class Partial(RandomSampler):
    """Proposes an option of the first choice and leaves the others open."""

    def sample_relative(self, *_arguments: Any) -> dict[str, Any]:
        return {FIRST.name: FIRST.options[-1]}


class OfPartial(OptunaSampler):
    """Remembers the seeds that samplers were made with."""

    seeds: tuple[int, ...] = ()

    def make(self, seed: int) -> BaseSampler:
        self.seeds += (seed,)
        return Partial(seed=seed)


def test_what_a_proposal_leaves_open_is_drawn_and_what_it_says_is_kept() -> None:
    sampler = OfPartial(space=SPACE, seed=0)
    study = optuna.create_study(sampler=sampler)
    trials = [study.ask(dict(SPACE.distributions)) for _ in range(20)]
    assert {trial.params[FIRST.name] for trial in trials} == {FIRST.options[-1]}
    for choice in SPACE.choices[1:]:
        assert {trial.params[choice.name] for trial in trials} == set(choice.options)


def test_every_trial_has_a_sampler_of_its_own_and_no_network_comes_twice() -> None:
    sampler = OfPartial(space=SPACE, seed=0)
    study = optuna.create_study(sampler=sampler)
    keys = {SPACE.decode(study.ask(dict(SPACE.distributions)).params).key for _ in range(20)}
    assert len(keys) == len(set(sampler.seeds)) == 20


def test_tpe_learns_which_option_is_better() -> None:
    study = optuna.create_study(direction="maximize", sampler=Tpe(space=SPACE, seed=0))
    worth = []
    for _ in range(50):
        trial = study.ask(dict(SPACE.distributions))
        worth.append(sum(stage.kernel_size == 5 for stage in SPACE.decode(trial.params).stages))
        study.tell(trial, worth[-1])
    assert sum(worth[-20:]) / 20 > sum(worth[:10]) / 10 + 1
    assert isinstance(Tpe(space=SPACE, seed=0).make(1), TPESampler)


def test_parents_are_taken_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def ranked(*_arguments: Any) -> list[FrozenTrial]:
        trials = [create_trial(state=TrialState.FAIL) for _ in range(4)]
        for trial, number in zip(trials, (3, 0, 2, 1), strict=True):
            trial.number = number
        return trials

    monkeypatch.setattr(NSGAIISampler, "select_parent", ranked)
    made = Nsga2(space=SPACE, seed=0, population_size=7).make(random.Random(0).getrandbits(32))
    assert isinstance(made, NSGAIISampler)
    assert made.population_size == 7
    parents = made.select_parent(optuna.create_study(), 1)
    assert [trial.number for trial in parents] == [0, 1, 2, 3]
