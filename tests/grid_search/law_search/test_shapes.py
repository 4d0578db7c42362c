from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grid_search.compound_scaling import Multipliers
from grid_search.law_search.shapes import log_size, multipliers_between, multipliers_of, shape_between, shape_of
from search_spaces.reference import reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding

B0 = reference("efficientnet-b0")


def test_sizes_by_hand() -> None:
    assert log_size("depth", (1, 2, 3)) == pytest.approx(np.log(6))
    between = np.log([np.sqrt(14 * 2), 10]).mean()  # a geometric and a root mean square
    assert log_size("width", (8, 14, 2, 0)) == pytest.approx(between)  # stem and head, with or without channels,
    assert log_size("width", (16, 14, 2, 99)) == pytest.approx(between)  # count for nothing
    assert log_size("resolution", (128, 128)) == pytest.approx(np.log(128))


def test_rounding_up_makes_a_network_deeper_than_was_asked() -> None:
    depth, width, resolution = np.exp(shape_of(B0, Multipliers(depth=1.1), EFFICIENTNET_ROUNDING))
    assert depth == pytest.approx(23 / 16)  # published: every alpha in (1, 1.25] makes 23 blocks
    assert (width, resolution) == (1, 1)


@pytest.mark.parametrize("wanted", [(1.2, 1.1, 1.15), (0.8, 0.7, 0.9), (2.0, 1.0, 1.3)])
def test_the_way_back_comes_as_near_as_rounding_lets_it(wanted: tuple[float, float, float]) -> None:
    rounding = Rounding(depth="nearest")
    found = shape_of(B0, multipliers_of(B0, np.log(wanted), rounding), rounding)
    np.testing.assert_allclose(np.exp(found), wanted, rtol=0.07)


def test_what_rounds_to_the_baseline_is_the_baseline() -> None:
    assert multipliers_of(B0, np.array([0.05, 0.0, 0.0]), EFFICIENTNET_ROUNDING) == Multipliers()


def test_the_shape_between_networks_is_the_one_they_were_multipliers_between() -> None:
    multipliers = Multipliers(depth=1.4, width=1.2, resolution=1.3)
    scaled = multipliers.apply(B0)
    found = shape_between(B0, scaled)
    assert found is not None
    np.testing.assert_allclose(found, shape_of(B0, multipliers, EFFICIENTNET_ROUNDING))
    assert shape_between(B0, reference("mobilenet-v2")) is None


@pytest.mark.parametrize("rounding", [EFFICIENTNET_ROUNDING, Rounding(depth="nearest", width_divisor=2)])
def test_a_scaled_network_is_known_by_multipliers_that_make_it(rounding: Rounding) -> None:
    for wanted in (Multipliers(), Multipliers(1.4, 1.2, 1.3), Multipliers(0.5, 1, 0.7), Multipliers(1, 0.6, 2.1)):
        scaled = wanted.apply(B0, rounding)
        found = multipliers_between(B0, scaled, rounding)
        assert found is not None and found.apply(B0, rounding).key == scaled.key


def test_a_network_that_is_not_scaled_as_a_whole_is_not() -> None:
    first, *others = B0.stages
    for network in (
        replace(B0, stages=(replace(first, depth=3), *others)),
        replace(B0, stages=(replace(first, kernel_size=5), *others)),
        replace(B0, resolution=(224, 192)),
        reference("mobilenet-v2"),
    ):
        assert multipliers_between(B0, network, EFFICIENTNET_ROUNDING) is None
