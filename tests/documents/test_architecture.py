"""docs/architecture.md is about the code there is: its tree, and the names it says are in a file."""

from __future__ import annotations

import re

import pytest

from tests.documents.reading import ROOT, Document

TEXT = (ROOT / "docs" / "architecture.md").read_text()
DOCUMENT = Document(path="docs/architecture.md", text=TEXT)
NAMED_IN = re.findall(r"`([A-Z]\w+)` (?:of|in)\s+`([\w/]+\.py)`", TEXT)


def tree() -> list[str]:
    """Return the folders and modules of the tree: names up to two spaces, below the folder they are indented under."""
    (block,) = DOCUMENT.blocks("text")
    found: list[str] = []
    folder = ""
    for line in block.text.splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split()
        if line.startswith(" "):
            found += [f"{folder}{name}" for name in names]
        else:
            (folder,) = names
            found.append(folder)
    return found


@pytest.mark.parametrize("name", tree())
def test_the_tree_exists(name: str) -> None:
    assert (ROOT / (name if name.endswith("/") else f"{name}.py")).exists()


def test_the_tree_has_every_folder() -> None:
    packages = {path.parent for top in ("trials", "nas", "grid_search") for path in (ROOT / top).glob("*/__init__.py")}
    assert {f"{path.relative_to(ROOT)}/" for path in packages} <= set(tree())


@pytest.mark.parametrize(("name", "path"), NAMED_IN)
def test_names_are_where_it_says(name: str, path: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text())


def test_it_says_where_to_add_each_thing() -> None:
    assert len(NAMED_IN) >= 6
    for thing in ("a sampler", "an objective", "a search space", "a block", "an export format", "a data set"):
        assert f"* {thing}: " in TEXT
