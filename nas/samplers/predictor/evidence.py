"""Features of networks, and beside them what every source says of them: what the model of the reward is fitted to.

The reward is modelled as

    reward(x) = sum over sources s of rho_s * m_s(x) + rho'_s * r_s(x), + g(x)

with m_s(x) what source s is expected to say of network x (`sources`), r_s(x) by how much it says something else, and g
the process over features alone. The rho are normal with mean 0: nobody says beforehand that a source is right, wrong or
the wrong way round. Their variances are scales of the kernel like those of the features, fitted by marginal likelihood,
so that a source that explains nothing fades. This is recursive co-kriging (Kennedy & O'Hagan 2000; Le Gratiet & Garnier
2014) with unknown rho. Without sources it is the process over features. No torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import GROUPS, Featurizer, Point, Points
from nas.samplers.predictor.fitting import PRIOR
from nas.samplers.predictor.gaussian_process import Scales
from nas.samplers.predictor.sources import Source, SourceModel

Array = NDArray[np.float64]
BELIEF = 0.3  # prior variance of rho, in units of the variance of the rewards; a feature's is 0.03


class Evidence:
    """What is known of networks before they are evaluated, [points, columns]."""

    def __init__(self, features: Featurizer, sources: Sequence[Source] = ()) -> None:
        self.features = features
        self.sources = tuple(SourceModel(source, features) for source in sources)
        self.sizes = features.sizes
        self._asked = [model for model in self.sources if model.source.answers]

    @property
    def asks(self) -> bool:
        """Whether a source can be asked about further networks."""
        return bool(self._asked)

    @property
    def groups(self) -> NDArray[np.intp]:
        """The group of every column, [columns]: a source's columns are groups of their own."""
        own = len(GROUPS) + np.arange(len(self.sources) + len(self._asked))
        return np.concatenate([self.features.groups, own])

    @property
    def prior(self) -> Scales:
        """The scales of the kernel before anything was evaluated."""
        own = np.full(len(self.sources) + len(self._asked), BELIEF)
        return replace(PRIOR, weights=np.concatenate([PRIOR.weights, own]))

    def __call__(self, points: Points) -> Array:
        """Return the columns with each source at what is expected of it: no source is asked."""
        features = self.features(points)
        silent = np.zeros((len(features), len(self._asked)))
        return self._joined(features, silent)

    def asked(self, points: Points) -> Array:
        """Return the columns with every source that answers asked about these networks."""
        features = self.features(points)
        found = [model.surprise(points, features) for model in self._asked]
        return self._joined(features, np.stack(found, axis=1) if found else np.zeros((len(features), 0)))

    def _joined(self, features: Array, surprises: Array) -> Array:
        if not self.sources:
            return features
        expected = np.stack([model.expected(features) for model in self.sources], axis=1)
        return np.concatenate([features, expected, surprises], axis=1)

    def promising(self, turn: int, draws: Sequence[Point]) -> list[Point]:
        """Return points in falling order of what one source, taken in turn, expects of them."""
        model = self.sources[turn % len(self.sources)]
        return [draws[i] for i in np.argsort(-model.expected(self.features(draws)), kind="stable")]
