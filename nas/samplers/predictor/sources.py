"""What else may tell something of the reward: scores of untrained networks, shared weights, earlier studies. No torch.

Whether a source is believed is for the model of the reward to say (`nas.samplers.predictor.evidence`); here a source
becomes a column: what a Gaussian process of its own, fitted to the networks it is known for, expects of any network.
A source of pure noise has a column that hardly varies, because its process explains it by noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import Featurizer, Points, Positions
from nas.samplers.predictor.fitting import fit
from nas.samplers.predictor.gaussian_process import GaussianProcess, condition
from nas.samplers.predictor.warping import warp

Array = NDArray[np.float64]
MOST_ROWS = 400  # of a source, that its process is conditioned on
FITTED_ROWS = 150  # of these, that the scales are fitted to
FEWEST_ROWS = 8
FURTHEST = 4.0  # sd that a single value may lie from what is expected


class Source(Protocol):
    """Something that is known of some networks: larger may mean better, or worse, or nothing."""

    @property
    def name(self) -> str:
        """What a user calls it."""

    def rows(self) -> tuple[Positions, Array]:
        """Return networks [rows, choices] and their values [rows], finite; always the same ones."""

    @property
    def answers(self) -> bool:
        """Whether it can be asked about further networks."""

    def at(self, points: Points) -> Array:
        """Return the values of any networks, [points], NaN where there is none."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A source whose rows are all there is: an earlier study, a published table."""

    name: str
    points: Positions = field(repr=False)  # [rows, choices]
    values: Array = field(repr=False)  # [rows]

    def rows(self) -> tuple[Positions, Array]:
        """Return networks [rows, choices] and their values [rows]."""
        return self.points, self.values

    @property
    def answers(self) -> bool:
        """Whether it can be asked about further networks: no."""
        return False

    def at(self, points: Points) -> Array:
        """Return no value of any network, [points]."""
        return np.full(len(points), np.nan)


@dataclass(frozen=True)
class SourceModel:
    """A source as a function of any network of the space."""

    source: Source
    features: Featurizer

    @cached_property
    def _known(self) -> tuple[GaussianProcess, float, Array]:
        """The process, the room of the warp and the values it was made of."""
        points, values = self.source.rows()
        kept = spread_rows(values, MOST_ROWS)
        points, values = points[kept], values[kept]
        features, groups = self.features(points), self.features.groups
        some = spread_rows(values, FITTED_ROWS)
        scales, room = fit(features[some], values[some], groups)
        return condition(features, warp(values, room), groups, scales), room, values

    def expected(self, features: Array) -> Array:
        """Return what is expected of networks with these features, in sd of the source's values, [points]."""
        model = self._known[0]
        return (model.mean(features) - model.shift) / model.unit

    def surprise(self, points: Points, features: Array) -> Array:
        """Return by how much the source itself differs from what is expected, [points], 0 where it is silent."""
        model, room, known = self._known
        asked = np.minimum(self.source.at(points), known.max())  # the warp has no room for more
        warped = warp(np.append(known, np.nan_to_num(asked, nan=known.max())), room)[len(known) :]
        found = (warped - model.shift) / model.unit - self.expected(features)
        return np.where(np.isnan(asked), 0.0, np.clip(found, -FURTHEST, FURTHEST))


def spread_rows(values: Array, most: int) -> NDArray[np.intp]:
    """Return positions of at most `most` values from the lowest to the highest, at even ranks, in the order they had.

    >>> spread_rows(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), 3)
    array([0, 1, 3])
    """
    ranks = np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(np.intp)
    return np.sort(np.argsort(values, kind="stable")[ranks])
