"""Networks with one part changed, and which part a format refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search_spaces import Architecture, InvalidInput
from search_spaces.exchange.export.formats import export_architecture
from search_spaces.reference import reference

B0 = reference("efficientnet-b0")


def changed(index: int, **fields: Any) -> Architecture:
    """Return B0 with one stage changed."""
    stages = list(B0.stages)
    stages[index] = replace(stages[index], **fields)
    return replace(B0, stages=tuple(stages))


def refused_key(architecture: Architecture, to: str, folder: Path) -> str:
    """Return the key that the export names in one line; nothing is written."""
    with pytest.raises(InvalidInput) as caught:
        export_architecture(architecture, to, folder / "network")
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []
    return caught.value.key
