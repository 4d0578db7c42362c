"""The architecture file and the weights that a finished `nas train` left in a folder. No torch."""

from __future__ import annotations

from pathlib import Path

from search_spaces.errors import InvalidInput
from search_spaces.files import is_there
from search_spaces.reference import REFERENCES

ARCHITECTURE, WEIGHTS = "architecture.yaml", "weights.safetensors"


def architecture_and_weights(config: str, weights: Path | None) -> tuple[str, Path | None]:
    """Return the name of an architecture and the file of its weights, both looked up where `config` is a folder.

    Weights that are given come before those of the folder. Raises InvalidInput where one of the two is missing.
    """
    folder = Path(config)
    if config in REFERENCES or not (is_there(folder) and folder.is_dir()):
        return config, weights
    weights = weights or folder / WEIGHTS
    if not ((folder / ARCHITECTURE).is_file() and is_there(weights)):
        accepted = f"a folder with {ARCHITECTURE} and {WEIGHTS}, as a finished `nas train` leaves it"
        raise InvalidInput("architecture", config, accepted)
    return str(folder / ARCHITECTURE), weights
