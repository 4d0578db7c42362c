from __future__ import annotations

import numpy as np
import pytest

from grid_search.bench.replay import METHODS, replay_grid, replay_law, untrained
from tests.grid_search.law.laws import problem


def test_the_law_answers_from_its_first_spread_on() -> None:
    steps = list(replay_law(problem(), 0.1, 0, 11))
    assert [step.trainings for step in steps] == [8, 9, 10, 11]
    assert steps[-1].regret < 0.15
    assert all(step.holds is not None and len(step.holds) == 3 for step in steps)
    assert (np.diff([step.spent for step in steps]) > 0).all()


def test_the_grid_spreads_then_improves_then_repeats() -> None:
    one = problem()
    steps = list(replay_grid(one, 0.05, 0, 30))
    assert [step.trainings for step in steps] == list(range(1, 25))  # 12, 6, and two more seeds of 3 leaders
    assert steps[-1].spent == pytest.approx(24 * 2)
    assert steps[-1].regret < 0.2
    assert steps[17].regret <= steps[0].regret


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_answers(name: str) -> None:
    first, second = (list(METHODS[name](problem(), 0.3, 4, 10)) for _ in range(2))
    assert first == second
    assert all(step.method == name for step in first)


def test_constants_need_no_training() -> None:
    steps = {step.method: step for step in untrained(problem("width alone"))}
    assert list(steps) == ["paper", "depth only", "width only", "resolution only"]
    assert steps["width only"].regret == pytest.approx(0, abs=0.02)
    assert {step.trainings for step in steps.values()} == {0}
