"""What was seen: pictures, networks, a look of each at each, and the figures that follow. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grid_search.maps.merit import Merit
from grid_search.maps.objects import Mask
from grid_search.maps.pictures import Pictures

if TYPE_CHECKING:
    import pandas as pd

    from grid_search.maps.looking import Look
    from grid_search.maps.trained import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Looks [network][picture], the objects, the merit of each network, and the places of the pictures to show."""

    title: str
    subjects: Sequence[Subject]
    pictures: Pictures
    masks: Sequence[Mask | None]
    looks: Sequence[Sequence[Look]]
    merits: Sequence[Merit]
    shown: Sequence[int]
    size: tuple[int, int]
    stage: int  # from 0
    folder: Path

    @property
    def sides(self) -> list[tuple[str, int]]:
        """The role of each network with the pixels of its map along the shorter side."""
        from trials.check.networks import stage_sides

        found = [(one.compared.role, stage_sides(one.network.architecture)) for one in self.subjects]
        return [(role, sides[min(self.stage, len(sides) - 1)]) for role, sides in found]


def answer_of(look: Look, label: int | None) -> str:
    """Return a network's answer with its confidence, and whether it is right where that is known."""
    mark = "" if label is None else (" (right)" if look.label == label else " (wrong)")
    return f"{look.answer}, {look.confidence:.0%}{mark}"


def truth_of(seen: Seen, place: int) -> str:
    """Return the class of a picture; an empty text where it is not known."""
    label = seen.pictures.labels[place]
    return "" if label is None else seen.subjects[0].expects.name_of(label)


def seen_table(seen: Seen) -> pd.DataFrame:
    """Return a row for each network and picture: answer, confidence, whether it is right, share on the object."""
    import pandas as pd

    rows = [
        {
            "picture": name,
            "network": subject.compared.role,
            "answer": one.answer,
            "confidence": round(one.confidence, 6),
            "right": None if label is None else one.label == label,
            "inside": one.inside,
            "area": None if mask is None else float(mask.mean()),
        }
        for subject, looks in zip(seen.subjects, seen.looks, strict=True)
        for name, label, mask, one in zip(seen.pictures.names, seen.pictures.labels, seen.masks, looks, strict=True)
    ]
    return pd.DataFrame(rows)
