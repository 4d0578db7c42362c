from pathlib import Path

import numpy as np
import pytest

from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.objectives.benchmark.modes import benchmark_objective, load_surrogate
from trials.objectives.benchmark.surrogate import label_noise, split_halves
from trials.objectives.benchmark.table import BenchmarkTable


def test_table_mode_answers_for_measured_networks_only(data: Path, table: BenchmarkTable) -> None:
    objective = benchmark_objective(data, mode="table")
    measured = table.architectures[3]
    assert objective(measured, 7)["val_accuracy"] == table.figures["val_accuracy"][3]
    with pytest.raises(InvalidInput, match="one of the 200 measured networks"):
        objective(reference("efficientnet-b0"), 0)


@pytest.mark.slow
def test_the_surrogate_predicts_the_half_it_never_saw(data: Path, table: BenchmarkTable) -> None:
    unseen = split_halves(len(table), 0)[1]
    predicted = load_surrogate(data).predict([table.architectures[i] for i in unseen])["val_accuracy"]
    truth = table.figures["val_accuracy"][unseen]
    assert 1 - np.mean((predicted - truth) ** 2) / truth.var() > 0.5


@pytest.mark.slow
def test_the_search_half_is_noisy_and_asking_twice_changes_nothing(data: Path) -> None:
    b0 = reference("efficientnet-b0")
    plain = benchmark_objective(data, noise=0.0)(b0, 0)["val_accuracy"]
    noisy = benchmark_objective(data, run_seed=1)
    assert noisy(b0, 0) == noisy(b0, 99)
    assert noisy(b0, 0)["val_accuracy"] - plain == pytest.approx(label_noise(1, b0, 0.0026))
    assert benchmark_objective(data, run_seed=2)(b0, 0) != noisy(b0, 0)
    assert benchmark_objective(data, half="score", run_seed=1)(b0, 0) == benchmark_objective(data, half="score")(b0, 1)


@pytest.mark.slow
def test_device_figures_can_be_asked_for(data: Path) -> None:
    objective = benchmark_objective(data, figures=("throughput_a100",))
    assert objective(reference("efficientnet-b0"), 0)["throughput_a100"] == pytest.approx(7098.657, rel=1e-3)
    with pytest.raises(InvalidInput, match=r"objective\.figures: got 'throughput_h100'.*throughput_a100"):
        benchmark_objective(data, figures=("throughput_h100",))


def test_a_network_of_another_space_is_refused(data: Path) -> None:
    with pytest.raises(InvalidInput, match="a point of efficientnet"):
        benchmark_objective(data)(reference("mobilenet-v2"), 0)
