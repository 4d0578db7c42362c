from __future__ import annotations

import pytest

from grid_search.maps.result import Seen, seen_table

pytestmark = pytest.mark.slow


def test_the_table_has_a_row_for_each_network_and_picture(drawn: Seen) -> None:
    table = seen_table(drawn)
    assert len(table) == 5 * 24
    assert list(table["network"].unique()) == ["baseline", "depth only", "width only", "resolution only", "compound"]
    means = table.groupby("network")["inside"].mean()
    assert {merit.role: merit.mean for merit in drawn.merits} == pytest.approx(means.to_dict())
    assert table["right"].mean() > 0.9
    assert table["area"].between(0.1, 0.12).all()


def test_sharper_networks_have_finer_maps(drawn: Seen) -> None:
    assert dict(drawn.sides) == {
        "baseline": 6,
        "depth only": 6,
        "width only": 6,
        "resolution only": drawn.sides[3][1],
        "compound": 7,
    }
    assert drawn.sides[3][1] > 7
