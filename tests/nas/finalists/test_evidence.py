from __future__ import annotations

import math

import pytest
from scipy import stats

from nas.finalists.evidence import Evidence, evidence_figures, evidence_of, evidence_sentences
from nas.finalists.ranking import Beside, ranked
from search_spaces.reference import reference
from tests.nas.finalists.finalists import finalist


def published(*accuracies: float, searched: float = math.nan) -> Beside:
    return Beside(
        name="efficientnet-b0",
        architecture=reference("efficientnet-b0"),
        searched=searched,
        rewards=accuracies,
        accuracies=accuracies,
    )


def said(evidence: Evidence) -> str:
    return "\n".join(evidence_sentences(evidence, "shared"))


def test_the_interval_is_that_of_a_t_test_with_pooled_variance() -> None:
    found, other = (0.90, 0.91, 0.89), (0.85, 0.86)
    evidence = evidence_of(ranked([finalist(0, 0.1, *found)], [published(*other)]))
    ((_, comparison),) = evidence.comparisons
    interval = stats.ttest_ind(found, other).confidence_interval(0.95)
    assert comparison is not None
    assert comparison.mean - comparison.margin == pytest.approx(interval.low)
    assert comparison.mean + comparison.margin == pytest.approx(interval.high)


def test_a_difference_beyond_noise_is_told_with_its_interval() -> None:
    evidence = evidence_of(ranked([finalist(0, 0.1, 0.90, 0.91)], [published(0.80, 0.81)]))
    assert "better, by +10.0 points, 95 % interval +" in said(evidence)
    assert said(evidence).endswith("in short: trained as candidates are, what was found is better than efficientnet-b0")
    worse = evidence_of(ranked([finalist(0, 0.1, 0.70, 0.71)], [published(0.80, 0.81)]))
    assert said(worse).endswith("what was found is worse than efficientnet-b0")


def test_within_the_noise_no_winner_is_named() -> None:
    text = said(evidence_of(ranked([finalist(0, 0.1, 0.90, 0.80)], [published(0.80, 0.81)])))
    assert "within the noise" in text
    assert "better" not in text
    assert "points, 95 %" not in text
    assert text.endswith("what was found is not told apart from efficientnet-b0")


def test_one_seed_tells_nothing_apart() -> None:
    text = said(evidence_of(ranked([finalist(0, 0.1, 0.90)], [published(0.50)])))
    assert "noise between seeds is not known" in text
    assert "without a second seed nothing tells them apart" in text
    assert "better" not in text


def test_the_rank_correlation_is_of_means_and_needs_networks() -> None:
    few = ranked([finalist(trial, 0.1 * trial, 0.1 * trial, 0.1 * trial + 0.01) for trial in range(4)])
    evidence = evidence_of(few)
    assert evidence.tau.value == 1
    assert "Kendall's tau +1.00: too few to say anything" in said(evidence)
    many = [finalist(trial, 0.1 * trial, 0.1 * (trial ^ 1), 0.1 * (trial ^ 1)) for trial in range(10)]
    tau = stats.kendalltau(range(10), [trial ^ 1 for trial in range(10)]).statistic
    evidence = evidence_of(ranked(many))
    assert evidence.tau.value == pytest.approx(tau)
    assert evidence.tau.low < tau < evidence.tau.high
    assert "95 % interval" in said(evidence)


def test_a_published_network_the_search_judged_counts_in_the_rank_correlation() -> None:
    networks = [finalist(trial, 0.1 * trial, 0.1 * trial) for trial in range(3)]
    assert math.isnan(evidence_of(ranked(networks)).tau.value)
    assert evidence_of(ranked(networks, [published(0.9, searched=-1.0)])).tau.value == pytest.approx(0)


def test_what_is_not_known_is_none_in_a_file() -> None:
    figures = evidence_figures(evidence_of(ranked([finalist(0, 0.1, 0.9)], [published()])))
    assert figures["noise"] is None
    assert figures["tau"] == {"value": None, "low": None, "high": None}
    (against,) = figures["against"]
    assert (against["name"], against["difference"], against["margin"]) == ("efficientnet-b0", None, None)


def test_nothing_is_said_where_nothing_was_trained() -> None:
    assert evidence_sentences(evidence_of(ranked([finalist(0, 0.1)])), "train") == []


def test_the_found_network_is_not_compared_with_itself() -> None:
    same = finalist(1, 0.1, 0.9, 0.91)
    other = Beside(name="a twin", architecture=same.architecture, rewards=same.rewards, accuracies=same.accuracies)
    assert evidence_of(ranked([same], [other])).comparisons == ()
