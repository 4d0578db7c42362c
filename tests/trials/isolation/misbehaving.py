"""Objectives that do what no objective should, named by the tests of this folder; `deed` is in the environment."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from search_spaces import Architecture


class Mute(Exception):
    """An exception that cannot say what it is."""

    def __str__(self) -> str:
        raise ZeroDivisionError("no text")


def interrupt() -> None:
    raise KeyboardInterrupt


def mute() -> None:
    raise Mute


def close_output() -> None:
    sys.stdout.close()
    os.close(2)


def print_much() -> None:
    line = "x" * 1023
    for _ in range(20 * 1024):
        sys.stdout.write(f"{line}\n")


def hang() -> None:
    time.sleep(3600)


def hang_with_the_lock() -> None:
    ctypes.pythonapi.sleep(3600)  # PyDLL keeps Python's lock


def leave_a_program() -> None:
    """Start a program that goes on, and write its number down."""
    program = subprocess.Popen(["sleep", "3600"])
    Path("program").write_text(str(program.pid))


DEEDS: dict[str, Callable[[], object]] = {
    "exit": lambda: sys.exit(0),
    "os_exit": lambda: os._exit(0),
    "segfault": lambda: ctypes.string_at(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "interrupt": interrupt,
    "mute": mute,
    "close_output": close_output,
    "chdir": lambda: os.chdir("/"),
    "print_much": print_much,
    "hang": hang,
    "hang_with_the_lock": hang_with_the_lock,
    "leave_a_program": leave_a_program,
}


def misbehave(_architecture: Architecture, seed: int) -> dict[str, float]:
    """Do what the environment says where the file `calm` is not there, and print from where."""
    print(f"in {Path.cwd()}")  # noqa: T201 - as objectives do
    if not Path("calm").exists():
        Path("calm").touch()
        Path("child").write_text(str(os.getpid()))
        DEEDS[os.environ["DEED"]]()
    return {"val_accuracy": 0.5, "seed": 0.0} if seed < 0 else {"val_accuracy": 0.5, "process": float(os.getpid())}


def reporting(_architecture: Architecture, _seed: int, report: Callable[[int, float], None]) -> dict[str, float]:
    """Tell an accuracy a step, ten of them."""
    for step in range(1, 11):
        report(step, step / 10)
    return {"val_accuracy": 1.0}


def slow(_architecture: Architecture, seed: int) -> dict[str, float]:
    """Take as many seconds as the seed says."""
    time.sleep(seed)
    return {"val_accuracy": 0.5}
