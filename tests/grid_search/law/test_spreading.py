from __future__ import annotations

import numpy as np

from grid_search.law.spreading import farthest_points


def test_corners_come_before_the_inside() -> None:
    square = np.array([[0.5, 0.5], [0.4, 0.5], [0, 0], [0, 1], [1, 0], [1, 1]])
    assert sorted(farthest_points(square, 0, 5)) == [0, 2, 3, 4, 5]


def test_equal_places_count_once() -> None:
    assert farthest_points(np.array([[0.0], [0.0], [1.0]]), 0, 3) == [0, 2]
