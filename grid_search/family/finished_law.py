"""The law of a finished search, asked again: what it foretells of networks like its baseline. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grid_search.compound_scaling import AXES
from grid_search.family.along_path import read_law
from grid_search.family.finished import ScalingRule, decided_file
from grid_search.law.answer import CREDIBILITY
from grid_search.law.posterior import Law
from grid_search.law_search.search import POINTS, fit_networks
from grid_search.law_search.shapes import shape_between
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.study.snapshot import read_table

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Foretold:
    """An accuracy (share) and its 90 % band, of the network itself: noise of a training not counted."""

    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FinishedLaw:
    """A law as its search left it, with the rule of its baseline; beyond `dearest` baselines it extrapolates."""

    law: Law
    rule: ScalingRule
    varying: tuple[int, ...]
    dearest: float

    def draw(self, shapes: Array) -> Array:
        """Return the accuracy in points of shapes [networks, 3] (logarithms, in baselines) in every draw of the law."""
        return self.law.draw(shapes[:, list(self.varying)])

    def foretell(self, network: Architecture) -> Foretold | None:
        """Return what the law says of a network; None where it is not the baseline deeper, wider or sharper."""
        shape = shape_between(self.rule.baseline, network)
        if shape is None:
            return None
        values = np.clip(self.draw(shape[None])[:, 0] / POINTS, 0.0, 1.0)  # far away a law knows no such ends
        low, high = np.quantile(values, ((1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2)).tolist()
        return Foretold(accuracy=float(values.mean()), low=low, high=high)


def finished_law(directory: Path, num_classes: int | None = None) -> FinishedLaw:
    """Return the law of `scale search --method law` in `directory` (results/NAME or results/NAME/scale).

    It is fitted again to the trainings in its trials.csv, which gives the same. Raises InvalidInput where there is
    none.
    """
    rule, entry = read_law(directory, num_classes)
    folder = decided_file(directory).parent
    seed = entry.get("seed", 0)
    varying = tuple(place for place, axis in enumerate(AXES) if axis in entry.get("axes", ()))
    rows = read_table(folder / "trials.csv", ["role", "curve"])
    dearest = entry.get("extrapolates_beyond")
    if type(seed) is not int or not varying or not isinstance(dearest, float):
        raise InvalidInput("--law", str(directory), "the results of `scale search --method law`, as it wrote them")
    law = fit_networks(rows, rule.baseline, rule.rounding, varying, seed)
    if law is None:
        raise InvalidInput("--law", str(directory), "the results of a law with at least four finished trainings")
    return FinishedLaw(law=law, rule=rule, varying=varying, dearest=dearest)
