from __future__ import annotations

import random
import socket

import pytest

from search_spaces.errors import InvalidInput
from trials.engines import open_engine
from trials.engines.ray_session import connected, fitting
from trials.experiment import Compute

"""What is reckoned and refused without a Ray; test_ray_tune starts one."""


def test_as_many_shares_fit_as_can_be_taken_away() -> None:
    rng = random.Random(0)
    for _ in range(200):
        wanted = {"CPU": rng.randint(1, 4), "GPU": rng.randint(1, 3)}
        there = {"CPU": rng.randint(0, 16), "GPU": rng.randint(0, 8)}
        left, count = dict(there), 0
        while all(left[name] >= amount for name, amount in wanted.items()):
            left = {name: left[name] - amount for name, amount in wanted.items()}
            count += 1
        assert fitting(wanted, there) == count


def test_fractions_that_add_up_to_the_whole_fit() -> None:
    assert [fitting({"GPU": 1 / parts}, {"GPU": 1.0}) for parts in range(1, 50)] == list(range(1, 50))


def test_where_nothing_listens_it_is_said_at_once_and_with_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"  # bound, but nobody listens
        with pytest.raises(InvalidInput, match=rf"compute\.address: got '{address}', .*a Ray cluster that answers"):
            connected(Compute(address=address)).__enter__()


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
