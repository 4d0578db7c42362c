"""What is particular to the predictor; the contract of every sampler is in test_samplers."""

import math
import random
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct

from nas.samplers.cost_limits import excess, learn_limits
from nas.samplers.predictor.acquisition import mutate
from nas.samplers.predictor.features import GROUPS, Featurizer
from nas.samplers.predictor.gaussian_process import (
    CONSTANT,
    JITTER,
    Scales,
    _negative_log_likelihood,
    condition,
    fit_scales,
)
from nas.samplers.predictor.sampler import PredictorSampler, best_by_posterior, fit, fit_size
from nas.samplers.predictor.warping import log_slope, warp
from nas.samplers.random_search import RandomSearch
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space, parse_space

EFFICIENTNET, MNASNET = load_space("efficientnet"), load_space("mnasnet")
VARIED = parse_space(
    {
        "name": "varied",
        "skeleton": "mnasnet-a1",
        "resolution": {"one_of": [96, 128]},
        "stem": {"width": {"one_of": [16, 32]}},
        "head": {"width": {"one_of": [640, 1280]}},
        "stages": {
            "3": {"one_of": [{"depth": 0}, {"depth": {"one_of": [1, 2]}}]},
            "5": {"width": {"multiply": [1, 2]}},
        },
    }
)

optuna.logging.set_verbosity(optuna.logging.ERROR)


def made_reward(space: SearchSpace, params: dict[str, Any]) -> float:
    """Saturating in parameters, with a charge on multiply-adds."""
    cost = estimate_cost(space.decode(params))
    return (0.8 - 0.05 * (cost.params / 3e6) ** -1.5) * (cost.flops / 4e8) ** -0.07


def search(sampler: optuna.samplers.BaseSampler, space: SearchSpace, trials: int) -> optuna.Study:
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for _ in range(trials):
        trial = study.ask(dict(space.distributions))
        study.tell(trial, made_reward(space, trial.params))
    return study


@pytest.mark.parametrize("space", [EFFICIENTNET, MNASNET, VARIED], ids=lambda space: space.name)
def test_the_known_cost_is_the_counted_one(space: SearchSpace) -> None:
    features, rng = Featurizer(space), random.Random(0)
    points = [features.sample(rng) for _ in range(100)]
    counted = [estimate_cost(space.decode(features.parameters(point))) for point in points]
    expected = [(cost.flops, cost.params, cost.activations) for cost in counted]
    np.testing.assert_allclose(features.costs(points), expected, rtol=1e-12)


@pytest.mark.parametrize("space", [EFFICIENTNET, MNASNET, VARIED], ids=lambda space: space.name)
def test_features_are_standardized_by_group(space: SearchSpace) -> None:
    features, rng = Featurizer(space), random.Random(1)
    matrix = features([features.sample(rng) for _ in range(3000)])
    assert np.isfinite(matrix).all()
    np.testing.assert_allclose(matrix.mean(axis=0), 0, atol=0.15)
    for group in np.unique(features.groups):
        assert (matrix[:, features.groups == group] ** 2).sum(axis=1).mean() == pytest.approx(1, rel=0.3)


def test_two_encodings_of_one_network_have_one_vector() -> None:
    features = Featurizer(MNASNET)
    rng, generator = random.Random(0), np.random.default_rng(0)
    different = 0
    for _ in range(300):
        point = features.sample(rng)
        other = tuple(mutate(np.array([point]), np.array(features.sizes), np.array([1]), generator)[0].tolist())
        one, two = (MNASNET.decode(features.parameters(p)) for p in (point, other))
        same = np.allclose(*features([point, other]))
        assert same == (one.key == two.key)
        different += not same
    assert 0 < different < 300


def test_parameters_and_points_are_each_others_inverse() -> None:
    features, rng = Featurizer(VARIED), random.Random(2)
    for _ in range(50):
        point = features.sample(rng)
        assert features.point(features.parameters(point)) == point


def test_a_mutation_changes_at_most_so_many_choices() -> None:
    rng, sizes = np.random.default_rng(0), np.array([3, 2, 1, 4])
    changes = np.repeat([0, 1, 2, 3], 50)
    mutants = mutate(np.zeros((200, 4), dtype=np.intp), sizes, changes, rng)
    changed = (mutants != 0).sum(axis=1)
    assert (changed <= changes).all()
    assert changed[changes == 3].max() == 3
    assert ((mutants >= 0) & (mutants < sizes)).all()
    assert (changed[changes == 1] == 1).mean() > 0.5  # the choice of one option stays


