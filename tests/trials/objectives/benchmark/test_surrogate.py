import random

import numpy as np
import pytest

from tests.trials.objectives.benchmark.rows import SPACE
from trials.objectives.benchmark.surrogate import label_noise, split_halves


def test_the_halves_share_nothing_and_leave_nothing_out() -> None:
    search, score = split_halves(201, seed=5)
    assert sorted([*search, *score]) == list(range(201))
    assert not np.array_equal(split_halves(201, seed=6)[0], search)


def test_label_noise_has_the_spread_it_says() -> None:
    rng = random.Random(0)
    draws = [label_noise(0, SPACE.sample(rng), 0.0026) for _ in range(2000)]
    assert np.mean(draws) == pytest.approx(0, abs=4 * 0.0026 / 2000**0.5)
    assert np.std(draws) == pytest.approx(0.0026, rel=0.1)
