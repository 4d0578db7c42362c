from __future__ import annotations

import pytest
import torch

from tests.trials.tiny import CPU
from trials.training.isolation import epoch_seed, isolated


def test_threads_and_generator_end_as_they_were() -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    with isolated(CPU, threads + 1):
        assert torch.get_num_threads() == threads + 1
        torch.manual_seed(1)
        torch.rand(3)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_they_do_after_an_error_too() -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    with pytest.raises(ZeroDivisionError), isolated(CPU, threads + 1):
        torch.rand(3)
        raise ZeroDivisionError
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_without_a_number_the_threads_stay() -> None:
    threads = torch.get_num_threads()
    with isolated(CPU, None):
        assert torch.get_num_threads() == threads


def test_the_seed_of_an_epoch_is_the_same_for_ever() -> None:
    assert (epoch_seed(0, 1), epoch_seed(5, 3)) == (2918264622725855778, 4032576983210384345)


def test_seeds_of_epochs_are_apart_and_fit_torch() -> None:
    seeds = {epoch_seed(seed, epoch) for seed in range(20) for epoch in range(1, 101)}
    assert len(seeds) == 2000
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert torch.Generator().manual_seed(max(seeds)).initial_seed() == max(seeds)