def test_warping_keeps_the_order_and_ignores_scale_and_shift() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert (np.argsort(warp(values, 0.5)) == np.argsort(values)).all()
    np.testing.assert_allclose(warp(values, 0.5), warp(1000 * values - 7, 0.5), rtol=1e-9)
    np.testing.assert_array_equal(warp(values, math.inf), values)
    assert np.isfinite(warp(np.full(4, 2.0), 0.5)).all()
    assert np.isfinite(warp(np.array([0.0, 0.0, 0.0, 1.0]), 0.5)).all()


def test_the_slope_of_the_warp_is_that_of_differences() -> None:
    values = np.append(np.random.default_rng(0).normal(size=20), 5.0)  # the greatest fixes the ceiling
    step = np.array([*[0.0] * 6, *[1e-6] * 14, 0.0])  # the first fix the unit
    slopes = (warp(values + step, 0.5) - warp(values - step, 0.5))[6:20] / 2e-6
    without = np.append(values[:6], 5.0)
    assert log_slope(values, 0.5) - log_slope(without, 0.5) == pytest.approx(np.log(slopes).sum(), abs=1e-4)
    assert log_slope(values, math.inf) == 0


def test_the_warp_is_chosen_by_what_explains_the_values() -> None:
    rng = np.random.default_rng(3)
    features, groups = rng.normal(size=(60, 6)), np.arange(6) // 2
    groups = np.array([GROUPS.index("params"), GROUPS.index("flops"), GROUPS.index("depth")])[groups]
    straight = features @ np.array([1.0, -1.0, 0.5, 0.2, 0.0, 0.0]) + 0.05 * rng.normal(size=60)
    assert math.isinf(fit(features, straight, groups)[1])
    assert math.isfinite(fit(features, 1 - np.exp(-1.5 * straight), groups)[1])


def made_scales() -> Scales:
    return Scales(weights=np.full(3, 0.2), curvature=0.0, rough=0.5, reach=0.7, noise=0.05)


def test_the_posterior_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    features, values, new = rng.normal(size=(40, 6)), rng.normal(size=40), rng.normal(size=(10, 6))
    groups, scales = np.arange(6) // 2, made_scales()
    # our stationary part is over the same weighted distance: scaled inputs give scikit-learn the plain kernels
    scaled, scaled_new = features * np.sqrt(0.2), new * np.sqrt(0.2)
    theirs = GaussianProcessRegressor(
        ConstantKernel(CONSTANT) + DotProduct(sigma_0=0) + ConstantKernel(0.5) * RBF(np.sqrt(0.7)),
        alpha=0.05 + JITTER,
        optimizer=None,
        normalize_y=True,
    ).fit(scaled, values)
    mean, sd = condition(features, values, groups, scales).mean_and_sd(new)
    expected_mean, expected_sd = theirs.predict(scaled_new, return_std=True)
    np.testing.assert_allclose(mean, expected_mean, rtol=1e-6)
    np.testing.assert_allclose(sd, expected_sd, rtol=1e-5)


def test_the_gradient_of_the_likelihood_is_that_of_differences() -> None:
    rng = np.random.default_rng(1)
    features, target, groups = rng.normal(size=(25, 6)), rng.normal(size=25), np.arange(6) // 2
    vector = np.log([0.1, 0.5, 0.9, 0.3, 0.5, 1.2, 0.2])

    def loss(point: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        return _negative_log_likelihood(features, target, groups, Scales.of(point))[0]

    ours = _negative_log_likelihood(features, target, groups, Scales.of(vector))[1]
    np.testing.assert_allclose(ours, approx_fprime(vector, loss, 1e-6), atol=1e-4)


def test_fitted_scales_find_the_group_that_matters() -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(80, 6))
    values = features[:, 2] + 2 * features[:, 3] + 0.1 * rng.normal(size=80)
    prior = Scales(weights=np.full(3, 0.2), curvature=0.05, rough=0.5, reach=0.7, noise=0.05)
    weights = fit_scales(features, values, np.arange(6) // 2, prior, width=1.5, steps=50)[0].weights
    assert weights[1] > 5 * max(weights[0], weights[2])


def test_scales_are_fitted_again_at_growing_sizes() -> None:
    sizes = [fit_size(count) for count in range(3, 400)]
    assert sizes == sorted(sizes)
    assert all(count / 1.25 <= size <= count for count, size in zip(range(3, 400), sizes, strict=True))
    assert len(set(sizes)) < 35


def test_it_beats_random_search_with_a_fifth_of_the_evaluations() -> None:
    found = [search(PredictorSampler(space=MNASNET, seed=seed), MNASNET, 30).best_value for seed in range(3)]
    drawn = [search(RandomSearch(space=MNASNET, seed=seed), MNASNET, 150).best_value for seed in range(3)]
    assert min(found) > max(drawn)


def test_it_minimizes_where_the_study_does() -> None:
    study = optuna.create_study(direction="minimize", sampler=PredictorSampler(space=EFFICIENTNET, seed=0))
    for _ in range(25):
        trial = study.ask(dict(EFFICIENTNET.distributions))
        study.tell(trial, float(estimate_cost(EFFICIENTNET.decode(trial.params)).flops))
    rng = random.Random(0)
    drawn = [estimate_cost(EFFICIENTNET.sample(rng)).flops for _ in range(500)]
    assert study.best_value < min(drawn)


def test_workers_get_different_networks_and_a_worker_is_not_waited_for() -> None:
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 12)
    asked = [study.ask(dict(EFFICIENTNET.distributions)) for _ in range(8)]
    assert len({EFFICIENTNET.decode(trial.params).key for trial in asked}) == 8


