from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from rich.console import Console

from nas.calibrate.exponents import calibrate, calibrate_experiment
from nas.calibrate.screen import print_calibration
from nas.config import NasExperiment, load_nas_experiment
from nas.search.run import run_search
from search_spaces import InvalidInput
from trials.reward import Reward
from trials.statistics import front_mask
from trials.study.report import pareto_front


def test_a_power_law_is_found_exactly_whatever_lies_below_it() -> None:
    costs = np.geomspace(100e6, 800e6, 60)
    best = 0.5 * (costs / 100e6) ** 0.08
    below = best * np.random.default_rng(0).uniform(0.8, 0.99, 60)
    found = calibrate(np.concatenate([costs, costs * 1.001]), np.concatenate([best, below]))
    assert found.overall.w == pytest.approx(-0.08)
    assert found.overall.low < -0.08 < found.overall.high
    alone = calibrate(costs, best).overall
    assert (alone.low, alone.high) == pytest.approx((-0.08, -0.08))
    assert found.overall.doubling == pytest.approx(2**0.08 - 1)


def test_each_octave_has_its_own_exponent() -> None:
    # MnasNet's own example: 5 % for twice the cost is about -0.07
    costs = np.concatenate([np.geomspace(100e6, 200e6, 20, endpoint=False), np.geomspace(200e6, 400e6, 20)[:-1]])
    accuracies = np.where(costs < 200e6, 0.5 * (costs / 200e6) ** 0.3, 0.5 * (costs / 200e6) ** 0.07)
    found = calibrate(costs, accuracies)
    assert [octave.low_cost for octave in found.octaves] == [100e6, 200e6]
    assert [octave.w for octave in found.octaves] == pytest.approx([-0.3, -0.07])
    assert found.octaves[1].doubling == pytest.approx(0.05, abs=0.001)
    assert [octave.trials for octave in found.octaves] == [20, 19]


def test_every_network_lies_in_one_octave() -> None:
    generator = np.random.default_rng(1)
    costs = np.concatenate([generator.uniform(1, 50, 100), [1.5, 3.0, 6.0, 12.0]])
    found = calibrate(costs, generator.uniform(0.2, 0.9, 104), anchor=6.0)
    assert sum(octave.trials for octave in found.octaves) == found.overall.trials == 104
    assert sum(octave.on_front for octave in found.octaves) == found.overall.on_front


def test_the_interval_says_how_sure_the_fit_is() -> None:
    def width(networks: int) -> float:
        generator = np.random.default_rng(2)
        costs = generator.uniform(100e6, 800e6, networks)
        accuracies = 0.5 * (costs / 100e6) ** 0.08 * np.exp(-generator.exponential(0.05, networks))
        overall = calibrate(costs, accuracies).overall
        assert overall.low < overall.w < overall.high
        return overall.high - overall.low

    assert width(3000) < width(60)


def test_the_soft_reward_is_level_along_the_front_with_the_fitted_exponent() -> None:
    costs = np.geomspace(100e6, 800e6, 30)
    found = calibrate(costs, 0.4 * (costs / 100e6) ** 0.12)
    reward = Reward(w=found.overall.w)
    values = [reward(0.4 * (cost / 100e6) ** 0.12, cost) for cost in costs]
    assert values == pytest.approx([values[0]] * len(values))


def test_the_front_is_that_of_the_report() -> None:
    generator = np.random.default_rng(3)
    costs, accuracies = generator.integers(1, 30, 200).astype(float), generator.integers(1, 40, 200) / 40
    rows = {"number": range(200), "state": "complete", "duplicate_of": np.nan}
    table = pd.DataFrame({**rows, "flops": costs, "val_accuracy": accuracies})
    expected = pareto_front(table)
    mask = front_mask(costs, accuracies)
    assert sorted(zip(costs[mask], accuracies[mask], strict=True)) == list(
        zip(expected["flops"], expected["val_accuracy"], strict=True)
    )


def test_too_small_a_front_is_refused() -> None:
    with pytest.raises(InvalidInput, match="2 networks"):
        calibrate(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.6, 0.4]))


def test_networks_without_an_accuracy_are_left_out() -> None:
    costs = np.array([1.0, 2.0, 4.0, 8.0, 3.0, 5.0])
    found = calibrate(costs, np.array([0.4, 0.5, 0.6, 0.7, 0.0, np.nan]))
    assert found.overall.trials == 4


def searched(folder: Path) -> NasExperiment:
    entry = {
        "objective": {"python": "tests.objectives:by_size"},
        "nas": {"trials": 40, "sampler": "random", "references": ["efficientnet-b0"]},
    }
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": entry}))
    settings = load_nas_experiment("try", path)
    run_search(settings, folder / "results", console=Console(quiet=True), command="test")
    return settings


@pytest.mark.slow
def test_the_trials_of_a_study_are_what_is_fitted(tmp_path: Path) -> None:
    settings = searched(tmp_path)
    found = calibrate_experiment(settings, tmp_path / "results")
    trials = pd.read_csv(tmp_path / "results" / "try" / "nas" / "trials.csv")
    trials = trials[(trials["state"] == "complete") & trials["duplicate_of"].isna()]
    expected = calibrate(trials["flops"].to_numpy(float), trials["val_accuracy"].to_numpy(float))
    assert found.overall.w == pytest.approx(expected.overall.w)
    assert found.overall.w < 0
    console = Console(record=True, width=100)
    print_calibration(console, found, settings)
    assert f"--set reward.w={found.overall.w:.3f}" in console.export_text()


def test_a_cost_nobody_measured_is_refused(tmp_path: Path) -> None:
    searched(tmp_path)
    settings = NasExperiment(name="try", reward=Reward(cost="latency_ms"))
    with pytest.raises(InvalidInput, match="latency_ms"):
        calibrate_experiment(settings, tmp_path / "results")
