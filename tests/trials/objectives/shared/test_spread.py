from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from search_spaces import InvalidInput, load_space
from search_spaces.cost import estimate_cost
from trials.objectives.shared.spread import SPREAD_NETWORKS, equal_spread, kept_spread, random_networks


def test_with_the_exponent_cost_spreads_as_the_loss_does() -> None:
    rng = np.random.default_rng(0)
    losses, costs = rng.normal(1.0, 0.05, 200), np.exp(rng.normal(15, 0.3, 200))
    w = equal_spread(losses.tolist(), costs.tolist())
    assert np.std(w * np.log(costs)) == pytest.approx(np.std(losses))


def test_losses_that_are_no_numbers_are_left_out_and_equal_costs_weigh_nothing() -> None:
    assert equal_spread([1.0, 2.0, math.nan], [1.0, 2.0, 9.0]) == equal_spread([1.0, 2.0], [1.0, 2.0])
    assert equal_spread([1.0, 2.0], [5.0, 5.0]) == 0
    assert equal_spread([math.nan, 2.0], [5.0, 6.0]) == 0
    assert equal_spread([0.0, 1e9], [5.0, 6.0]) == 10  # the largest w a reward takes


def test_networks_follow_the_seed() -> None:
    space = load_space("efficientnet")
    keys = [[network.key for network in random_networks(space, seed)] for seed in (0, 0, 1)]
    assert len(keys[0]) == SPREAD_NETWORKS
    assert keys[0] == keys[1] != keys[2]
    assert len({estimate_cost(network).params for network in random_networks(space, 0)}) > 25


def test_it_is_measured_once(tmp_path: Path) -> None:
    values = iter((0.25, 0.5))
    assert kept_spread(tmp_path, lambda: next(values)) == kept_spread(tmp_path, lambda: next(values)) == 0.25


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"w": true}', '{"w": -1}', '{"w": 1e99}', '{"w": NaN}'])
def test_a_spoilt_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "spread.json").write_text(content)
    with pytest.raises(InvalidInput, match=r"spread\.json"):
        kept_spread(tmp_path, lambda: 0.5)
