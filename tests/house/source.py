"""The source of our packages as the tests of this folder read it: module names, text, syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("search_spaces", "trials", "nas", "grid_search")


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """One file of ours: `path` from the root of the repository, `name` as it is imported."""

    path: str
    text: str

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")

    @property
    def name(self) -> str:
        parts = Path(self.path).with_suffix("").parts
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


@cache
def our_modules() -> tuple[Module, ...]:
    """Return every module of the four packages."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(Module(path=path.relative_to(ROOT).as_posix(), text=path.read_text()) for path in paths)


def planted(files: Mapping[str, str]) -> tuple[Module, ...]:
    """Return made-up modules, by which a test shows that it finds what it looks for."""
    return tuple(Module(path=path, text=text) for path, text in files.items())
