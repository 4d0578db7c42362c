"""Every folder is installed, no file is long, and every module has a test file of its own at the mirrored place."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGES, ROOT, Module, our_modules, planted

MOST_LINES = 300


def test_every_package_is_listed_for_installation() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    assert listed == {module.name for module in our_modules() if module.is_package}


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_no_file_is_long() -> None:
    lengths = {module.path: len(module.text.splitlines()) for module in our_modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def needs_a_test(module: Module) -> bool:
    """Tell whether a module does anything: constants and re-exports alone are tested where they are used."""
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(module.tree))


def mirrored(module: Module) -> str:
    """Return where a module is tested: `a/b.py` in `tests/a/test_b.py`, `a/__init__.py` in `tests/a/test_a.py`."""
    path = Path(module.path)
    name = path.parent.name if module.is_package else path.stem
    return (Path("tests") / path.parent / f"test_{name}.py").as_posix()


def test_every_module_has_its_test_file() -> None:
    expected = {mirrored(module): module.path for module in our_modules() if needs_a_test(module)}
    missing = [f"{path} has no {test}" for test, path in expected.items() if not (ROOT / test).is_file()]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("trials/study/ledger.py", "def f(): ...", "tests/trials/study/test_ledger.py"),
        ("nas/samplers/__init__.py", "class A: ...", "tests/nas/samplers/test_samplers.py"),
        ("nas/__init__.py", '"""Only words."""', None),
        ("nas/names.py", "from a import b\nNAMES = ('a', 'b')", None),
    ],
)
def test_which_module_needs_a_test_file_and_where(path: str, text: str, expected: str | None) -> None:
    (module,) = planted({path: text})
    assert (mirrored(module) if needs_a_test(module) else None) == expected
