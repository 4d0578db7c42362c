"""The scales and the warp that are fitted to the rewards of a study."""

import math

import numpy as np

from nas.samplers.predictor.features import GROUPS
from nas.samplers.predictor.fitting import fit, fit_size


def test_the_warp_is_chosen_by_what_explains_the_values() -> None:
    rng = np.random.default_rng(3)
    features, groups = rng.normal(size=(60, 6)), np.arange(6) // 2
    groups = np.array([GROUPS.index("params"), GROUPS.index("flops"), GROUPS.index("depth")])[groups]
    straight = features @ np.array([1.0, -1.0, 0.5, 0.2, 0.0, 0.0]) + 0.05 * rng.normal(size=60)
    assert math.isinf(fit(features, straight, groups)[1])
    assert math.isfinite(fit(features, 1 - np.exp(-1.5 * straight), groups)[1])


def test_scales_are_fitted_again_at_growing_sizes() -> None:
    sizes = [fit_size(count) for count in range(3, 400)]
    assert sizes == sorted(sizes)
    assert all(count / 1.25 <= size <= count for count, size in zip(range(3, 400), sizes, strict=True))
    assert len(set(sizes)) < 35
