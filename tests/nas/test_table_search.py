import numpy as np
import pytest

from nas.samplers import SAMPLERS
from nas.table_search import choice_table, regrets, row_values, search_rows
from tests.trials.test_tabular import published_row, write_archive
from trials.experiment import Limits
from trials.reward import Reward
from trials.tabular import BenchmarkTable, flops_of, load_table


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> BenchmarkTable:
    rows = {f"result_{seed}.json": published_row(seed) for seed in range(120)}
    return load_table(write_archive(tmp_path_factory.mktemp("anb") / "rows.tar.gz", rows))


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
