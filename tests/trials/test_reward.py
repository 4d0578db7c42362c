from __future__ import annotations

import pytest

from search_spaces import InvalidInput
from search_spaces.validation import validated
from trials.reward import Reward


def test_soft_is_mnasnets_formula() -> None:
    # arXiv:1807.11626, section 3: ACC * (LAT / T)^w with w = -0.07
    reward = Reward(kind="soft", target=100)
    assert reward(0.75, 100) == pytest.approx(0.75)
    assert reward(0.75, 200) == pytest.approx(0.75 * 2**-0.07)
    assert reward(0.75, 50) == pytest.approx(0.75 * 0.5**-0.07)


def test_twice_the_cost_must_buy_five_percent() -> None:
    # the paper's own reading of w = -0.07
    reward = Reward(target=100)
    assert reward(0.5 * 1.05, 200) == pytest.approx(reward(0.5, 100), rel=1e-3)


def test_the_soft_target_is_a_constant_factor() -> None:
    near, far = Reward(target="200M"), Reward(target="500M")
    ratios = {round(near(a, c) / far(a, c), 12) for a, c in [(0.5, 1e8), (0.7, 3e8), (0.9, 9e8)]}
    assert len(ratios) == 1


def test_a_soft_exponent_above_zero_values_what_is_used_of_a_budget() -> None:
    assert Reward(target=100, w=0.08)(0.5, 50) == pytest.approx(0.5 * 0.5**0.08)


def test_hard_charges_nothing_up_to_the_target() -> None:
    reward = Reward(kind="hard", target=100)
    assert reward(0.75, 60) == 0.75
    assert reward(0.75, 200) == pytest.approx(0.375)


def test_absolute_peaks_at_the_target() -> None:
    reward = Reward(kind="absolute", target=100)
    assert reward(0.75, 100) == 0.75
    assert reward(0.75, 80) == reward(0.75, 120) == pytest.approx(0.73)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"kind": "linear"}, "kind"),
        ({"target": "fast"}, "target"),
        ({"w": 10.5}, "w"),
        ({"kind": "hard", "w": 0.5}, "w"),
    ],
)
def test_wrong_settings_are_named(fields: dict[str, object], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Reward, fields)
    assert caught.value.key == key


def test_equal_spread_takes_the_exponent_that_was_measured() -> None:
    reward = Reward(kind="soft", cost="params", target=100, w="equal-spread")
    assert reward.measured({"equal_spread_w": 0.5})(0.5, 25) == pytest.approx(0.25)
    assert reward.measured({})(0.5, 50) == pytest.approx(0.5 * 0.5**0.08)  # of networks trained alone
    assert Reward(target=100, w=-1.0).measured({"equal_spread_w": 0.5}).w == -1.0
    for wrong in ({"kind": "hard"}, {"cost": "latency_ms"}):
        with pytest.raises(InvalidInput, match="w: got 'equal-spread'"):
            Reward(w="equal-spread", **wrong)  # type: ignore[arg-type]
