"""Fixtures of the tests of search spaces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search_spaces.exchange.imports.torchvision_import import declared_operators
from search_spaces.threads import torch_threads


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors gain nothing from more threads, and lose much where cores are shared."""
    with torch_threads(1):
        yield


@pytest.fixture(scope="session")
def torchvision_imports() -> None:
    """Make torchvision, and timm which needs it, importable beside a CPU build of torch."""
    declared_operators()
