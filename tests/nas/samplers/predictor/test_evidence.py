"""What sources do to the sampler: none changes nothing, a right one helps, a wrong one is found out."""

import json
import random
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.storages import InMemoryStorage

from nas.samplers.predictor.evidence import Evidence
from nas.samplers.predictor.features import GROUPS, Featurizer, Point
from nas.samplers.predictor.fitting import PRIOR, fit
from nas.samplers.predictor.gaussian_process import condition
from nas.samplers.predictor.sampler import ASKED, PredictorSampler
from nas.samplers.predictor.sources import Source, Table
from search_spaces.cost import estimate_cost
from search_spaces.space_file import load_space
from tests.nas.samplers.predictor.made_source import Answering

SPACE = load_space("efficientnet")
FEATURES = Featurizer(SPACE)

optuna.logging.set_verbosity(optuna.logging.ERROR)


def worth(point: Point) -> float:
    """Saturating in parameters, with a charge on multiply-adds."""
    flops, params, _ = FEATURES.costs([point])[0]
    return float((0.8 - 0.05 * (params / 3e6) ** -1.5) * (flops / 4e8) ** -0.07)


def points_of(count: int, seed: int) -> Any:
    rng = random.Random(seed)
    return np.array([FEATURES.sample(rng) for _ in range(count)], dtype=np.intp)


def table(values: Any, count: int = 40) -> Table:
    points = points_of(count, 9)
    return Table(name="table", points=points, values=np.array([values(tuple(point)) for point in points]))


def noise(point: Point) -> float:
    return random.Random(repr([int(option) for option in point])).gauss(0, 1)


def search(sampler: optuna.samplers.BaseSampler, trials: int, study: optuna.Study | None = None) -> optuna.Study:
    study = study or optuna.create_study(direction="maximize", sampler=sampler)
    for _ in range(trials):
        trial = study.ask(dict(SPACE.distributions))
        study.tell(trial, worth(FEATURES.point(trial.params)))
    return study


def proposals(study: optuna.Study) -> str:
    return json.dumps([trial.params for trial in study.trials])


def test_without_sources_the_columns_are_the_features() -> None:
    evidence, points = Evidence(FEATURES), points_of(20, 0)
    assert np.array_equal(evidence(points), FEATURES(points))
    assert np.array_equal(evidence.asked(points), FEATURES(points))
    assert np.array_equal(evidence.groups, FEATURES.groups)
    assert np.array_equal(evidence.prior.vector(), PRIOR.vector())
    assert not evidence.asks


def test_a_source_that_answers_has_two_columns_and_a_table_one() -> None:
    evidence = Evidence(FEATURES, [table(worth), Answering("cheap", points_of(30, 1), worth)])
    points = points_of(10, 0)
    columns = len(FEATURES.groups)
    assert evidence(points).shape == (10, columns + 3)
    assert evidence.groups.tolist()[columns:] == [len(GROUPS), len(GROUPS) + 1, len(GROUPS) + 2]
    assert (evidence(points)[:, -1] == 0).all()
    assert np.array_equal(evidence(points)[:, :-1], evidence.asked(points)[:, :-1])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_model_learns_the_sign_of_a_source(sign: int) -> None:
    evidence = Evidence(FEATURES, [table(lambda point: sign * worth(point))])
    known, others = points_of(10, 2), points_of(200, 3)
    rewards = np.array([worth(tuple(point)) for point in known])
    truth = np.array([worth(tuple(point)) for point in others])

    def correlation(judge: Evidence) -> float:
        features = judge(known)
        scales, _ = fit(features, rewards, judge.groups, judge.prior)
        mean = condition(features, rewards, judge.groups, scales).mean(judge(others))
        return float(np.corrcoef(mean, truth)[0, 1])

    assert correlation(evidence) > 0.8
    assert correlation(evidence) > correlation(Evidence(FEATURES))


def test_a_search_that_learns_from_another_begins_where_that_one_ended() -> None:
    draws = sorted(worth(tuple(point)) for point in points_of(300, 5))
    found = [search(PredictorSampler(space=SPACE, seed=seed, sources=[table(worth)]), 1).best_value for seed in (0, 1)]
    assert min(found) > draws[int(0.95 * len(draws))]


@pytest.mark.slow
@pytest.mark.parametrize("values", [lambda point: -worth(point), noise], ids=["reversed", "noise"])
def test_a_wrong_source_costs_little(values: Any) -> None:
    wrong = [search(PredictorSampler(space=SPACE, seed=s, sources=[table(values)]), 16).best_value for s in range(2)]
    alone = [search(PredictorSampler(space=SPACE, seed=s), 16).best_value for s in range(2)]
    drawn = [worth(tuple(point)) for point in points_of(500, 6)]
    assert np.mean(alone) - np.mean(wrong) < 0.2 * np.std(drawn)


def test_a_source_is_asked_about_the_most_promising_networks_only() -> None:
    source = Answering("cheap", points_of(30, 1), worth)
    search(PredictorSampler(space=SPACE, seed=0, sources=[source]), 6)
    assert ASKED <= len(source.asked) <= 6 + 2 * ASKED


def test_resumed_is_undisturbed() -> None:
    def sources() -> list[Source]:
        return [table(worth), Answering("cheap", points_of(30, 1), lambda point: worth(point) + 0.01 * noise(point))]

    whole = search(PredictorSampler(space=SPACE, seed=4, sources=sources()), 12)
    storage = InMemoryStorage()
    begun = optuna.create_study(
        storage=storage,
        study_name="s",
        direction="maximize",
        sampler=PredictorSampler(space=SPACE, seed=4, sources=sources()),
    )
    search(begun.sampler, 7, begun)
    resumed = optuna.load_study(
        storage=storage, study_name="s", sampler=PredictorSampler(space=SPACE, seed=4, sources=sources())
    )
    assert proposals(search(resumed.sampler, 5, resumed)) == proposals(whole)


def test_networks_over_a_known_limit_are_not_taken_because_a_source_likes_them() -> None:
    large = table(lambda point: float(FEATURES.costs([point])[0, 0]))
    study = optuna.create_study(direction="maximize", sampler=PredictorSampler(space=SPACE, seed=0, sources=[large]))
    for point in (FEATURES.sample(random.Random(seed)) for seed in range(6)):
        trial = optuna.trial.create_trial(
            params=FEATURES.parameters(point),
            distributions=dict(SPACE.distributions),
            state=optuna.trial.TrialState.PRUNED,
            system_attrs={"constraints": {"max_flops": float(FEATURES.costs([point])[0, 0]) / 1e8 - 1}},
        )
        study.add_trial(trial)
    asked = study.ask(dict(SPACE.distributions))
    cheapest = min(estimate_cost(SPACE.decode(trial.params)).flops for trial in study.trials[:6])
    assert estimate_cost(SPACE.decode(asked.params)).flops <= 1.05 * cheapest
