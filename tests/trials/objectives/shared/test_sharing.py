"""Networks divided over processes: each once, and by how fast these are."""

from __future__ import annotations

import pytest

from search_spaces.cost import estimate_cost
from tests.trials.objectives.shared.test_scoring import RATIOS, ROUTES
from trials.objectives.shared.sharing import Speeds, cost, shares

PATHS = [ROUTES.of_parameters(RATIOS | {"stages.0.depth": depth, "stages.1.depth": 1}) for depth in (1, 3, 2)]


def test_shares_hold_every_network_once_and_are_about_equal() -> None:
    divided = shares(PATHS, [1.0, 1.0])
    assert sorted(row for share in divided for row in share) == [0, 1, 2]
    assert all(path == PATHS[row] for share in divided for row, path in share.items())
    costs = [sum(estimate_cost(path.architecture).flops for path in share.values()) for share in divided]
    every = [estimate_cost(path.architecture).flops for path in PATHS]
    assert max(costs) == min(max(sum(every) - one, one) for one in every), "the best of all divisions"
    assert len(shares(PATHS, [9.0, 1.0])[0]) > len(divided[0]), "the quicker one has more"
    assert [len(share) for share in shares(PATHS, [1.0] * 5)].count(0) == 2


def test_speeds_are_those_of_the_last_steps() -> None:
    speeds, share = Speeds[str](), {0: PATHS[0]}
    assert speeds.of(["a", "b"]) == [1.0, 1.0]
    speeds.note("a", share, 2.0)
    assert speeds.of(["a", "b"]) == [cost(PATHS[0]) / 2] * 2, "nobody is slower than seen"
    speeds.note("b", share, 4.0)
    assert speeds.of(["b"]) == [cost(PATHS[0]) / 4]
    for _ in range(30):
        speeds.note("b", share, 1.0)
    assert speeds.of(["b"]) == pytest.approx([cost(PATHS[0])], rel=1e-3)


def test_a_process_that_was_slow_once_is_asked_again() -> None:
    speeds, share = Speeds[str](), {0: PATHS[0]}
    speeds.note("a", share, 1.0)
    speeds.note("b", share, 1000.0)
    assert not shares(PATHS, speeds.of(["a", "b"]))[1]
    for _ in range(10):
        speeds.note("b", {}, 0.0)
    assert shares(PATHS, speeds.of(["a", "b"]))[1]
