"""The explorer as a page of its own. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grid_search.explore.payload import SCRIPTS
from trials.page.assembling import write_page

TEMPLATE = Path(__file__).with_name("explorer.html")


def write_explorer(data: Mapping[str, Any], path: Path) -> None:
    """Write the page for what `explored` returned."""
    write_page(
        path,
        TEMPLATE,
        scripts=(*SCRIPTS, "explore.js"),
        payloads={"explored": data},
        title=f"{data['baseline']['name']} scaled",
        kind="split",
        data=data,
    )
