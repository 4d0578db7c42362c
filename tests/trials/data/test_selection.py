from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trials.data.selection import Selection

SOURCE = np.random.default_rng(0).integers(0, 256, (9, 3, 2, 4), dtype=np.uint8)
PLACES = np.array([8, 0, 5, 5])
WHOLE = torch.from_numpy(SOURCE)[PLACES]
SELECTION = Selection(SOURCE, PLACES)


@pytest.mark.parametrize("wanted", [torch.tensor([3, 0, 0]), torch.tensor([], dtype=torch.int64), slice(1, 3)])
def test_it_answers_as_a_tensor_of_its_images(wanted: torch.Tensor | slice) -> None:
    assert torch.equal(SELECTION[wanted], WHOLE[wanted])
    assert SELECTION[wanted].dtype == torch.uint8


def test_it_is_as_large_as_that_tensor() -> None:
    assert (len(SELECTION), SELECTION.shape, SELECTION.nbytes) == (4, tuple(WHOLE.shape), WHOLE.nbytes)
    assert SELECTION.device == WHOLE.device
    assert torch.equal(SELECTION.to("cpu"), WHOLE)


def test_what_is_taken_is_a_copy() -> None:
    SELECTION[:].fill_(0)
    SELECTION.to(torch.device("cpu")).fill_(0)
    assert torch.equal(SELECTION.to("cpu"), WHOLE)


def test_images_of_a_file_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", SOURCE)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    selection = Selection(mapped, PLACES)
    assert selection.source is mapped
    assert torch.equal(selection[torch.tensor([2])], WHOLE[2:3])
