from __future__ import annotations

import math

import numpy as np
import pytest

from nas.samplers.predictor.warping import log_slope, unwarp, warp


def test_warping_keeps_the_order_and_ignores_scale_and_shift() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert (np.argsort(warp(values, 0.5)) == np.argsort(values)).all()
    np.testing.assert_allclose(warp(values, 0.5), warp(1000 * values - 7, 0.5), rtol=1e-9)
    np.testing.assert_array_equal(warp(values, math.inf), values)
    assert np.isfinite(warp(np.full(4, 2.0), 0.5)).all()
    assert np.isfinite(warp(np.array([0.0, 0.0, 0.0, 1.0]), 0.5)).all()


def test_the_slope_of_the_warp_is_that_of_differences() -> None:
    values = np.append(np.random.default_rng(0).normal(size=20), 5.0)  # the greatest fixes the ceiling
    step = np.array([*[0.0] * 6, *[1e-6] * 14, 0.0])  # the first fix the unit
    slopes = (warp(values + step, 0.5) - warp(values - step, 0.5))[6:20] / 2e-6
    without = np.append(values[:6], 5.0)
    assert log_slope(values, 0.5) - log_slope(without, 0.5) == pytest.approx(np.log(slopes).sum(), abs=1e-4)
    assert log_slope(values, math.inf) == 0


@pytest.mark.parametrize("room", [np.inf, 0.5])
def test_what_was_warped_comes_back(room: float) -> None:
    values = np.random.default_rng(0).normal(size=9)
    assert unwarp(warp(values, room), values, room) == pytest.approx(values)
