"""Links within the repository lead somewhere, and what documents name is there."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import fields
from pathlib import Path

import pytest

from nas.config import NasConfig
from tests.documents.reading import ROOT, Document, Piece, documents

DOCUMENTS = {document.path: document for document in documents()}
SOURCE = re.compile(r"(?:search_spaces|trials|nas|grid_search|tests|benchmarks|docs|tools)/[\w./-]*")
NAME = re.compile(r"(?:search_spaces|trials|nas|grid_search|tests|benchmarks)(?:\.\w+)+")
WRITTEN = {
    ".csv",
    ".html",
    ".png",
    ".yaml",
    ".json",
    ".journal",
    ".safetensors",
}  # `nas/trials.csv` is a result, not a part of the source


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_somewhere(path: str) -> None:
    broken = [link for link in DOCUMENTS[path].links() if not leads_somewhere(link, DOCUMENTS[path])]
    assert broken == []


def leads_somewhere(link: str, document: Document) -> bool:
    """Tell whether a file and the heading in it exist; other sites are not asked."""
    if re.match(r"\w+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (ROOT / document.path).parent / path
    if path and not target.exists():
        return False
    named = Document(path=path, text=target.read_text()) if anchor and path else document
    return not anchor or anchor in named.anchors()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_files_and_names_in_sentences_exist(path: str) -> None:
    wrong = [f"{piece.place} {piece.text}" for piece in DOCUMENTS[path].inline() if not exists(piece)]
    assert wrong == []


def exists(piece: Piece) -> bool:
    """Tell whether code in a sentence that looks like a file or a name of ours is one; other code passes."""
    if Path(piece.text).suffix in WRITTEN:
        return True
    if SOURCE.fullmatch(piece.text):
        return (ROOT / piece.text).exists()
    if NAME.fullmatch(piece.text) and not is_setting(piece.text):
        return is_object(piece.text)
    return True


def is_setting(text: str) -> bool:
    """Tell whether it is a setting such as `nas.trials`, which looks like a module."""
    section, *keys = text.split(".")
    return section == "nas" and keys[0] in {field.name for field in fields(NasConfig)}


def is_object(text: str) -> bool:
    try:
        pkgutil.resolve_name(text)
    except (ImportError, AttributeError):
        return False
    return True


SHORT = Document(
    path="docs/short.md",
    text="# One *word*\n[a](scaling.md) [b](#one-word) [c](none.md) [d](#two) ![e](none.png) [f](https://x.org)\n"
    "[![g](no.png)](../README.md) `nas/none.py` `nas.trials` `nas.nothing` `nas/cli.py` `nas.cli.main` `[h](no.md)`\n"
    "```\n[i](in-a-block.md)\n```\n",
)


def test_a_broken_link_is_found() -> None:
    broken = [link for link in SHORT.links() if not leads_somewhere(link, SHORT)]
    assert broken == ["none.md", "#two", "none.png", "no.png"]


def test_a_wrong_name_is_found() -> None:
    assert [piece.text for piece in SHORT.inline() if not exists(piece)] == ["nas/none.py", "nas.nothing"]
