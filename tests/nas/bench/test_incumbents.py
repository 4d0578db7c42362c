from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from nas.bench.incumbents import CHECKPOINTS, Replay


def test_a_search_is_told_by_its_incumbents_and_is_not_changed_afterwards() -> None:
    replay = Replay(sampler="tpe", seed=3, observed=np.array([60.0, 61.0]), expected={}, seconds_per_proposal=0.01)
    assert replay.observed[-1] == 61.0
    with pytest.raises(FrozenInstanceError):
        replay.seed = 4  # type: ignore[misc]


def test_scores_are_compared_after_as_many_evaluations_as_the_published_table() -> None:
    assert CHECKPOINTS == (20, 50, 100, 300)
