"""Networks drawn from a policy that is kept with shared weights."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import optuna
import pytest

from nas.samplers.trained_policy import TrainedPolicy, trained_policy
from search_spaces import InvalidInput
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from tests.trials.objectives.shared.test_scoring import ROUTES, SPACE, tiny_supernet
from trials.experiment import Experiment, Limits
from trials.objectives.shared.artifact import save_supernet

POLICY = {
    "stages.0.depth": [0.1, 0.2, 0.7],
    "stages.0.expansion_ratio": [0.9, 0.1],
    "stages.1.depth": [0.3, 0.5, 0.2],
    "stages.1.expansion_ratio": [0.0, 1.0],
}
LIKELIEST = {"stages.0.depth": 3, "stages.0.expansion_ratio": 1, "stages.1.depth": 2, "stages.1.expansion_ratio": 3}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    save_supernet(tiny_supernet(), ROUTES, {}, tmp_path / "weights", POLICY)
    return tmp_path / "weights"


def proposed(sampler: TrainedPolicy, trials: int) -> list[Architecture]:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=sampler)
    networks = []
    for _ in range(trials):
        trial = study.ask(SPACE.distributions)
        networks.append(SPACE.decode(trial.params))
        study.tell(trial, 0.0)
    return networks


def test_the_most_probable_network_comes_first_and_none_twice(weights: Path) -> None:
    networks = proposed(TrainedPolicy(space=SPACE, seed=0, weights=weights), 12)
    assert networks[0] == SPACE.decode(LIKELIEST)
    assert len({network.key for network in networks}) == 12
    assert networks == proposed(TrainedPolicy(space=SPACE, seed=0, weights=weights), 12)
    assert networks[1:] != proposed(TrainedPolicy(space=SPACE, seed=1, weights=weights), 12)[1:]


def test_the_others_are_drawn_as_often_as_the_policy_says(weights: Path) -> None:
    seconds = [proposed(TrainedPolicy(space=SPACE, seed=seed, weights=weights), 2)[1] for seed in range(150)]
    distinct = [network for network in seconds if network.stages[0].expansion_ratio == 1]  # others are written as 1, n
    depths = Counter(network.stages[0].depth for network in distinct)
    assert depths[3] > depths[2] > depths[1] > 0
    assert all(network.stages[-1].expansion_ratio == 3 for network in seconds)


def test_networks_over_the_limits_are_not_proposed_while_others_can_be_drawn(weights: Path) -> None:
    most = estimate_cost(SPACE.decode(LIKELIEST)).params - 1
    experiment = Experiment(seed=0, limits=Limits(max_params=most))
    networks = proposed(trained_policy(experiment, SPACE, weights), 5)
    assert all(estimate_cost(network).params <= most for network in networks)
    assert networks[0].stages[0].depth == 3  # the most probable one that fits: only its second stage is shallower


def test_where_nothing_fits_it_proposes_all_the_same(weights: Path) -> None:
    sampler = TrainedPolicy(space=SPACE, seed=0, weights=weights, fits=lambda _: False)
    assert proposed(sampler, 2)[0] == SPACE.decode(LIKELIEST)


def test_weights_without_a_policy_are_refused(tmp_path: Path) -> None:
    save_supernet(tiny_supernet(), ROUTES, {}, tmp_path / "weights")
    with pytest.raises(InvalidInput, match="probability"):
        proposed(TrainedPolicy(space=SPACE, seed=0, weights=tmp_path / "weights"), 1)
