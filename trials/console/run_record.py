"""run.json: which versions, machine and settings a result came from. No torch."""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from search_spaces.errors import described
from search_spaces.files import atomic_write
from trials.study.storage_url import masked

PACKAGES = ("compound-nas", "torch", "optuna", "ray", "pandas", "fvcore", "numpy")


@contextmanager
def recorded_run(path: Path, *, command: str, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Keep the record of a run from its start (`running`) to its end (`finished` or `failed`, with the reason).

    The figures that it ended with are to be put into the mapping that is yielded.
    """
    figures: dict[str, Any] = {}
    started = {"started": _now()}
    known: dict[str, Any] = {"command": command, "settings": settings}
    write_run_record(path, **known, results={}, state={"state": "running", **started})
    try:
        yield figures
    except BaseException as error:
        reason = described(error)
        with contextlib.suppress(OSError):  # a full disk, which is told by the error itself
            if path.exists():  # else the folder was deleted or moved, and is not begun anew
                write_run_record(path, **known, results={}, state={"state": "failed", "reason": reason, **started})
        raise
    ended = {"state": "finished", **started, "finished": _now()}
    write_run_record(path, **known, results=figures, state=ended)


def write_run_record(
    path: Path,
    *,
    command: str,
    settings: Mapping[str, Any],
    results: Mapping[str, Any],
    state: Mapping[str, str] | None = None,
) -> None:
    """Write what a reader needs to repeat a run. `results` are the figures the run ended with.

    `state` says how far it is; by default, that it is finished now. NaN, which JSON does not have, is written as null.
    """
    record = {
        "command": command,
        **(state or {"state": "finished", "finished": _now()}),
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
        "gpu": _gpu(),
        "git_revision": _git_revision(),
        "settings": _without_passwords(settings),
        "results": _without_nan(results),
    }
    with atomic_write(path) as stream:
        json.dump(record, stream, indent=2, default=str)
        stream.write("\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _without_passwords(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_passwords(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_passwords(item) for item in value]
    return masked(value) if isinstance(value, str) else value


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _versions() -> dict[str, str | None]:
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _gpu() -> str | None:
    """Name the GPU where torch was used in this run and saw one."""
    torch = sys.modules.get("torch")
    return torch.cuda.get_device_name() if torch is not None and torch.cuda.is_available() else None


def _git_revision() -> str | None:
    """Return the revision of the sources, with `+changes` where files differ from it; None outside a checkout."""
    folder = Path(__file__).parent
    try:
        revision = _git(folder, "rev-parse", "HEAD")
        return revision + ("+changes" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout.strip()
