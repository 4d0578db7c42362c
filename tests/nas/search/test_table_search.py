import random
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.study import Study
from optuna.trial import FrozenTrial
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.samplers import SAMPLERS
from nas.samplers.space_sampler import SpaceSampler
from nas.search.run import run_search
from nas.search.table_search import RowSampler, choice_table, measured_networks, regrets, row_values, search_rows
from search_spaces import Architecture, InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.search_space import Parameters
from tests.trials.objectives.benchmark.rows import published_row, write_archive
from trials.experiment import Limits, ObjectiveConfig
from trials.objectives.benchmark.table import BenchmarkTable, flops_of, load_table
from trials.reward import Reward


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {f"result_{seed}.json": published_row(seed) for seed in range(120)}
    return write_archive(tmp_path_factory.mktemp("anb") / "rows.tar.gz", rows)


@pytest.fixture(scope="module")
def table(archive: Path) -> BenchmarkTable:
    return load_table(archive)


def test_a_search_of_all_rows_sees_each_once_and_ends_without_regret(table: BenchmarkTable) -> None:
    values = row_values(table, Reward())
    rows = search_rows(table, values, SAMPLERS["random"], seed=0, evaluations=500)
    assert sorted(rows) == list(range(len(table)))
    regret = regrets(values, rows)
    assert regret[-1] == 0
    assert (np.diff(regret) <= 0).all()


def test_rows_above_the_limit_are_never_evaluated(table: BenchmarkTable) -> None:
    flops = flops_of(table.architectures)
    limit = float(np.median(flops))
    values = row_values(table, Reward(), Limits(max_flops=limit))
    rows = search_rows(table, values, SAMPLERS["evolution"], seed=0, evaluations=200)
    assert set(rows) == set(np.flatnonzero(flops <= limit))


@pytest.mark.parametrize("sampler", ["random", "predictor"])
def test_equal_seeds_search_alike(table: BenchmarkTable, sampler: str) -> None:
    values = row_values(table, Reward())
    first, again = (search_rows(table, values, SAMPLERS[sampler], seed=1, evaluations=25) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_what_a_row_told_guides_the_search(table: BenchmarkTable) -> None:
    # accuracy grows with depth in the made rows, so a model that learns needs fewer of them than chance does
    values = row_values(table, lambda accuracy, _flops: accuracy)
    mean = {
        name: np.mean(
            [values[search_rows(table, values, SAMPLERS[name], seed=seed, evaluations=30)].mean() for seed in range(3)]
        )
        for name in ("random", "predictor")
    }
    assert mean["predictor"] > mean["random"] + 0.005


def test_the_choices_of_a_row_are_read_back(table: BenchmarkTable) -> None:
    positions = choice_table(table.space, [table.architectures[5]])[0]
    parameters = {
        choice.name: choice.options[position] for choice, position in zip(table.space.choices, positions, strict=True)
    }
    assert table.space.decode(parameters).key == table.architectures[5].key


class Fixed(SpaceSampler):
    aim: Architecture

    def propose(self, study: Study, trial: FrozenTrial, rng: random.Random) -> Parameters:  # noqa: ARG002
        return self.space.encode(self.aim)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_can_search_rows(table: BenchmarkTable, sampler: str) -> None:
    values = row_values(table, Reward())
    rows = search_rows(table, values, SAMPLERS[sampler], seed=0, evaluations=25)
    assert len(set(rows)) == 25


def test_nsga2_breeds_from_the_rows_it_was_shown(table: BenchmarkTable) -> None:
    # trials that were not its own proposals would belong to no generation, and it would draw at random for ever
    sampler = RowSampler(
        space=table.space,
        seed=0,
        inner=SAMPLERS["nsga2"](space=table.space, seed=0),
        networks=table.architectures,
    )
    study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
    for number in range(45):
        trial = study.ask(dict(table.space.distributions))
        study.tell(trial, [number / 45, random.Random(number).random()])
    kept = [trial.system_attrs for trial in study.trials]
    (name,) = {name for attributes in kept for name in attributes if name.endswith("generation")}
    generations = [attributes[name] for attributes in kept]
    assert [generations.count(generation) for generation in range(3)] == [20, 20, 5]


def test_a_proposal_becomes_the_nearest_row_that_is_new(table: BenchmarkTable) -> None:
    space = table.space
    networks = table.architectures[:30]
    aim = networks[7]
    inner = Fixed(space=space, seed=0)
    inner.aim = aim
    study = optuna.create_study(sampler=RowSampler(space=space, seed=0, inner=inner, networks=networks))
    options = choice_table(space, networks)
    distances = (options != options[7]).sum(axis=1)
    shown = []
    for _ in networks:
        trial = study.ask(dict(space.distributions))
        study.tell(trial, 0.0)
        shown.append(space.decode(trial.params).key)
    assert shown[0] == aim.key
    assert sorted(shown) == sorted(network.key for network in networks)
    position = {network.key: row for row, network in enumerate(networks)}
    assert (np.diff([distances[position[key]] for key in shown]) >= 0).all()


def test_only_rows_within_the_limits_and_the_space_are_searched(table: BenchmarkTable) -> None:
    limit = float(np.median(flops_of(table.architectures)))
    kept = measured_networks(table, table.space, Limits(max_flops=limit), estimate_cost)
    inside = [network for network in table.architectures if estimate_cost(network).flops <= limit]
    assert {network.key for network in kept} == {network.key for network in inside}
    with pytest.raises(InvalidInput, match="none of the 120 measured networks"):
        measured_networks(table, table.space, Limits(max_flops=1e6), estimate_cost)


@pytest.mark.parametrize("sampler", ["evolution", "nsga2"])
def test_a_run_in_table_mode_evaluates_rows_alone_and_resumes(
    archive: Path, table: BenchmarkTable, sampler: str, tmp_path: Path
) -> None:
    limit = int(np.median(flops_of(table.architectures)))
    measured = {network.key: table.figures["val_accuracy"][row] for row, network in enumerate(table.architectures)}
    inside = [network.key for network in table.architectures if estimate_cost(network).flops <= limit]

    def run(folder: str, trials: int) -> pd.DataFrame:
        experiment = NasExperiment(
            name="try",
            objective=ObjectiveConfig(benchmark="accel-nasbench", path=str(archive), mode="table"),
            limits=Limits(max_flops=limit),
            nas=NasConfig(sampler=sampler, trials=trials, references=()),
        )
        with (tmp_path / "shown.txt").open("w") as stream:
            console = Console(file=stream, width=200)
            result = run_search(experiment, tmp_path / folder, console=console, command="test")
        return result.candidates

    whole = run("whole", 1000)  # ends early, with every row evaluated once and none rejected
    assert (whole["state"] == "complete").all()
    assert sorted(whole["key"]) == sorted(inside)
    assert whole["val_accuracy"].to_list() == [measured[key] for key in whole["key"]]
    assert f"{len(inside)} measured networks of efficientnet within the limits" in (tmp_path / "shown.txt").read_text()
    run("parts", 12)
    parts = run("parts", 30)
    assert parts["key"].to_list() == whole["key"].to_list()[:30]
