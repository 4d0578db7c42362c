"""The last screen of `scale maps`. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from grid_search.maps.merit import accuracy_text, interval_text, percent, sentences
from trials.console.output import shown

if TYPE_CHECKING:
    from grid_search.maps.result import Seen


def print_maps(console: Console, seen: Seen) -> None:
    """Print the networks with the share of their maps on the object, what that means, and where the files are."""
    table = Table(title=seen.title)
    measured = any(mask is not None for mask in seen.masks)
    headings = ["network", "cost", "accuracy", *(["on the object", "95 % interval"] if measured else [])]
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "network" else "right")
    for subject, merit in zip(seen.subjects, seen.merits, strict=True):
        own = [subject.compared.role, f"{subject.compared.ratio:.2f}x", accuracy_text(subject)]
        table.add_row(*own, *([percent(merit.mean), interval_text(merit)] if measured else []))
    console.print(table)
    for line in (*sentences(seen.merits, seen.masks), _files(seen)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def _files(seen: Seen) -> str:
    return f"files:  {shown(seen.folder)}/  (maps.html, maps.png, maps.csv; a folder with weights for each network)"
