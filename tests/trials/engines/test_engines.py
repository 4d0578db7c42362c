from __future__ import annotations

import math
from typing import Any

import pytest

from search_spaces.errors import InvalidInput
from search_spaces.validation import validated
from trials.engines import as_evaluated, local, open_engine
from trials.experiment import Compute, Experiment


def test_without_a_wish_candidates_run_in_this_process() -> None:
    with open_engine(Compute()) as run:
        assert run is local.run


def test_inline_is_local_to_an_engine() -> None:
    with open_engine(Compute(engine="inline")) as run:
        assert run is local.run
    assert as_evaluated(Experiment(compute=Compute(engine="inline"))).compute.threads is None


def test_more_than_one_at_a_time_implies_ray() -> None:
    assert Compute().chosen_engine == Compute(concurrency=1, resources={"CPU": 2}).chosen_engine == "local"
    assert Compute(concurrency=2).chosen_engine == Compute(address="auto").chosen_engine == "ray"


def test_threads_of_a_worker_come_from_its_share() -> None:
    assert Compute().worker_threads == Compute(resources={"CPU": 0.5}).worker_threads == 1
    assert Compute(resources={"CPU": 2.5, "GPU": 1}).worker_threads == 2
    assert Compute(threads=3, resources={"CPU": 1}).worker_threads == 3
    assert as_evaluated(Experiment(compute=Compute(concurrency=2))).compute.threads == 1
    assert as_evaluated(Experiment()).compute.threads is None


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"engine": "local", "concurrency": 2}, "concurrency"),
        ({"engine": "local", "address": "auto"}, "address"),
        ({"engine": "inline", "concurrency": 2}, "concurrency"),
        ({"concurrency": 0}, "concurrency"),
        ({"threads": 0}, "threads"),
        ({"resources": {}}, "resources"),
        ({"resources": {"CPU": 0}}, "resources.CPU"),
        ({"resources": {"GPU": math.inf}}, "resources.GPU"),
    ],
)
def test_settings_that_no_engine_can_have(settings: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Compute, settings)
    assert caught.value.key == key
