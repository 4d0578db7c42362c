from __future__ import annotations

import random

import numpy as np
import pandas as pd

from nas.report.importance import importance
from search_spaces.space_file import load_space

SPACE = load_space("efficientnet")


def table(networks: int, noise: float) -> pd.DataFrame:
    """Return random networks whose reward depends on one kernel and, half as much, on one depth."""
    draw, rng = random.Random(0), np.random.default_rng(0)
    rows = [{choice.name: draw.choice(choice.options) for choice in SPACE.choices} for _ in range(networks)]
    values = [0.02 * (row["stages.2.kernel_size"] == 5) + 0.01 * (row["stages.3.depth"] == 1) for row in rows]  # type: ignore[operator]
    return pd.DataFrame(rows, dtype=object).assign(value=np.array(values) + rng.normal(0, noise, networks))


def test_what_the_reward_depends_on_comes_first_and_nothing_else_stands_out() -> None:
    found = importance(table(300, noise=0.002), SPACE)
    assert found is not None
    first, second, *others = found.effects
    assert (first.choice, second.choice) == ("stages.2.kernel_size", "stages.3.depth")
    assert all(effect.low <= effect.size <= effect.high for effect in (first, second))
    assert first.low > second.high > second.low > max(effect.size for effect in others)
    assert 0.009 < first.size < 0.011  # half of the difference of two equally frequent options
    assert found.explained > 0.9


def test_noise_alone_is_not_explained() -> None:
    noise = table(100, noise=0.002)
    found = importance(noise.assign(value=np.random.default_rng(1).normal(size=100)), SPACE)
    assert found is not None
    assert found.explained < 0.2


def test_the_same_trials_give_the_same_intervals() -> None:
    trials = table(50, noise=0.01)
    assert importance(trials, SPACE) == importance(trials, SPACE)


def test_too_few_networks_tell_nothing() -> None:
    assert importance(table(11, noise=0.01), SPACE) is None
    assert importance(table(20, noise=0.01).assign(value=0.5), SPACE) is None
