"""What is reckoned and refused without a Ray; test_ray_tune starts one."""

from __future__ import annotations

import random
import socket

import pytest

from search_spaces.errors import InvalidInput
from trials.engines.ray_session import connected, fitting
from trials.experiment import Compute


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
