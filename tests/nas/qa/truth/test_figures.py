from __future__ import annotations

import numpy as np
import pytest

from nas.qa.truth.figures import left_out_fit, partial_tau


def test_the_fit_has_not_seen_the_network_it_predicts() -> None:
    rng = np.random.default_rng(0)
    costs = rng.normal(size=(15, 2))
    truth = costs @ [0.5, -0.2] + rng.normal(scale=0.1, size=15)
    predicted = left_out_fit(costs, truth)
    for left_out in range(15):
        rest = np.arange(15) != left_out
        design = np.column_stack([np.ones(15), costs])
        line, *_ = np.linalg.lstsq(design[rest], truth[rest], rcond=None)
        assert predicted[left_out] == pytest.approx(design[left_out] @ line)


def test_too_few_networks_have_no_fit() -> None:
    assert np.isnan(left_out_fit(np.ones((5, 2)), np.arange(5.0))).all()


def test_what_follows_from_the_fit_alone_adds_nothing() -> None:
    from scipy.stats import kendalltau

    rng = np.random.default_rng(1)
    fit = rng.normal(size=3000)
    truth, echo = fit + rng.normal(size=3000), fit + rng.normal(size=3000)
    knows = truth + rng.normal(size=3000)

    def beside(measured: np.ndarray) -> float:
        pairs = ((measured, truth), (measured, fit), (fit, truth))
        return float(partial_tau(*(kendalltau(*pair).statistic for pair in pairs)))

    assert beside(knows) > 3 * abs(beside(echo))  # Kendall's partial tau leaves a rest where a linear one is 0
