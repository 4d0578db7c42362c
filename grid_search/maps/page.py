"""The maps as a page for a browser. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grid_search.maps.merit import accuracy_text, interval_text, percent, sentences
from grid_search.maps.painting import as_source, painted
from grid_search.maps.result import Seen, answer_of, truth_of
from trials.page.assembling import write_page
from trials.page.tables import Rows, made_by

TEMPLATE = Path(__file__).with_name("maps.html")
OBJECT = ("on the object", "95 % interval", "pictures")


def write_maps(seen: Seen, record: Mapping[str, Any], path: Path) -> None:
    """Write the page; `record` is what `run.json` says."""
    write_page(
        path,
        TEMPLATE,
        scripts=(),
        payloads={},
        title=seen.title,
        kind="maps",
        seen=seen,
        sentences=sentences(seen.merits, seen.masks),
        networks=_networks(seen),
        rows=[_row(seen, place) for place in seen.shown],
        record=made_by(record),
    )


def _networks(seen: Seen) -> Rows:
    """Return the table of networks; the columns of the object only where there is one."""
    measured = any(mask is not None for mask in seen.masks)
    headings = ("network", *(OBJECT if measured else ()), "cost", "validation accuracy", "input, px", "map, px")
    rows = []
    for subject, merit, (role, side) in zip(seen.subjects, seen.merits, seen.sides, strict=True):
        height, width = subject.expects.resolution
        figures = (percent(merit.mean), interval_text(merit), merit.pictures) if measured else ()
        own = (f"{subject.compared.ratio:.2f}×", accuracy_text(subject), f"{height} × {width}", side)
        rows.append((role, *figures, *own))
    return Rows(headings=headings, rows=rows)


def _row(seen: Seen, place: int) -> dict[str, Any]:
    """Return what is shown of one picture: itself, then each network's map with its answer."""
    pixels, mask = seen.pictures.read([place], seen.size, 3)[0], seen.masks[place]
    label, cells = seen.pictures.labels[place], []
    for subject, looks in zip(seen.subjects, seen.looks, strict=True):
        one, role = looks[place], subject.compared.role
        inside = "" if one.inside is None else f"{percent(one.inside)} on the object"
        told = answer_of(one, label)
        alt = f"Where {role} looks, which answers {told}. {inside}".strip()
        source = as_source(painted(pixels, seen.size, one.heat, mask))
        cells.append({"role": role, "answer": told, "inside": inside, "alt": alt, "source": source})
    source = as_source(painted(pixels, seen.size, mask=mask))
    return {"name": seen.pictures.names[place], "truth": truth_of(seen, place), "source": source, "cells": cells}
