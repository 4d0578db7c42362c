from __future__ import annotations

import numpy as np

from nas.samplers.predictor.acquisition import mutate


def test_a_mutation_changes_at_most_so_many_choices() -> None:
    rng, sizes = np.random.default_rng(0), np.array([3, 2, 1, 4])
    changes = np.repeat([0, 1, 2, 3], 50)
    mutants = mutate(np.zeros((200, 4), dtype=np.intp), sizes, changes, rng)
    changed = (mutants != 0).sum(axis=1)
    assert (changed <= changes).all()
    assert changed[changes == 3].max() == 3
    assert ((mutants >= 0) & (mutants < sizes)).all()
    assert (changed[changes == 1] == 1).mean() > 0.5  # the choice of one option stays
