from __future__ import annotations

import pytest
import torch

from search_spaces.threads import torch_threads


def test_threads_are_restored_after_an_error() -> None:
    torch.set_num_threads(2)
    with pytest.raises(RuntimeError), torch_threads(1):
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert torch.get_num_threads() == 2
