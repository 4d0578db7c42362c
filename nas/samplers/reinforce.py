"""REINFORCE with independent logits, the search of TuNAS. No torch.

"Can weight sharing outperform random architecture search? An investigation with TuNAS", Bender et al. 2020,
arXiv:2008.06120.
"""

from __future__ import annotations

from nas.samplers.policy_search import PolicySampler
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.policy import WARM_UP, IndependentLogits


class Reinforce(PolicySampler):
    """Raise the logits of options that did better than the moving average, one trial after the other.

    TuNAS leaves its policy alone for the first quarter of a run, in which the weights that its candidates share are
    trained. Candidates trained on their own have no such weights: with `planned_trials` None it learns from the
    start, with a number that quarter only feeds the average.
    """

    def __init__(
        self, *, space: SearchSpace, seed: int, learning_rate: float = 0.1, planned_trials: int | None = None
    ) -> None:
        if not learning_rate > 0:
            raise InvalidInput("learning_rate", learning_rate, "a number above 0")
        if planned_trials is not None and planned_trials < 1:
            raise InvalidInput("planned_trials", planned_trials, "an integer of at least 1, or None")
        self.learning_rate = learning_rate
        self.warm_up_trials = int(WARM_UP * (planned_trials or 0))
        super().__init__(space=space, seed=seed, batch_size=1)

    def make(self) -> IndependentLogits:
        """Return uniform logits."""
        sizes = [len(choice.options) for choice in self.space.choices]
        return IndependentLogits(sizes, learning_rate=self.learning_rate, warm_up_trials=self.warm_up_trials)
