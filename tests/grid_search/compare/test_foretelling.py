from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grid_search.compare.foretelling import law_of_same_training
from grid_search.config import load_scale_experiment
from grid_search.law_search.search import law_of
from grid_search.search.results import ScaleResult
from search_spaces import InvalidInput


def test_a_law_read_back_is_the_one_that_was_fitted(found: ScaleResult, tmp_path: Path) -> None:
    experiment = load_scale_experiment("try", found.folder.parents[2] / "experiments.yaml", _objective())
    again = law_of_same_training(found.folder, experiment)
    fitted = law_of(found.trials, found.ground, experiment.seed)  # type: ignore[arg-type]
    assert fitted is not None
    np.testing.assert_allclose(again.law.draw(np.zeros((1, 3))), fitted.draw(np.zeros((1, 3))))
    assert again.foretell(replace(again.rule.baseline, activation="silu")) is None  # another kind of network
    assert not (tmp_path / "results").exists()


def test_another_training_is_named(found: ScaleResult) -> None:
    experiment = load_scale_experiment("try", found.folder.parents[2] / "experiments.yaml", _objective())
    other = replace(experiment, training=replace(experiment.training, epochs=7))
    with pytest.raises(InvalidInput, match=r"networks of the law in .* were trained"):
        law_of_same_training(found.folder, other)


def _objective() -> list[str]:
    return ["objective={python: 'tests.objectives:by_law'}"]
