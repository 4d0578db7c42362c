"""Points far apart from one another. No torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def farthest_points(places: Array, start: int, most: int) -> list[int]:
    """Return positions of at most `most` of `places` [points, dimensions], `start` first.

    Each next one is the one farthest from all before (farthest-point sampling); of equally far ones the first, so
    that the choice is deterministic. Places that were taken already do not count twice.

    >>> farthest_points(np.array([[0.0], [1.0], [5.0], [3.0]]), 0, 3)
    [0, 2, 3]
    """
    chosen = [start]
    distances = np.linalg.norm(places - places[start], axis=1)
    while len(chosen) < min(most, len(places)):
        following = int(np.argmax(distances))
        if distances[following] == 0:
            break
        chosen.append(following)
        distances = np.minimum(distances, np.linalg.norm(places - places[following], axis=1))
    return chosen
