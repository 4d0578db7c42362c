"""Fixtures of the tests of search spaces."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

import pytest
import torch

from search_spaces.measure import single_thread

TORCHVISION_OPERATORS = ("nms", "qnms")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors gain nothing from more threads, and lose much where cores are shared."""
    with single_thread():
        yield


@pytest.fixture(scope="session")
def torchvision_imports() -> Iterator[None]:
    """Make torchvision, and timm which needs it, importable beside a CPU build of torch.

    Torchvision's wheel is compiled against a CUDA build; beside another one its import fails on operators that only
    detection needs. Declaring those is enough for classification.
    """
    try:
        importlib.import_module("torchvision")
        yield
    except RuntimeError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
        for operator in TORCHVISION_OPERATORS:
            signature = f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(signature)  # type: ignore[no-untyped-call]
        importlib.import_module("torchvision")
        yield
