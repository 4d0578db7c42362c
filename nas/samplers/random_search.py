"""Random search: what every other sampler has to beat. No torch."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from nas.samplers.space_sampler import SpaceSampler
from search_spaces.search_space import Parameters

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial


class RandomSearch(SpaceSampler):
    """Draw every choice uniformly, and no network twice."""

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        """Return a random network that was not proposed before."""
        return self.space.encode(self.first_new(lambda: self.space.sample(rng), rng))
