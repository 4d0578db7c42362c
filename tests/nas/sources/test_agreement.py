import random

import numpy as np
import optuna
import pytest

from nas.samplers.predictor.features import Featurizer
from nas.samplers.predictor.sources import Table
from nas.sources.agreement import sentences, source_agreements
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from tests.nas.samplers.predictor.made_source import Answering

SPACE = load_space("efficientnet")
FEATURES = Featurizer(SPACE)


def study_of(trials: int) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study, rng = optuna.create_study(direction="maximize"), random.Random(1)
    for _ in range(trials):
        network = SPACE.sample(rng)
        study.add_trial(
            optuna.trial.create_trial(
                params=SPACE.encode(network),
                distributions=dict(SPACE.distributions),
                value=float(estimate_cost(network).params),
            )
        )
    return study


def test_each_source_is_told_apart() -> None:
    rng = random.Random(0)
    points = np.array([FEATURES.sample(rng) for _ in range(40)], dtype=np.intp)
    table = Table(name="results/first", points=points, values=FEATURES.costs(points)[:, 1])
    wrong = Answering("zero-cost", points, lambda point: -float(FEATURES.costs([point])[0, 1]))
    empty = Answering("shared", points, lambda point: random.Random(repr(point)).random())
    found = source_agreements([table, wrong, empty], study_of(25), SPACE)
    assert found["results/first"].value > 0.8
    assert found["zero-cost"].value == pytest.approx(-1)
    right, reversed_, noise = sentences(found)
    assert right.startswith("results/first agreed with the rewards (tau +0.")
    assert reversed_.startswith("zero-cost ranked the candidates the wrong way round")
    assert noise.startswith("shared agreed with the rewards no better than chance")


def test_a_few_candidates_say_nothing() -> None:
    points = np.array([FEATURES.sample(random.Random(n)) for n in range(10)], dtype=np.intp)
    source = Answering("zero-cost", points, lambda point: float(sum(point)))
    assert sentences(source_agreements([source], study_of(3), SPACE)) == [
        "zero-cost cannot be judged: that takes 8 evaluated candidates"
    ]
    assert source_agreements([], study_of(3), SPACE) == {}
