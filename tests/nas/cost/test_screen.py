from __future__ import annotations

from dataclasses import replace

from nas.cost.screen import print_cost
from search_spaces import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.measure import flop_counter_flops, measure_cost
from search_spaces.reference import reference
from search_spaces.task import Task
from tests.nas.screens import printed, row_of

SMALL = replace(reference("mobilenet-v2"), resolution=32)


def screen(architecture: Architecture, resolution: int | None = None) -> str:
    return printed(lambda console: print_cost(console, architecture, resolution=resolution, task=Task(num_classes=10)))


def test_each_row_holds_the_numbers_of_its_counter() -> None:
    text = screen(replace(SMALL, resolution=224), resolution=32)
    assert "mobilenet-v2 at 32 px, 10 classes, batch 1" in text
    estimated, measured = estimate_cost(SMALL, 10), measure_cost(SMALL, 10)
    rows = {name: row_of(text, name) for name in ("closed form", "fvcore", "torch FlopCounterMode / 2")}
    assert rows["closed form"] == [
        f"{number:,}" for number in (estimated.flops, estimated.params, estimated.activations)
    ]
    assert rows["fvcore"] == [f"{number:,}" for number in (measured.flops, measured.params, measured.activations)]
    assert rows["torch FlopCounterMode / 2"] == [f"{flop_counter_flops(SMALL, 10):,}", "-", "-"]


def test_what_is_too_large_to_run_has_the_closed_form_alone() -> None:
    deep = replace(SMALL, stages=(*SMALL.stages[:-1], replace(SMALL.stages[-1], depth=1_000)))
    text = screen(deep)
    assert "too large for the counters that run or build the network" in text
    assert "fvcore, with batch norm" not in text
    assert row_of(text, "closed form")[0] == f"{estimate_cost(deep, 10).flops:,}"
