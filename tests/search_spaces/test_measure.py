"""What fvcore counts, what it leaves out, and that we notice."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from search_spaces import measure
from search_spaces.architecture import Activation, Architecture, Head, Stage, Stem
from search_spaces.measure import measure_cost, measure_latency


def _small(activation: Activation = "silu") -> Architecture:
    return Architecture(
        resolution=(9, 14),
        stem=Stem(width=8),
        stages=(Stage(op="mbconv", stride=2, expansion_ratio=3, se_ratio=0.25, skip="pool", width=12, depth=2),),
        head=Head(width=None),
        activation=activation,
    )


def test_the_table_of_operators_adds_up() -> None:
    cost = measure_cost(_small(), num_classes=10)
    assert set(cost.by_operator) == {"conv", "linear", "batch_norm", "adaptive_avg_pool2d"}
    assert sum(cost.by_operator.values()) == cost.fvcore_total
    assert cost.flops == cost.by_operator["conv"] + cost.by_operator["linear"]
    assert cost.by_operator["linear"] == 12 * 10


def test_batch_norm_counts_two_per_element_as_in_evaluation() -> None:
    cost = measure_cost(replace(_small(), stages=(Stage(op="conv", width=8, depth=1),)))
    assert cost.by_operator["batch_norm"] == 2 * 2 * 8 * 5 * 7


@pytest.mark.parametrize(
    ("activation", "operator"),
    [("silu", "aten::silu"), ("relu", None), ("relu6", "aten::hardtanh"), ("hardswish", "aten::hardswish")],
)
def test_what_fvcore_leaves_out_is_listed(activation: Activation, operator: str | None) -> None:
    left_out = {"aten::sigmoid", "aten::mul", "aten::add", "aten::avg_pool2d", "aten::pad", operator} - {None}
    assert set(measure_cost(_small(activation)).unsupported_operators) == left_out


def test_an_operator_nobody_expected_does_not_pass_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "EXPECTED_UNSUPPORTED", measure.EXPECTED_UNSUPPORTED - {"aten::silu"})
    with pytest.raises(AssertionError, match="aten::silu"):
        measure_cost(_small())


def test_counting_draws_no_random_number_and_restores_threads() -> None:
    torch.set_num_threads(2)
    state = torch.get_rng_state()
    measure_cost(_small())
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == 2


def test_latency_is_a_positive_number_of_milliseconds() -> None:
    latency_ms = measure_latency(_small(), num_classes=10, repeats=3, batch_size=2)
    assert math.isfinite(latency_ms) and latency_ms > 0
