from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from grid_search.search.decision import average_seeds, decide, pooled_noise


def trials(**accuracies: list[float]) -> pd.DataFrame:
    """Trials of networks named by role and number, such as compound_1, with one accuracy for each seed."""
    rows = []
    for index, (name, values) in enumerate(accuracies.items()):
        role = name.rsplit("_", 1)[0].replace("_", " ")
        for value in values:
            row = {"state": "complete", "role": role, "alpha": 1 + index / 10, "beta": 1.1, "gamma": 1.1}
            rows.append(row | {"flops": 800, "params": 5, "ratio": 2.0, "val_accuracy": value, "epochs": None})
    return pd.DataFrame(rows)


def test_the_best_mean_wins_among_the_repeated() -> None:
    decision = decide(trials(compound_1=[0.9], compound_2=[0.7, 0.72], compound_3=[0.71, 0.75]))
    assert decision is not None
    assert decision.best["alpha"] == pytest.approx(1.2)


def test_noise_is_the_pooled_standard_deviation() -> None:
    table = trials(compound_1=[0.70, 0.72], compound_2=[0.80, 0.86], compound_3=[0.5])
    noise, freedom = pooled_noise(average_seeds(table))
    assert freedom == 2
    assert noise == pytest.approx(np.sqrt((0.02**2 / 2 + 0.06**2 / 2) / 2))


def test_ties_agree_with_a_t_test() -> None:
    # with two networks the pooled test is scipy's two-sample t test
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.normal(0.8, 0.01, 4), rng.normal(0.79, 0.01, 4)
        decision = decide(trials(compound_1=first.tolist(), compound_2=second.tolist()))
        assert decision is not None
        p_value = stats.ttest_ind(first, second).pvalue
        assert bool(decision.networks["tied"].all()) == (p_value >= 0.05)


def test_one_seed_each_claims_nothing() -> None:
    decision = decide(trials(compound_1=[0.9], compound_2=[0.1]))
    assert decision is not None
    assert decision.noise is None
    assert decision.networks["tied"].all()
    assert "nothing can be said" in decision.statement


def test_controls_are_named_with_their_distance() -> None:
    decision = decide(trials(compound_1=[0.80, 0.81], depth_only_1=[0.60, 0.61], width_only_1=[0.80, 0.805]))
    assert decision is not None
    assert "Against depth only (2.00x): +20.00 points, more than noise." in decision.statement
    assert "Against width only (2.00x): +0.25 points, within the noise." in decision.statement


def test_without_compound_candidates_there_is_no_decision() -> None:
    assert decide(trials(baseline_1=[0.5])) is None
