"""Three counters that share no code agree on whatever a search space can draw."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from search_spaces.architecture import Architecture, Head, Stage, Stem
from search_spaces.cost import MOST_MEASURED_FLOPS, estimate_cost, is_measurable
from search_spaces.measure import flop_counter_flops, measure_cost
from search_spaces.reference import reference
from search_spaces.space_file import load_space, shipped_spaces

LARGEST_SIDE, NUM_CLASSES = 64, 10
SAMPLES = int(os.environ.get("COST_SAMPLES", "12"))  # of each space; 300 take minutes


@pytest.fixture
def frozen_heap() -> Iterator[None]:
    """Building many networks is twice as quick when the garbage collector does not walk through torch each time."""
    gc.freeze()
    yield
    gc.unfreeze()


def _draw(space_name: str, count: int) -> list[Architecture]:
    """Draw networks with sides of 1 to 64 px: odd and even, mostly not square."""
    space, rng = load_space(space_name), random.Random(space_name)
    return [
        replace(space.sample(rng), resolution=(rng.randint(1, LARGEST_SIDE), rng.randint(1, LARGEST_SIDE)))
        for _ in range(count)
    ]


def _disagreement(architecture: Architecture) -> str:
    """Return what the counters say where they differ, nothing where all agree."""
    closed = estimate_cost(architecture, NUM_CLASSES)
    measured = measure_cost(architecture, NUM_CLASSES)
    by_torch = flop_counter_flops(architecture, NUM_CLASSES)
    agree = (closed.flops, closed.params, closed.activations) == (
        measured.flops,
        measured.params,
        measured.activations,
    ) and by_torch == closed.flops
    return "" if agree else f"{architecture.key}: {closed} {measured} torch {by_torch}"


@pytest.mark.slow
@pytest.mark.usefixtures("frozen_heap")
@pytest.mark.parametrize("space_name", shipped_spaces())
def test_closed_form_fvcore_and_torch_agree_on_random_networks(space_name: str) -> None:
    networks = _draw(space_name, SAMPLES)
    assert len({network.key for network in networks}) == SAMPLES
    # fvcore's trace notes the Python stack at every operator: a thread's is short where pytest's is deep
    with ThreadPoolExecutor(max_workers=1) as pool:
        assert [text for text in pool.map(_disagreement, networks) if text] == []


def wide(network: Architecture) -> Architecture:
    return replace(network, resolution=32, stages=tuple(replace(stage, width=1_024) for stage in network.stages))


def large(network: Architecture) -> Architecture:
    return replace(network, resolution=2_048, stages=network.stages[:2])


def test_what_takes_more_memory_than_b7_is_not_run() -> None:
    b7 = reference("efficientnet-b7")
    assert is_measurable(b7, estimate_cost(b7))
    small = reference("mobilenet-v2")
    for change in (wide, large):
        changed = change(small)
        cost = estimate_cost(changed)
        assert cost.flops < MOST_MEASURED_FLOPS
        assert not is_measurable(changed, cost)


def test_stages_that_halve_alike_halve_one_after_the_other() -> None:
    halving = Stage(op="dsconv", stride=2, skip="pool", width=8, depth=1)
    network = Architecture(resolution=32, stem=Stem(width=8), stages=(halving, halving, halving), head=Head(width=None))
    assert _disagreement(network) == ""


@pytest.mark.parametrize("resolution", [1, 225, (97, 160)])
def test_the_counters_agree_on_b0_at_any_resolution(resolution: int | tuple[int, int]) -> None:
    assert _disagreement(replace(reference("efficientnet-b0"), resolution=resolution)) == ""


def test_input_channels_count() -> None:
    b0 = reference("efficientnet-b0")
    grey, colour = estimate_cost(b0, in_channels=1), estimate_cost(b0)
    assert colour.params - grey.params == 2 * 32 * 9
    assert colour.flops - grey.flops == 2 * 32 * 9 * 112 * 112
    assert grey.flops == flop_counter_flops(b0, in_channels=1)
