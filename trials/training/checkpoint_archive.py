"""A checkpoint file looked at before torch reads it: no larger than it says, nothing in it but tensors and values."""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torch import Tensor

from search_spaces.files import require_file

NAMED = frozenset({"torch._utils _rebuild_tensor_v2", "collections OrderedDict"})
STORAGES = ("torch ", "Storage")  # torch FloatStorage, torch LongStorage, ...
SLACK_BYTES = 64 << 20


def require_sound(path: Path, most_bytes: int) -> None:
    """Raise ValueError, zipfile.BadZipFile or OSError unless `path` is an archive as torch.save writes one.

    Its parts are stored as they are, so that none grows when it is read, are of `most_bytes` together, and name
    nothing that would be called but what makes tensors. Nothing of it is interpreted here. Raises InvalidInput for
    what is no file or larger.
    """
    require_file(path, most_bytes)
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.compress_type != zipfile.ZIP_STORED for part in parts):
            raise ValueError("its parts are compressed")
        if sum(part.file_size for part in parts) > most_bytes:
            raise ValueError(f"it holds more than {most_bytes} bytes")
        for part in parts:
            if part.filename.endswith(".pkl"):
                _require_plain(archive.read(part))


def _require_plain(text: bytes) -> None:
    for code, argument, _ in pickletools.genops(text):
        if code.name == "GLOBAL" and not _is_known(str(argument)):
            raise ValueError(f"it names {argument}")
        if code.name in ("STACK_GLOBAL", "INST", "OBJ", "EXT1", "EXT2", "EXT4"):
            raise ValueError(f"it says {code.name}")


def _is_known(name: str) -> bool:
    prefix, suffix = STORAGES
    return name in NAMED or (name.startswith(prefix) and name.endswith(suffix) and name.count(" ") == 1)


def require_no_more(content: Any, most_bytes: int) -> None:
    """Raise ValueError where the tensors in `content` would take more than `most_bytes` if they were written out.

    A tensor of a few bytes can stand for any number of equal values.
    """
    total = sum(tensor.numel() * tensor.element_size() for tensor in _tensors(content))
    if total > most_bytes:
        raise ValueError(f"its tensors stand for {total} bytes")


def _tensors(content: Any) -> Iterable[Tensor]:
    """Yield all tensors in nested mappings and sequences, each container once."""
    waiting, seen = [content], set[int]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Tensor):
            yield part
        elif isinstance(part, dict | list | tuple | set) and id(part) not in seen:
            seen.add(id(part))
            waiting.extend([*part, *part.values()] if isinstance(part, dict) else part)
