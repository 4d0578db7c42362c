"""A training's state as a file: written atomically, read without pickle, refused by any other training."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import torch
from torch import nn

from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write
from trials.data.datasets import Split
from trials.training.checkpoint_archive import SLACK_BYTES, require_no_more, require_sound
from trials.training.state import EpochResult, TrainingState
from trials.training_config import TrainingConfig

FORMAT = 1
EPOCHS = "training.epochs"
Identity = dict[str, str]


def identity_of(
    network: nn.Module, split: Split, config: TrainingConfig, resolution: tuple[int, int], seed: int
) -> Identity:
    """Return what has to be equal for one training to go on from another's checkpoint, by the name of the setting."""
    data: tuple[object, ...] = (*split.train_images.shape, *split.validation_images.shape, *split.mean, *split.std)
    if split.content is not None:
        data = (*data, split.content)
    facts = {"format": FORMAT, "seed": seed, "resolution": tuple(resolution), "data": data}
    settings = {f"training.{name}": value for name, value in asdict(config).items() if name != "budget"}
    return {name: repr(value) for name, value in {**facts, **settings, "network": fingerprint(network)}.items()}


def fingerprint(network: nn.Module) -> str:
    """Return a short hash of the names, shapes and types of all weights; their values do not matter."""
    lines = [f"{name} {tuple(value.shape)} {value.dtype}" for name, value in network.state_dict().items()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def save(path: Path, identity: Identity, state: TrainingState) -> None:
    """Write the state to `path`; at every moment the file is a whole one, the old or the new."""
    average = state.average
    content = {
        "identity": identity,
        "network": state.network.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "average": None if average is None else average.network.state_dict(),
        "average_updates": 0 if average is None else average.updates,
        "history": [astuple(result) for result in state.history],
        **({} if state.companion is None else {"companion": state.companion.state_dict()}),
    }
    with atomic_write(path, "wb") as stream:
        torch.save(content, stream)


def restore(path: Path, identity: Identity, state: TrainingState) -> None:
    """Set `state` to what `path` holds. Raises InvalidInput for another training's file and for one that is broken.

    A training that was finished can be made longer: it goes on where a longer one would be at that epoch.
    """
    content = read(path, _most_bytes(state))
    require_same(path, _lengthened(content, identity), identity)
    try:
        state.network.load_state_dict(content["network"])
        state.optimizer.load_state_dict(content["optimizer"])
        if state.average is not None:
            state.average.network.load_state_dict(content["average"])
            state.average.updates = int(content["average_updates"])
        if state.companion is not None:
            state.companion.load_state_dict(content["companion"])
        state.history[:] = [EpochResult(*values) for values in content["history"]]
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise broken(path, error) from error


def _lengthened(content: Mapping[str, Any], identity: Identity) -> object:
    """Return the identity of a checkpoint, as long as the training at hand where it was finished and that is longer."""
    found, history = content.get("identity"), content.get("history")
    if isinstance(found, dict) and isinstance(history, list) and found.get(EPOCHS) == repr(len(history)):
        wanted = identity[EPOCHS]
        return {**found, EPOCHS: wanted} if int(wanted) > len(history) else found
    return found


def _most_bytes(state: TrainingState) -> int:
    """Return the largest size in bytes of a checkpoint of this training: weights, average, three values of momentum."""
    values: Mapping[str, torch.Tensor] = state.network.state_dict()
    weights = sum(value.numel() * value.element_size() for value in values.values())
    return 8 * weights + SLACK_BYTES


def read(path: Path, most_bytes: int) -> dict[str, Any]:
    """Return the content of a checkpoint, on the CPU. Raises InvalidInput for a file that is not one, or larger."""
    try:
        require_sound(path, most_bytes)
        content = torch.load(path, map_location="cpu", weights_only=True)
        require_no_more(content, most_bytes)
    except InvalidInput:
        raise
    except Exception as error:  # torch's reader without pickle trips over a broken file in many ways
        raise broken(path, error) from error
    if not isinstance(content, dict):
        raise broken(path, TypeError(f"it holds a {type(content).__name__}"))
    return content


def require_same(path: Path, found: object, expected: Identity) -> None:
    """Raise InvalidInput naming the first setting in which the checkpoint differs from this training."""
    found = found if isinstance(found, Mapping) else {}
    for name, value in expected.items():
        if found.get(name) != value:
            other = found.get(name)
            there = f"{name}={other if isinstance(other, str) else type(other).__name__}"
            raise InvalidInput(str(path), there, f"a checkpoint of this very training, with {name}={value}")


def broken(path: Path, error: Exception) -> InvalidInput:
    """Return the mistake of giving a file that is no checkpoint, or a damaged one."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    return InvalidInput(str(path), reason, "a checkpoint written by this version; remove it to train from the start")
