import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nas.samplers.predictor.features import Featurizer
from nas.sources.scored import SAMPLED, ScoredSource
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space
from trials.study.candidate import Candidate, Metrics

SPACE = load_space("efficientnet")
FEATURES = Featurizer(SPACE)


class Counting:
    """Parameters as a score; it counts what it is asked, and networks of more than `most` break it."""

    def __init__(self, most: float = math.inf) -> None:
        self.most, self.calls, self.began = most, 0, 0

    def __repr__(self) -> str:
        return f"Counting({self.most})"

    def begin(self, _tell: Any) -> None:
        self.began += 1

    def __call__(self, candidate: Candidate, _report: Any) -> Metrics:
        self.calls += 1
        if candidate.cost.params > self.most:
            raise ArithmeticError("not finite")
        return {"loss": float(candidate.cost.params)}


def source(folder: Path, evaluate: Counting) -> ScoredSource:
    return ScoredSource(
        name="made",
        evaluate=evaluate,
        metric="loss",
        sign=-1.0,
        space=SPACE,
        seed=3,
        file=folder / "sources" / "made.json",
    )


def test_it_knows_some_random_networks_and_answers_for_others(tmp_path: Path) -> None:
    evaluate = Counting()
    made, told = source(tmp_path, evaluate), list[str]()
    made.begin(told.append)
    points, values = made.rows()
    assert len(points) == SAMPLED == evaluate.calls
    assert evaluate.began == 1
    assert told[0].startswith(f"source made: {SAMPLED} random networks scored in")
    assert values == pytest.approx(-FEATURES.costs(points)[:, 1])
    assert made.at([(0,) * len(SPACE.choices)]) == pytest.approx(-FEATURES.costs([(0,) * len(SPACE.choices)])[:, 1])


def test_values_are_kept_and_computed_again_where_they_are_not(tmp_path: Path) -> None:
    first = source(tmp_path, Counting())
    first.begin(lambda _line: None)
    again, told = Counting(), list[str]()
    resumed = source(tmp_path, again)
    resumed.begin(told.append)
    assert again.calls == 0
    assert told == []
    assert np.array_equal(resumed.rows()[1], first.rows()[1])
    first.file.write_text(first.file.read_text()[:-20])  # damaged
    lost = Counting()
    assert np.array_equal(source(tmp_path, lost).rows()[1], first.rows()[1])
    assert lost.calls == SAMPLED


def test_values_of_another_objective_are_not_taken(tmp_path: Path) -> None:
    source(tmp_path, Counting()).begin(lambda _line: None)
    other = Counting(most=1e9)
    source(tmp_path, other).begin(lambda _line: None)
    assert other.calls == SAMPLED


def test_a_network_that_breaks_it_has_no_value(tmp_path: Path) -> None:
    made = source(
        tmp_path, Counting(most=float(np.quantile(FEATURES.costs(source(tmp_path, Counting()).rows()[0])[:, 1], 0.9)))
    )
    points, values = made.rows()
    assert SAMPLED / 2 < len(points) < SAMPLED
    assert np.isfinite(values).all()
    assert None in json.loads(made.file.read_text())["values"].values()


def test_a_source_that_judges_hardly_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^nas\.sources: got 'made, which has no value for 64 of 64 networks'"):
        source(tmp_path, Counting(most=1.0)).rows()
