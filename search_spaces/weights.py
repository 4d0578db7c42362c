"""Trained weights in safetensors beside their architecture file, with what a network expects of its images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from search_spaces.architecture import STRICT
from search_spaces.architecture_file import parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import LARGEST_WEIGHTS_BYTES, atomic_write, read_yaml, require_file
from search_spaces.network import Network, build_network
from search_spaces.task import check_task
from search_spaces.trained_folder import ARCHITECTURE as ARCHITECTURE
from search_spaces.trained_folder import WEIGHTS as WEIGHTS
from search_spaces.validation import validated

METADATA = "expects"


@dataclass(frozen=True, kw_only=True, slots=True)
class Expects:
    """What a trained network takes and answers.

    Images of `resolution` (height, width) pixels, values in 0..1 less `mean`, divided by `std` (per channel); logits
    of `num_classes` classes, named by `classes` where the data set names them. `network` is the canonical key of the
    architecture: a proxy may have weights of the same shapes as another network.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    resolution: tuple[int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    num_classes: int
    classes: tuple[str, ...] | None = None
    network: str | None = None

    def __post_init__(self) -> None:
        check_task(self.num_classes, len(self.mean))

    @property
    def in_channels(self) -> int:
        """Number of channels of an image."""
        return len(self.mean)

    def name_of(self, label: int) -> str:
        """Return the name of a class, or its number where the data set has no names."""
        return self.classes[label] if self.classes else str(label)


def save_weights(network: nn.Module, expects: Expects, path: Path) -> None:
    """Write all weights and statistics of a network as safetensors, atomically, `expects` among the metadata."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    with atomic_write(path, "wb") as stream:
        stream.write(save(tensors, metadata_of(expects)))


def metadata_of(expects: Expects) -> dict[str, str]:
    """Return the metadata of a safetensors file.

    One entry: safetensors writes several in any order, and equal trainings would leave unequal files.
    """
    return {METADATA: json.dumps(asdict(expects))}


def expects_in(metadata: Mapping[str, str] | None, key: str) -> Expects | None:
    """Return what the metadata of a safetensors file says, None where it says nothing.

    Raises InvalidInput, naming `key`, for what is malformed.
    """
    text = (metadata or {}).get(METADATA)
    if text is None:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput(f"{key}.{METADATA}", text[:60], "JSON, as `nas train` writes it") from None
    return validated(Expects, content, f"{key}.{METADATA}")


def load_trained(folder: str | Path) -> tuple[Network, Expects]:
    """Return the network of a folder that `nas train` wrote, on the CPU in evaluation mode, and what it expects.

    Raises InvalidInput where the folder does not hold an architecture file and weights that belong together.
    """
    folder = Path(folder)
    if not (folder / ARCHITECTURE).is_file():
        raise InvalidInput("folder", str(folder), f"one with {ARCHITECTURE} and {WEIGHTS}, as `nas train` leaves it")
    architecture = parse_architecture(read_yaml(folder / ARCHITECTURE), default_name=folder.name)
    weights, expects = _read(folder / WEIGHTS)
    if expects.network not in (None, architecture.key):
        raise InvalidInput(str(folder / WEIGHTS), "weights of another network", f"those of {folder / ARCHITECTURE}")
    with torch.device("meta"):
        network = build_network(architecture, expects.in_channels, expects.num_classes)
    try:
        network.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise _unusable(folder / WEIGHTS, error) from None
    return network.eval(), expects


def _read(path: Path) -> tuple[dict[str, Tensor], Expects]:
    try:
        with safe_open(require_file(path, LARGEST_WEIGHTS_BYTES), framework="pt") as file:
            metadata = json.loads((file.metadata() or {}).get(METADATA, "null"))
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except InvalidInput:
        raise
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise _unusable(path, error) from None
    return weights, validated(Expects, metadata, f"{path.name}.{METADATA}")


def _unusable(path: Path, error: Exception) -> InvalidInput:
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
    return InvalidInput(str(path), reason, f"the weights of the {ARCHITECTURE} beside it, as `nas train` writes them")
