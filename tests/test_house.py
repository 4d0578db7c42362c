"""What design and layout promise, held by tests: import direction, lazy imports, start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "search_spaces": {"search_spaces"},
    "trials": {"trials", "search_spaces"},
    "nas": {"nas", "trials", "search_spaces"},
    "grid_search": {"grid_search", "trials", "search_spaces"},
}
NO_TORCH = [
    "search_spaces",
    "search_spaces.cost",
    "search_spaces.reference",
    "trials.experiment",
    "trials.study.internals",
    "trials.study.ledger",
    "trials.study.leases",
    "trials.study.opening",
    "trials.study.reader",
    "trials.training.trial_checkpoints",
    "trials.console.interruption",
    "trials.study.patient_storage",
    "trials.study.storage",
    "trials.reward",
    "trials.study.report",
    "trials.engines.local",
    "nas.samplers",
    "nas.search.run",
    "nas.cli",
    "grid_search.search.run",
    "grid_search.cli",
]


def imported_modules(path: Path) -> set[str]:
    """Every module a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        for name in imported_modules(path):
            top = name.split(".")[0]
            assert top not in ALLOWED or top in ALLOWED[package], f"{path} imports {name}"
            assert not (name.endswith(".cli") and top in ALLOWED), f"{path} imports a cli"


@pytest.mark.parametrize("module", NO_TORCH)
def test_modules_without_torch_import_nothing_slow(module: str) -> None:
    code = f"import {module}, sys; print(sorted({{'torch', 'ray', 'fvcore', 'sklearn'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["nas.cli", "grid_search.cli"])
def test_help_imports_nothing_slow(command: str) -> None:
    code = (
        f"import sys; from {command} import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'torch', 'ray', 'fvcore', 'optuna', 'pandas', 'matplotlib', 'sklearn', 'scipy'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_every_package_is_listed_for_installation() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    folders = {path.parent for package in ALLOWED for path in (ROOT / package).rglob("__init__.py")}
    assert listed == {".".join(folder.relative_to(ROOT).parts) for folder in folders}
