"""What our documents hold: blocks of code, code within sentences, links, anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of a document: `text`, of `language` where it is a block of code, beginning at `line`."""

    document: Document
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.document.path}:{self.line}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A Markdown file; `path` is counted from the root of the repository."""

    path: str
    text: str

    def blocks(self, *languages: str) -> list[Piece]:
        """Return the blocks of code in these languages; all blocks without any."""
        found = [
            Piece(document=self, line=_line(self.text, match.start()), language=match[2], text=match[3])
            for match in FENCE.finditer(self.text)
        ]
        return [block for block in found if not languages or block.language in languages]

    def inline(self) -> list[Piece]:
        """Return the code within sentences and tables."""
        prose = _blanked(self.text)
        return [
            Piece(document=self, line=_line(prose, match.start()), language="", text=" ".join(match[1].split()))
            for match in INLINE.finditer(prose)
        ]

    def links(self) -> list[str]:
        """Return the targets of links and pictures, each once."""
        prose = INLINE.sub(lambda match: " " * len(match[0]), _blanked(self.text))
        pictures = re.findall(r"!\[[^\]]*\]\(([^()\s]+)\)", prose)
        return list(dict.fromkeys([*LINK.findall(prose), *pictures]))

    def anchors(self) -> set[str]:
        """Return what a link may name after `#`: headings in lower case, words joined by hyphens."""
        headings = HEADING.findall(_blanked(self.text))
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _blanked(text: str) -> str:
    """Return the text without its blocks of code, line numbers kept."""
    return FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)


def documents() -> list[Document]:
    """Return every document that a reader meets."""
    paths = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), ROOT / "results" / "README.md"]
    paths += sorted(ROOT.glob("results/published/**/README.md"))
    return [Document(path=path.relative_to(ROOT).as_posix(), text=path.read_text()) for path in paths]


def pieces(*languages: str) -> Iterator[Piece]:
    """Yield the blocks of these languages of all documents."""
    for document in documents():
        yield from document.blocks(*languages)
