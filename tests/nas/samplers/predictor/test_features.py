from __future__ import annotations

import random

import numpy as np
import pytest

from nas.samplers.predictor.acquisition import mutate
from nas.samplers.predictor.features import GROUPS, Featurizer
from search_spaces.cost import estimate_cost
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space, parse_space

EFFICIENTNET, MNASNET = load_space("efficientnet"), load_space("mnasnet")


VARIED = parse_space(
    {
        "name": "varied",
        "skeleton": "mnasnet-a1",
        "resolution": {"one_of": [96, 128]},
        "stem": {"width": {"one_of": [16, 32]}},
        "head": {"width": {"one_of": [640, 1280]}},
        "stages": {
            "3": {"one_of": [{"depth": 0}, {"depth": {"one_of": [1, 2]}}]},
            "5": {"width": {"multiply": [1, 2]}},
        },
    }
)


@pytest.mark.parametrize("space", [EFFICIENTNET, MNASNET, VARIED], ids=lambda space: space.name)
def test_the_known_cost_is_the_counted_one(space: SearchSpace) -> None:
    features, rng = Featurizer(space), random.Random(0)
    points = [features.sample(rng) for _ in range(100)]
    counted = [estimate_cost(space.decode(features.parameters(point))) for point in points]
    expected = [(cost.flops, cost.params, cost.activations) for cost in counted]
    np.testing.assert_allclose(features.costs(points), expected, rtol=1e-12)


@pytest.mark.parametrize("space", [EFFICIENTNET, MNASNET, VARIED], ids=lambda space: space.name)
def test_features_are_standardized_by_group(space: SearchSpace) -> None:
    features, rng = Featurizer(space), random.Random(1)
    matrix = features([features.sample(rng) for _ in range(3000)])
    assert np.isfinite(matrix).all()
    np.testing.assert_allclose(matrix.mean(axis=0), 0, atol=0.15)
    for group in np.unique(features.groups):
        assert (matrix[:, features.groups == group] ** 2).sum(axis=1).mean() == pytest.approx(1, rel=0.3)


def test_two_encodings_of_one_network_have_one_vector() -> None:
    features = Featurizer(MNASNET)
    rng, generator = random.Random(0), np.random.default_rng(0)
    different = 0
    for _ in range(300):
        point = features.sample(rng)
        other = tuple(mutate(np.array([point]), np.array(features.sizes), np.array([1]), generator)[0].tolist())
        one, two = (MNASNET.decode(features.parameters(p)) for p in (point, other))
        same = np.allclose(*features([point, other]))
        assert same == (one.key == two.key)
        different += not same
    assert 0 < different < 300


def test_parameters_and_points_are_each_others_inverse() -> None:
    features, rng = Featurizer(VARIED), random.Random(2)
    for _ in range(50):
        point = features.sample(rng)
        assert features.point(features.parameters(point)) == point


def test_every_group_has_a_name() -> None:
    assert set(Featurizer(MNASNET).groups) <= set(range(len(GROUPS)))
    assert len(set(GROUPS)) == len(GROUPS)
