"""Imports point one way, and never in a circle."""

from __future__ import annotations

import pytest

from tests.house.import_graph import cycles, import_graph, imported_names
from tests.house.source import our_modules, planted

ALLOWED = {
    "search_spaces": {"search_spaces"},
    "trials": {"trials", "search_spaces"},
    "nas": {"nas", "trials", "search_spaces"},
    "grid_search": {"grid_search", "trials", "search_spaces"},
}


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package: str) -> None:
    files = [module for module in our_modules() if module.name.split(".")[0] == package]
    assert files
    for module in files:
        for name in imported_names(module):
            top = name.split(".")[0]
            assert top not in ALLOWED or top in ALLOWED[package], f"{module.path} imports {name}"


def test_nobody_imports_a_cli() -> None:
    for module in our_modules():
        for name in imported_names(module):
            parts = name.split(".")
            assert not (parts[0] in ALLOWED and "cli" in parts[1:]), f"{module.path} imports {name}"


def test_no_module_imports_itself_by_way_of_others() -> None:
    found = cycles(import_graph(our_modules()))
    assert not found, "\n".join(" -> ".join(cycle) for cycle in found)


PLANTED = {
    "at the top": ("from a import y", "from a import x"),
    "in a function": ("from a.y import f", "def f():\n    from a.x import g"),
    "for types alone": ("import a.y", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a.x import T"),
    "relative": ("from . import y", "from .x import g"),
    "by name": ("import a.y", "import importlib\nimportlib.import_module('a.x')"),
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_cycle_is_found(where: str) -> None:
    x, y = PLANTED[where]
    graph = import_graph(planted({"a/__init__.py": "", "a/x.py": x, "a/y.py": y}))
    assert cycles(graph) == [["a.x", "a.y", "a.x"]]


def test_the_init_of_another_package_is_on_the_way() -> None:
    # a.x -> b.y runs b, and b imports a.x
    files = {"a/__init__.py": "", "a/x.py": "import b.y", "b/__init__.py": "import a.x", "b/y.py": ""}
    assert cycles(import_graph(planted(files))) == [["a.x", "b", "a.x"]]


def test_the_init_of_the_own_package_is_on_the_way_where_it_is_named() -> None:
    files = {"a/__init__.py": "from a.x import f", "a/x.py": "from a.y import g", "a/y.py": ""}
    assert cycles(import_graph(planted(files))) == []
    files["a/y.py"] = "from a import f"
    assert cycles(import_graph(planted(files))) == [["a", "a.x", "a.y", "a"]]


def test_a_hidden_import_of_the_other_stage_is_seen() -> None:
    (module,) = planted({"nas/x.py": "def f():\n    if True:\n        from grid_search import cli"})
    assert imported_names(module) == {"grid_search.cli"}
