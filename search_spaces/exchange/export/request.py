"""A request for an export: the network, its weights, and its name inside a generated file. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from search_spaces.architecture import Architecture

if TYPE_CHECKING:
    from torch import Tensor

    from search_spaces.weights import Expects

BATCH_NORM_EPS = 1e-3
BATCH_NORM_MOMENTUM = 0.01
Files = dict[Path, bytes]  # what an export writes


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A network, the number of its inputs and outputs, and its weights by our names where there are any.

    `expects` is what the weights say of images and classes, where they say it.
    """

    architecture: Architecture
    num_classes: int = 1000
    in_channels: int = 3
    batch_norm_eps: float = BATCH_NORM_EPS
    state: Mapping[str, Tensor] | None = None
    expects: Expects | None = None

    @property
    def title(self) -> str:
        """The network's name, safe inside a comment, a docstring or a quoted text of a generated file."""
        return re.sub(r"[^A-Za-z0-9_.+-]", "-", self.architecture.name)[:100] or "unnamed"

    @property
    def identifier(self) -> str:
        """The network's name as a Python identifier that no library uses: `compound_efficientnet_b0`."""
        return "compound_" + re.sub(r"\W", "_", self.architecture.name, flags=re.ASCII).lower()[:100]


def weights_path(path: Path) -> Path:
    """Return where weights go that a format keeps in a file of their own: beside `path`."""
    return path.with_suffix(".safetensors")
