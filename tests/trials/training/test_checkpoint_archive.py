"""Checkpoints that would grow when they are read, or name more than tensors: refused before torch reads them."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from search_spaces.errors import InvalidInput
from trials.training.checkpoint_archive import require_no_more, require_sound

MOST = 1 << 20


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.pt"
    tensors = {
        str(kind): torch.zeros(3, dtype=kind) for kind in (torch.float32, torch.int64, torch.float16, torch.bool)
    }
    torch.save({"a": [1, 2.5, None, "text", True], "network": torch.nn.Linear(2, 2).state_dict(), **tensors}, path)
    return path


def rewritten(path: Path, content: bytes | None = None, compression: int = zipfile.ZIP_STORED) -> None:
    """Write the archive anew, with another pickle or compressed."""
    with zipfile.ZipFile(path) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, content if content is not None and name.endswith("data.pkl") else part)


def test_what_torch_saves_is_sound(saved: Path) -> None:
    require_sound(saved, MOST)
    rewritten(saved)
    require_sound(saved, MOST)


def test_compressed_parts_are_refused(saved: Path) -> None:
    rewritten(saved, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="compressed"):
        require_sound(saved, MOST)


def test_more_than_is_expected_is_refused(saved: Path) -> None:
    with pytest.raises(InvalidInput, match="at most 100 bytes"):
        require_sound(saved, 100)


class Called:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
@pytest.mark.parametrize("what", [Called(bytearray, 6 * 10**9), Called(Path, "x"), Called(torch.zeros, 10**9)])
def test_names_that_make_no_tensors_are_refused(saved: Path, what: Any, protocol: int) -> None:
    rewritten(saved, pickle.dumps({"a": what}, protocol=protocol))
    with pytest.raises(ValueError, match=r"it (names|says) "):
        require_sound(saved, MOST)


def test_a_tensor_that_stands_for_more_than_it_holds_is_counted() -> None:
    ring: list[Any] = [torch.zeros(1).expand(10**6)]
    ring.append({"again": ring})
    require_no_more(ring, 4 * 10**6)
    with pytest.raises(ValueError, match="stand for 4000000 bytes"):
        require_no_more(ring, 10**6)
