from __future__ import annotations

import pytest
from scipy import stats

from grid_search.search.decision import Decision, decide
from grid_search.search.verdict import advantages, judge
from tests.grid_search.search.test_decision import trials


def decision(**accuracies: list[float]) -> Decision:
    made = decide(trials(**accuracies))
    assert made is not None
    return made


def test_an_interval_is_that_of_two_samples() -> None:
    best, baseline = [0.80, 0.82, 0.81], [0.70, 0.73, 0.72]
    (only,) = advantages(decision(compound_1=best, baseline_1=baseline))
    expected = stats.ttest_ind(best, baseline).confidence_interval(0.95)
    assert only.interval == pytest.approx((100 * expected.low, 100 * expected.high))
    assert only.shown


def test_a_better_network_is_said_to_be_better() -> None:
    verdict = judge(decision(compound_1=[0.90, 0.91], baseline_1=[0.70, 0.71], depth_only_1=[0.8, 0.81]))
    assert verdict.bought
    assert verdict.sentence.startswith("more than the baseline and than every axis alone; points of accuracy at 2.00x")


def test_no_more_than_an_axis_alone_is_said() -> None:
    verdict = judge(decision(compound_1=[0.90, 0.91], baseline_1=[0.70, 0.71], depth_only_1=[0.90, 0.91]))
    assert verdict.bought
    assert verdict.sentence.startswith("more than the baseline, but no more than an axis alone")


def test_one_axis_alone_is_named() -> None:
    table = trials(compound_1=[0.90, 0.91], baseline_1=[0.70, 0.71], depth_only_1=[0.80, 0.81])
    table.loc[table["role"] == "compound", ["alpha", "beta", "gamma"]] = [1.0, 1.4, 1.0]
    made = decide(table)
    assert made is not None
    assert judge(made).sentence.startswith("more than the baseline, with width scaled alone; points of accuracy")
    assert "The best scales width alone." in made.statement


def test_within_the_noise_of_the_baseline_nothing_was_bought() -> None:
    verdict = judge(decision(compound_1=[0.90, 0.80], baseline_1=[0.84, 0.82]))
    assert not verdict.bought
    assert "nothing that this training can show" in verdict.sentence
    assert "against baseline" in verdict.sentence


@pytest.mark.parametrize(("baseline", "bought"), [(0.7, True), (0.8, False), (0.9, False)])
def test_one_seed_each_has_no_interval(baseline: float, bought: bool) -> None:
    verdict = judge(decision(compound_1=[0.8], baseline_1=[baseline]))
    assert verdict.bought == bought
    assert "one seed each, so no interval" in verdict.sentence
