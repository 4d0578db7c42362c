"""The objective of the searches: trivial, not instant, now and then a misdeed; it keeps a log of every call."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from pathlib import Path
from typing import Any

from benchmarks.torture.deeds import DEEDS
from search_spaces import Architecture
from search_spaces.cost import estimate_cost

LOG = "TORTURE_LOG"  # the environment variable with the log's path
MISDEEDS = "TORTURE_MISDEEDS"  # the one with a mapping as JSON: seed -> name of what its evaluation does
SECONDS = (0.02, 0.05)


def evaluate(architecture: Architecture, seed: int) -> dict[str, float]:
    """More parameters are better, with noise that depends on the seed alone."""
    dice = random.Random(seed)
    deed = json.loads(os.environ[MISDEEDS]).get(str(seed))
    _note(architecture, seed, event="start", deed=deed)
    time.sleep(dice.uniform(*SECONDS))
    if deed:
        DEEDS[deed].do()
    accuracy = min(1.0, max(0.0, 0.3 + estimate_cost(architecture).params / 3e7 + dice.gauss(0, 0.01)))
    _note(architecture, seed, event="end", accuracy=accuracy)
    return {"val_accuracy": accuracy}


def digest(key: str) -> str:
    """Return a short name for a network."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _note(architecture: Architecture, seed: int, **said: Any) -> None:
    """Append a line in one write: a killed process leaves a whole line or none. Its time is of no clock that jumps."""
    told = {"network": digest(architecture.key), "seed": seed, "pid": os.getpid(), "time": time.monotonic(), **said}
    with Path(os.environ[LOG]).open("ab", buffering=0) as stream:
        stream.write(json.dumps(told).encode() + b"\n")
