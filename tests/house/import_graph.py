"""Which module imports which, wherever in a file the import stands, and the cycles among them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from tests.house.source import Module

Graph = Mapping[str, set[str]]


def imported_names(module: Module) -> set[str]:
    """Return every dotted name a module imports: in functions, under TYPE_CHECKING and by `import_module` too.

    `from a import b` gives `a.b`: whether `b` is a module only the graph knows.
    """
    return {name for node in ast.walk(module.tree) for name in _names(node, module)}


def _names(node: ast.AST, module: Module) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        origin = _origin(node, module)
        yield from (f"{origin}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "resolve_name"):
        yield from (text.value.replace(":", ".") for text in node.args[:1] if _is_text(text))


def _origin(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def import_graph(modules: Iterable[Module]) -> Graph:
    """Return, for every module, the modules of ours that it needs.

    Importing `a.b.c` runs the `__init__` of `a` and of `a.b` first, so these count as imported too; but not those of
    the packages that the importing module itself lies in: they began before it did. Naming one's own package
    (`from a import x` inside of `a`) counts, because `x` may not be there yet.
    """
    modules = list(modules)
    known = {module.name for module in modules}
    return {module.name: _needed(module, known) for module in modules}


def _needed(module: Module, known: set[str]) -> set[str]:
    own_packages = set(_with_parents(module.name))
    needed: set[str] = set()
    for name in imported_names(module):
        deepest = next((prefix for prefix in _with_parents(name) if prefix in known), None)
        if deepest is not None:
            needed |= {deepest, *(set(_with_parents(deepest)) & known) - own_packages}
    return needed - ({module.name} if module.is_package else set())


def _with_parents(name: str) -> list[str]:
    """Return `a.b.c`, `a.b`, `a`."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def cycles(graph: Graph) -> list[list[str]]:
    """Return one shortest cycle through every module that is on one, each cycle once."""
    found: dict[frozenset[str], list[str]] = {}
    for module in sorted(graph):
        if cycle := _cycle_through(module, graph):
            found.setdefault(frozenset(cycle), cycle)
    return list(found.values())


def _cycle_through(start: str, graph: Graph) -> list[str]:
    paths = [[start]]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        for following in sorted(graph[path[-1]]):
            if following == start:
                return [*path, start]
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []
