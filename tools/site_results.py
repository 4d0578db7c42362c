"""A hook of mkdocs: published results, which lie beside docs/, are pages and files of the site too."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
SHOWN = {".md", ".png", ".svg", ".csv", ".yaml", ".json", ".txt", ".log"}
LINK = re.compile(r"\]\((?!\w+:|#)([^)#]+)")
FIRST = ("README.md", "run.json")  # what a link to a folder leads to


def on_files(files: Files, config: Any) -> Files:
    """Add what is published."""
    for path in sorted((ROOT / "results").rglob("*")):
        if path.suffix in SHOWN and (path.parent.name == "results" or "published" in path.parts):
            name = path.relative_to(ROOT).as_posix()
            files.append(File(name, str(ROOT), config["site_dir"], config["use_directory_urls"]))
    return files


def on_page_markdown(markdown: str, page: Any, **_context: Any) -> str:
    """Lead links to results to where they are in the site, those to a folder to the first file in it."""
    source = page.file.src_uri
    written = ROOT / source if source.startswith("results/") else ROOT / "docs" / source

    def inside(link: re.Match[str]) -> str:
        target = (written.parent / link[1]).resolve()
        if target.is_dir():
            target = next((target / name for name in FIRST if (target / name).is_file()), target)
        if not target.is_relative_to(ROOT / "results"):
            return link[0]
        place = target.relative_to(ROOT).as_posix()
        return f"]({os.path.relpath(place, Path(source).parent)}"

    return LINK.sub(inside, markdown)
