from __future__ import annotations

import pytest

from search_spaces.errors import InvalidInput
from trials.engines import open_engine
from trials.engines.ray_session import fitting
from trials.experiment import Compute


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:1", "127.0.0.1:99999", "ray://127.0.0.1:10001"])
def test_an_address_where_no_ray_answers_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match=r"compute\.address"), open_engine(Compute(address=address)):
        raise AssertionError("an engine at an address where nothing listens")


def test_the_client_of_ray_is_told_which_address_works() -> None:
    with pytest.raises(InvalidInput) as caught, open_engine(Compute(address="ray://10.0.0.1:10001")):
        raise AssertionError("an engine whose study would be on the cluster")
    assert str(caught.value) == (
        "compute.address: got 'ray://10.0.0.1:10001', accepted: auto, or the cluster's plain address, "
        "such as 10.0.0.1:6379; run the command on a machine of its network"
    )


def test_shares_of_resources_that_there_are() -> None:
    there = {"CPU": 8.0, "GPU": 1.0, "memory": 1e9}
    assert fitting({"CPU": 1, "GPU": 0.25}, there) == 4
    assert fitting({"CPU": 0.1}, {"CPU": 0.3}) == 3
    assert fitting({"TPU": 1}, there) == 0
