"""Readers of block strings and modules that share no code with what wrote them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from search_spaces import Architecture

EFFICIENTNETS = [f"efficientnet-b{index}" for index in range(8)]
Plain = dict[str, Any]


def assignments(path: Path) -> Plain:
    """Return the module's constants, evaluated as literals only."""
    body = ast.parse(path.read_text()).body
    constants = (node for node in body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in constants}  # type: ignore[attr-defined]


def read_string(text: str) -> Plain:
    numbers = dict(re.findall(r"(?:^|_)(se|[a-z])(\d+(?:\.\d+)?)", text))
    return {"skip": "noskip" not in text, **{letter: float(value) for letter, value in numbers.items()}}


def blocks_of(stages: list[Plain]) -> list[tuple[Any, ...]]:
    """Return (kernel, stride, in, hidden, squeezed, out, shortcut) of every block, from stages as read."""
    rows = []
    for stage in stages:
        in_width, stride = stage["i"], stage["s"]
        for _ in range(int(stage["r"])):
            squeezed = max(1, int(in_width * stage["se"])) if stage["se"] else 0
            shortcut = stage["skip"] and stride == 1 and in_width == stage["o"]
            rows.append((stage["k"], stride, in_width, in_width * stage["e"], squeezed, stage["o"], shortcut))
            in_width, stride = stage["o"], 1
    return rows


def ours(architecture: Architecture) -> list[tuple[Any, ...]]:
    return [
        (
            block.kernel_size,
            block.stride,
            block.in_width,
            block.expanded_width or block.in_width,
            block.squeeze_width,
            block.out_width,
            block.shortcut == "identity",
        )
        for block in architecture.blocks
    ]
