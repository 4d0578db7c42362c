import random

import numpy as np
import pytest
from numpy.typing import NDArray

from nas.samplers.predictor.features import Featurizer, Points, Positions
from nas.samplers.predictor.sources import FURTHEST, SourceModel, Table, spread_rows
from search_spaces.space_file import load_space
from tests.nas.samplers.predictor.made_source import Answering

FEATURES = Featurizer(load_space("efficientnet"))


def drawn(count: int, seed: int) -> Positions:
    rng = random.Random(seed)
    return np.array([FEATURES.sample(rng) for _ in range(count)], dtype=np.intp)


def log_params(points: Points) -> NDArray[np.float64]:
    return np.asarray(np.log(FEATURES.costs(points)[:, 1]))


def test_a_column_is_what_the_source_says_of_networks_that_it_does_not_list() -> None:
    known, others = drawn(60, 0), drawn(40, 1)
    model = SourceModel(Table(name="other", points=known, values=log_params(known)), FEATURES)
    assert np.corrcoef(model.expected(FEATURES(others)), log_params(others))[0, 1] > 0.95


def test_pure_noise_has_a_column_that_hardly_varies() -> None:
    rng, known, others = np.random.default_rng(0), drawn(120, 0), drawn(200, 1)
    noise = SourceModel(Table(name="noise", points=known, values=rng.normal(size=120)), FEATURES)
    right = SourceModel(Table(name="right", points=known, values=log_params(known)), FEATURES)
    assert noise.expected(FEATURES(others)).std() < 0.35 * right.expected(FEATURES(others)).std()


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (-3.0, 7.0)])
def test_surprise_is_what_the_column_does_not_know(scale: float, shift: float) -> None:
    others = drawn(5, 1)
    odd = {tuple(others[0].tolist()): 50.0 * scale}
    source = Answering("odd", drawn(60, 0), lambda point: odd.get(point, 0.0) + scale * log_params([point])[0] + shift)
    surprise = SourceModel(source, FEATURES).surprise(others, FEATURES(others))
    if scale > 0:  # what lies above all that is known counts as the best of it
        assert 0 < surprise[0] <= FURTHEST
    else:
        assert surprise[0] == -FURTHEST
    assert np.abs(surprise[1:]).max() < 1


def test_a_silent_source_surprises_nobody() -> None:
    source = Answering("shy", drawn(20, 0), lambda point: log_params([point])[0])
    source.silent = True
    others = drawn(3, 1)
    assert SourceModel(source, FEATURES).surprise(others, FEATURES(others)).tolist() == [0.0, 0.0, 0.0]


def test_rows_left_out_are_spread_over_all_values() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    kept = spread_rows(values, 11)
    assert len(kept) == 11
    assert kept.tolist() == sorted(kept.tolist())
    assert {values.argmin(), values.argmax()} <= set(kept.tolist())
    assert spread_rows(values, 5000).tolist() == list(range(1000))
