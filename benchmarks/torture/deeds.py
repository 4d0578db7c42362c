"""What an objective should not do, and what has to come of it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1 << 28
PRINTED_LINES = 20 * 1024  # of 1 KiB
LIMIT_S = 40.0  # limits.max_seconds of the searches: on a busy machine the slowest misdeed but hanging takes 10


@dataclass(frozen=True, slots=True)
class Deed:
    """What an evaluation does, and a part of the reason its trial has to fail with; "" where it has to succeed."""

    do: Callable[[], Any]
    reason: str


def eat_memory() -> None:
    """Fill memory until the system refuses more: at 256 MiB, so that this machine's other work goes on."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, before[1]))
    try:
        eaten = []
        while True:
            eaten.append(b"x" * (1 << 24))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def print_much() -> None:
    """Print 20 MiB."""
    line = "x" * 1023
    for _ in range(PRINTED_LINES):
        sys.stdout.write(f"{line}\n")


DEEDS = {
    "hang": Deed(lambda: time.sleep(3600), "out of time"),
    "exit": Deed(lambda: sys.exit(0), "SystemExit"),
    "os_exit": Deed(lambda: os._exit(0), "exit code 0"),
    "segfault": Deed(lambda: ctypes.string_at(0), "crashed (SIGSEGV)"),
    "memory": Deed(eat_memory, "MemoryError"),
    "oom": Deed(lambda: os.kill(os.getpid(), signal.SIGKILL), "was killed (SIGKILL)"),
    "chdir": Deed(lambda: os.chdir("/"), ""),
    "print": Deed(print_much, ""),
}


def chosen(count: int, seeds: list[int]) -> dict[int, str]:
    """Return which seeds misbehave and how: `count` of them at equal distances, one kind after the other."""
    names = list(DEEDS)
    return {seeds[(2 * i + 1) * len(seeds) // (2 * count)]: names[i % len(names)] for i in range(count)}
