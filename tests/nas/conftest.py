from __future__ import annotations

import pytest

from tests.search_spaces.conftest import torchvision_imports

__all__ = ["torchvision_imports"]


@pytest.fixture(autouse=True)
def networks_counted_once(counted_once: None) -> None:
    """Use the memory of counts in every test of this folder."""
