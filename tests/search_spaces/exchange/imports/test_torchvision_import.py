"""Torchvision beside any build of torch."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pytest
import torch

from search_spaces.exchange.imports.torchvision_import import declared_operators


def test_torchvision_builds_its_networks_afterwards() -> None:
    declared_operators()
    torchvision: Any = importlib.import_module("torchvision")
    with torch.device("meta"):
        model = torchvision.models.resnet18()
    assert sum(parameter.numel() for parameter in model.parameters()) == 11_689_512  # published


def test_a_failed_import_is_repeated_with_the_operators_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    class Library:
        def __init__(self, name: str, kind: str) -> None:
            events.append(f"{name} {kind}")

        def define(self, signature: str) -> None:
            events.append(signature.partition("(")[0])

    def import_module(name: str) -> None:
        events.append(f"import {name}")
        if len(events) == 1:
            raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(torch.library, "Library", Library)
    monkeypatch.setattr(importlib, "import_module", import_module)
    monkeypatch.setattr(sys, "modules", {**sys.modules, "torchvision.half_imported": torch})
    kept = declared_operators.__wrapped__()
    assert events == ["import torchvision", "torchvision DEF", "nms", "qnms", "import torchvision"]
    assert "torchvision.half_imported" not in sys.modules
    assert isinstance(kept, Library)


def test_without_torchvision_it_is_an_import_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(ImportError):
        declared_operators.__wrapped__()
