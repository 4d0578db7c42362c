"""The objective of `torture.py`: trivial, not instant, and it keeps a log of its own of every call."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from pathlib import Path

from search_spaces import Architecture
from search_spaces.cost import estimate_cost

LOG = "TORTURE_LOG"  # the environment variable with the log's path
SECONDS = (0.02, 0.05)


def evaluate(architecture: Architecture, seed: int) -> dict[str, float]:
    """More parameters are better, with noise that depends on the seed alone."""
    dice = random.Random(seed)
    _note("start", architecture, seed)
    time.sleep(dice.uniform(*SECONDS))
    accuracy = 0.3 + estimate_cost(architecture).params / 3e7 + dice.gauss(0, 0.01)
    _note("end", architecture, seed)
    return {"val_accuracy": min(1.0, max(0.0, accuracy))}


def digest(key: str) -> str:
    """Return a short name for a network."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _note(event: str, architecture: Architecture, seed: int) -> None:
    """Append a line in one write: a killed process leaves a whole line or none."""
    line = json.dumps(
        {"event": event, "network": digest(architecture.key), "seed": seed, "pid": os.getpid(), "time": time.time()}
    )
    with Path(os.environ[LOG]).open("ab", buffering=0) as stream:
        stream.write(line.encode() + b"\n")
