"""Every option has its fair share of the networks of a step."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from search_spaces.space_file import load_space
from trials.objectives.shared.fairness import fair_parameters, paths_a_step


@pytest.mark.parametrize("name", ["efficientnet", "mnasnet"])
def test_a_step_covers_every_option_evenly(name: str) -> None:
    space, rng = load_space(name), random.Random(0)
    for _ in range(20):
        drawn = fair_parameters(space, paths_a_step(space), rng)
        for choice in space.choices:
            counts = Counter(parameters[choice.name] for parameters in drawn)
            assert counts.keys() == set(choice.options)
            assert max(counts.values()) - min(counts.values()) <= 1


def test_choices_are_paired_at_random() -> None:
    space = load_space("efficientnet")
    pairs = set()
    for seed in range(60):
        drawn = fair_parameters(space, paths_a_step(space), random.Random(seed))
        pairs |= {(one["stages.0.expansion_ratio"], one["stages.1.expansion_ratio"]) for one in drawn}
    assert len(pairs) == 9


def test_the_number_of_networks_of_a_step() -> None:
    assert paths_a_step(load_space("efficientnet")) == 4
    assert paths_a_step(load_space("mnasnet")) == 5
