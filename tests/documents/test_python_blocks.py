"""Python in documents runs as it stands, in the folder of somebody who followed them so far."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documents.reading import Piece, pieces


def given() -> dict[str, Any]:
    """Return what the documents say the reader has: `images`, uint8 [N, C, H, W]."""
    import torch

    return {"images": torch.zeros(2, 1, 28, 28, dtype=torch.uint8)}


@pytest.mark.slow
@pytest.mark.parametrize("block", pieces("python"), ids=lambda block: block.place)
@pytest.mark.usefixtures("reader_folder", "sixty_rows")
def test_python_runs(block: Piece) -> None:
    exec(compile(block.text, block.place, "exec"), given())
