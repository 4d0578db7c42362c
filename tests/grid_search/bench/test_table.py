from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grid_search.bench.table import table_problem
from search_spaces.errors import InvalidInput
from tests.grid_search.bench.tables import made_up_table


def test_a_constant_column_is_no_axis(tmp_path: Path) -> None:
    one = table_problem(made_up_table(tmp_path), target=2.0, baseline="0.75,160")
    assert one.axes == ("width", "resolution")
    assert len(one.shapes) == 20
    np.testing.assert_allclose(one.cost_model.linear, [1.8, 2.0], atol=1e-6)
    place = int(np.argmin(np.abs(one.shapes).sum(axis=1)))
    assert (one.costs[place], one.accuracies[place]) == (1, pytest.approx(66))


def test_the_truth_follows_the_rows(tmp_path: Path) -> None:
    one = table_problem(made_up_table(tmp_path), target=2.0)
    np.testing.assert_allclose(one.truth(one.shapes), one.accuracies)


def test_shares_become_percent_and_a_missing_cost_the_nominal_product(tmp_path: Path) -> None:
    path = made_up_table(tmp_path, accuracy=np.linspace(0.4, 0.8, 20), cost=None, depth=None)
    one = table_problem(path, target=2.0)
    assert one.accuracies.max() == pytest.approx(80)
    np.testing.assert_allclose(one.cost_model.linear, [2.0, 2.0], atol=1e-6)


@pytest.mark.parametrize(
    ("columns", "options", "key"),
    [
        ({}, {"baseline": "0.6,160"}, "--baseline"),
        ({}, {"baseline": "small"}, "--baseline"),
        ({}, {"accuracy": "top1"}, "--accuracy"),
        ({}, {"cost": "seconds"}, "--cost"),
        ({"width": None, "resolution": None}, {}, "networks.csv"),
        ({"cost": [0.0] * 20}, {}, "networks.csv: cost"),
        ({"accuracy": ["good"] * 20}, {}, "networks.csv: accuracy"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, columns: dict[str, object], options: dict[str, str], key: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        table_problem(made_up_table(tmp_path, **columns), target=2.0, **options)
    assert caught.value.key.endswith(key)


def test_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--data"):
        table_problem(tmp_path / "none.csv", target=2.0)
