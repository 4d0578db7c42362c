"""How well every source agreed with the rewards of a search, in figures and in words. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import optuna

from nas.qa.rank_correlation import FEWEST_FOR_INTERVAL, Estimate, agreements
from nas.qa.screen import interval_text, number_text
from nas.samplers.history import History
from nas.samplers.predictor.features import Featurizer
from nas.samplers.predictor.sources import Source, SourceModel
from search_spaces.search_space import SearchSpace


def source_agreements(sources: Sequence[Source], study: optuna.Study, space: SearchSpace) -> dict[str, Estimate]:
    """Return Kendall's tau of every source with the rewards of the finished candidates, by name.

    A source that answers is taken at its word; of a table counts what is expected from it of each network.
    """
    history = History(space)
    history.update(study, -1)
    if not history.teachers or not sources:
        return {}
    features = Featurizer(space)
    points = [features.point(outcome.parameters) for outcome in history.teachers]
    rewards = np.array([outcome.reward for outcome in history.teachers], dtype=np.float64)
    said = {
        source.name: source.at(points) if source.answers else SourceModel(source, features).expected(features(points))
        for source in sources
    }
    return agreements(rewards, said)[0]


def sentences(found: Mapping[str, Estimate]) -> list[str]:
    """Say of every source whether it agreed."""
    return [f"{name} {_verdict(estimate)}" for name, estimate in found.items()]


def _verdict(tau: Estimate) -> str:
    if np.isnan(tau.low):
        return f"cannot be judged: that takes {FEWEST_FOR_INTERVAL} evaluated candidates"
    told = f"(tau {number_text(tau.value)}, 95 % interval {interval_text(tau)})"
    if tau.low > 0:
        return f"agreed with the rewards {told}"
    if tau.high < 0:
        return f"ranked the candidates the wrong way round, which the model learns {told}"
    return f"agreed with the rewards no better than chance, as far as they can tell {told}"
