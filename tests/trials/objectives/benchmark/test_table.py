import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from search_spaces.cost import estimate_cost
from tests.trials.objectives.benchmark.rows import PUBLISHED, published_row, write_archive
from trials.objectives.benchmark.table import BenchmarkTable, load_table


def test_a_published_row_gives_its_figures_and_the_published_parameter_count(tmp_path: Path) -> None:
    table = load_table(write_archive(tmp_path / "one.tar.gz", {"result_9.json": PUBLISHED}))
    (architecture,) = table.architectures
    assert estimate_cost(architecture).params == 2_431_208
    assert table.lookup(architecture) == {
        "val_accuracy": pytest.approx(0.57048),
        "train_seconds": pytest.approx(2188.6127145290375),
        "throughput_a100": pytest.approx(7098.657087676969),
    }


def test_a_folder_and_an_archive_say_the_same(tmp_path: Path, table: BenchmarkTable) -> None:
    for seed in range(200):
        (tmp_path / f"result_{seed}.json").write_text(json.dumps(published_row(seed)))
    folder = load_table(tmp_path)
    assert [a.key for a in folder.architectures] == [a.key for a in table.architectures]
    np.testing.assert_array_equal(folder.figures["val_accuracy"], table.figures["val_accuracy"])


def test_a_network_that_stands_twice_is_averaged(tmp_path: Path) -> None:
    again = {**PUBLISHED, "metrics": {"val_top1": 58.048, "train_time": 1.0}}
    table = load_table(write_archive(tmp_path / "two.tar.gz", {"a.json": PUBLISHED, "b.json": again}))
    assert (table.rows, len(table)) == (2, 1)
    assert table.lookup(table.architectures[0])["val_accuracy"] == pytest.approx(0.57548)


def test_the_activation_makes_no_difference(table: BenchmarkTable) -> None:
    relu = replace(table.architectures[0], activation="relu", dropout=0.0)
    assert table.lookup(relu) == table.lookup(table.architectures[0])
