from __future__ import annotations

from dataclasses import replace

import pytest

from grid_search.family.regularization import ramp_dropout
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference

B0 = reference("efficientnet-b0")


@pytest.mark.parametrize("index", range(8))
def test_published_networks_get_their_published_dropout(index: int) -> None:
    published = reference(f"efficientnet-b{index}")
    ratio = estimate_cost(published).flops / estimate_cost(B0).flops
    assert ramp_dropout(B0, ratio).dropout == published.dropout == round(0.2 + 0.3 * index / 7, 1)


def test_beyond_b7_dropout_stays() -> None:
    assert ramp_dropout(B0, 1233).dropout == reference("efficientnet-l2").dropout


def test_below_the_baseline_dropout_stays() -> None:
    assert ramp_dropout(B0, 0.1).dropout == 0.2


def test_a_baseline_without_dropout_stays_without() -> None:
    bare = replace(B0, dropout=0.0)
    assert ramp_dropout(bare, 50) == bare


def test_drop_path_does_not_change() -> None:
    assert ramp_dropout(B0, 50).drop_path == B0.drop_path
