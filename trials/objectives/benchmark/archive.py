"""Read the published archive of Accel-NASBench, a tar.gz or a folder of JSON files. No torch.

One JSON file per trained network (github.com/afzalxo/Accel-NASBench, arXiv:2404.08005). Nothing is unpacked to disk.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import require_file
from search_spaces.search_space import Parameters, SearchSpace

KEY = "objective.path"
SOURCE = (
    "the archive anb_dataset_jsons.tar.gz or the folder unpacked from it "
    "(github.com/afzalxo/Accel-NASBench, anb_dataset)"
)
MOST_ROWS = 100_000
LARGEST_ROW_BYTES = 64 * 2**10
LARGEST_ARCHIVE_BYTES = 512 * 2**20  # unpacked
FIELDS = {"e": "expansion_ratio", "k": "kernel_size", "l": "depth", "se": "se_ratio"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One trained network and its figures; one that was not measured is absent.

    `val_accuracy` in [0, 1], `train_seconds`, `throughput_*` in images/s, `latency_*` in ms.
    """

    architecture: Architecture
    figures: Mapping[str, float]


def archive_path(path: str | Path) -> Path:
    """Return the absolute path, by which caches go. Raises InvalidInput where no file can have such a name."""
    try:
        resolved = Path(path).expanduser().resolve()
        resolved.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInput(KEY, str(path), f"{SOURCE}; {error}") from None
    return resolved


def require_archive(path: str | None) -> Path:
    """Return the path of data that are there. Raises InvalidInput where none is named, and where nothing lies there."""
    if path is None:
        raise InvalidInput(KEY, None, SOURCE)
    resolved = archive_path(path)
    if not resolved.exists():
        raise InvalidInput(KEY, path, SOURCE)
    return resolved


def read_rows(path: Path, space: SearchSpace) -> Iterator[Row]:
    """Yield every row in the order of the file names. Raises InvalidInput where the data are missing or damaged."""
    if not path.exists():
        raise InvalidInput(KEY, str(path), SOURCE)
    try:
        texts = dict(_folder(path) if path.is_dir() else _archive(path))
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise InvalidInput(KEY, f"{path}: {error}", SOURCE) from None
    if not texts:
        raise InvalidInput(KEY, f"{path} without a JSON file", SOURCE)
    for name in sorted(texts):
        yield _parse(name, texts[name], space)


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    files = sorted(path.rglob("*.json"))
    if len(files) > MOST_ROWS:
        raise InvalidInput(KEY, f"{path} with {len(files)} JSON files", f"at most {MOST_ROWS}")
    for file in files:
        _check_size(file.name, file.stat().st_size)
        yield file.name, file.read_bytes()


def _archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON members of a tar.gz as it streams by; what else is inside is passed over."""
    with gzip.open(require_file(path, LARGEST_ARCHIVE_BYTES)) as unzipped, _open_tar(unzipped) as archive:
        rows = 0
        for member in archive:
            if not (member.isfile() and member.name.endswith(".json")):
                continue
            rows += 1
            _check_size(member.name, member.size)
            if rows > MOST_ROWS:
                raise InvalidInput(KEY, f"{path} with more than {MOST_ROWS} JSON files", f"at most {MOST_ROWS}")
            content = archive.extractfile(member)
            if content is not None:
                yield Path(member.name).name, content.read()


def _open_tar(stream: io.BufferedIOBase) -> tarfile.TarFile:
    return tarfile.open(fileobj=_Bounded(stream), mode="r|")


class _Bounded(io.BufferedIOBase):
    """A stream that refuses to give more than `LARGEST_ARCHIVE_BYTES`, whatever the archive claims."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._left = LARGEST_ARCHIVE_BYTES

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        block = self._stream.read(wanted)
        self._left -= len(block)
        if self._left < 0:
            raise InvalidInput(KEY, "a larger archive", f"at most {LARGEST_ARCHIVE_BYTES} bytes unpacked")
        return block


def _check_size(name: str, size: int) -> None:
    if size > LARGEST_ROW_BYTES:
        raise InvalidInput(f"{KEY}: {name}", f"{size} bytes", f"at most {LARGEST_ROW_BYTES} bytes")


def _parse(name: str, text: bytes, space: SearchSpace) -> Row:
    key = f"{KEY}: {name}"
    try:
        content = json.loads(text)
        parameters = _parameters(content["architecture"])
        figures = dict(_figures(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput(key, f"{type(error).__name__}: {error}", "a row as Accel-NASBench publishes it") from None
    try:
        return Row(architecture=space.decode(parameters), figures=figures)
    except InvalidInput as error:
        raise error.inside(key) from None


def _parameters(published: Mapping[str, Any]) -> Parameters:
    """Translate `block3_k: 5, block3_se: true` into `stages.3.kernel_size: 5, stages.3.se_ratio: 0.25`."""
    parameters: Parameters = {}
    for name, value in published.items():
        if isinstance(value, dict | list):
            raise ValueError(f"{name} is no plain value")
        block, _, field = name.partition("_")
        option = (0.25 if value else 0) if field == "se" else value
        parameters[f"stages.{block.removeprefix('block')}.{FIELDS[field]}"] = option
    return parameters


def _figures(content: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the figures in our units. Raises ValueError where one is not a finite number."""
    yield "val_accuracy", _finite(content["metrics"]["val_top1"]) / 100
    yield "train_seconds", _finite(content["metrics"]["train_time"])
    for name, measured in content.get("platform_perf", {}).items():
        mean = measured[f"{name.partition('_')[0]}_mean"]
        if mean is not None:
            yield name, _finite(mean)


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return float(value)