def test_a_running_network_is_taken_as_known_and_not_only_as_taken() -> None:
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 20)
    first, second = (study.ask(dict(EFFICIENTNET.distributions)) for _ in range(2))
    differing = sum(first.params[name] != second.params[name] for name in first.params)
    assert differing > 1


def test_limits_are_learned_from_what_broke_them() -> None:
    costs = np.array([[100.0, 5.0, 1.0], [200.0, 2.0, 1.0], [300.0, 4.0, 1.0]])
    limits = learn_limits(costs, [{"max_flops": -0.5}, {"max_flops": -0.1}, {"max_flops": 0.2}])
    asked = np.array([[299.0, 9.0, 1.0], [300.0, 1.0, 1.0], [600.0, 9.0, 9.0]])
    over = excess(asked, limits)
    assert over[0] == 0
    assert over[1] > 0
    assert over[2] == pytest.approx(math.log(2))


def test_a_limit_that_two_figures_explain_holds_only_for_both() -> None:
    costs = np.array([[100.0, 1.0], [300.0, 4.0]])
    limits = learn_limits(costs, [{"limit": -0.5}, {"limit": 0.2}])
    assert (excess(np.array([[400.0, 2.0], [200.0, 5.0], [400.0, 5.0]]), limits) > 0).tolist() == [False, False, True]


def test_a_limit_that_cost_does_not_explain_limits_nothing() -> None:
    costs = np.array([[100.0, 1.0], [300.0, 4.0]])
    limits = learn_limits(costs, [{"latency": 0.5}, {"latency": -0.2}])
    assert excess(np.array([[400.0, 5.0]]), limits)[0] == 0


def test_a_tight_limit_is_kept_once_it_is_known() -> None:
    limit = 150e6  # 0.3 % of random networks
    study = optuna.create_study(direction="maximize", sampler=PredictorSampler(space=EFFICIENTNET, seed=0))
    within = []
    for _ in range(60):
        trial = study.ask(dict(EFFICIENTNET.distributions))
        flops = estimate_cost(EFFICIENTNET.decode(trial.params)).flops
        trial.set_constraint("max_flops", flops / limit - 1)
        within.append(flops <= limit)
        if within[-1]:
            study.tell(trial, made_reward(EFFICIENTNET, trial.params))
        else:
            study.tell(trial, state=TrialState.PRUNED)
    assert sum(within[30:]) >= 20


def test_the_best_by_posterior_is_not_the_luckiest() -> None:
    rng = random.Random(0)
    study = search(PredictorSampler(space=EFFICIENTNET, seed=0), EFFICIENTNET, 25)
    worst = min(study.trials, key=lambda trial: trial.value or 0.0)
    close = EFFICIENTNET.encode(EFFICIENTNET.mutate(EFFICIENTNET.decode(worst.params), rng))
    lucky = study.best_value + 1e-4
    study.add_trial(optuna.create_trial(params=close, distributions=EFFICIENTNET.distributions, value=lucky))
    assert study.best_trial.number == 25
    assert best_by_posterior(study, EFFICIENTNET).number != 25


def test_the_best_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no trial has finished"):
        best_by_posterior(optuna.create_study(direction="maximize"), EFFICIENTNET)


@pytest.mark.parametrize("settings", [{"initial": 0}, {"optimism": (-1.0, 2.0)}, {"optimism": (3.0, 2.0)}])
def test_a_setting_out_of_range_is_told(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"^{next(iter(settings))}: got"):
        PredictorSampler(space=EFFICIENTNET, seed=0, **settings)


def test_every_group_has_a_name() -> None:
    assert set(Featurizer(MNASNET).groups) <= set(range(len(GROUPS)))
    assert len(set(GROUPS)) == len(GROUPS)
