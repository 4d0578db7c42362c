"""Names that another library keeps private, found in our source: attributes, imports, texts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from tests.house.source import Module

# what Optuna keeps private and we have touched at one time or another; forbidden even where we define the same name
OPTUNA = {
    "_storage",
    "_study_id",
    "_trial_id",
    "_thread_local",
    "_suggest",
    "_cached_frozen_trial",
    "_raise_error_if_multi_objective",
}
ACCESSORS = {"getattr", "setattr", "hasattr"}
TEXTS = {"fixed_params"}  # keys that Optuna writes into its system attributes


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """One use of a private name that is not ours."""

    path: str
    line: int
    text: str


def foreign_private_names(modules: Iterable[Module]) -> list[Use]:
    """Return every use of a private name of somebody else.

    On `self` and `cls` a private name is ours if any module of ours defines it; on anything else (`trial._name`) only
    if the same module does, and it is none of Optuna's. `getattr(x, "_name")` counts, and so do imports through or of
    private names.
    """
    modules = list(modules)
    defined = {module.path: _defined(module.tree) for module in modules}
    ours = set().union(*defined.values())
    return [
        Use(path=module.path, line=line, text=text)
        for module in modules
        for line, text in _uses(module, defined[module.path], ours)
    ]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def _defined(tree: ast.Module) -> set[str]:
    """Return the private names that a module gives to something: functions, classes, variables, own attributes."""
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value)
    }
    return {name for name in names if _is_private(name)}


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _uses(module: Module, defined_here: set[str], ours: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and _is_foreign(node.value, node.attr, defined_here, ours):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, name) for name in _imported(node) if any(map(_is_private, name.split("."))))
        elif _is_foreign_text(node, defined_here, ours):
            yield node.lineno, ast.unparse(node)


def _is_foreign(owner: ast.expr, name: str, defined_here: set[str], ours: set[str]) -> bool:
    if not _is_private(name):
        return False
    if _is_self(owner):
        return name not in (defined_here if name in OPTUNA else ours)
    return name in OPTUNA or name not in defined_here


def _is_foreign_text(node: ast.AST, defined_here: set[str], ours: set[str]) -> TypeGuard[ast.expr]:
    """Tell whether it is one of TEXTS, or `getattr(x, "_name")`, `setattr` and the like of a name that is not ours."""
    match node:
        case ast.Constant(value=str(text)):
            return text in TEXTS
        case ast.Call(func=ast.Name(id=function), args=[owner, ast.Constant(value=str(name)), *_]):
            return function in ACCESSORS and _is_foreign(owner, name, defined_here, ours)
    return False


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [f"{origin}{alias.name}" for alias in node.names]
