"""Torchvision, which timm needs, importable beside a build of torch that its wheel was not made for."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

OPERATORS = ("nms", "qnms")


@cache
def declared_operators() -> Any:
    """Import torchvision, declaring the operators it lacks where it lacks them; return what keeps them declared.

    Torchvision's wheel is compiled against a CUDA build of torch; beside a CPU build its import fails on two operators
    that only detection needs. Declaring those is enough for classification. Raises ImportError without torchvision.
    """
    import torch

    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
        for operator in OPERATORS:
            signature = f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(signature)  # type: ignore[no-untyped-call]
        importlib.import_module("torchvision")
        return library
    return None
