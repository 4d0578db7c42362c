"""What the explorer of a page is given: the baseline, how it is scaled, the networks beside it. No torch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from grid_search.compound_scaling import PAPER_COEFFICIENTS, Coefficients
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from search_spaces.reference import EFFICIENTNETS, reference
from search_spaces.scaling import EFFICIENTNET_ROUNDING, Rounding
from search_spaces.task import IMAGENET, Task

PUBLISHED = tuple(EFFICIENTNETS)[:8]  # B0 to B7
SCRIPTS = ("network.js", "stages.js", "explorer.js")


def explored(
    baseline: Architecture,
    *,
    coefficients: Coefficients = PAPER_COEFFICIENTS,
    rounding: Rounding = EFFICIENTNET_ROUNDING,
    task: Task = IMAGENET,
) -> dict[str, Any]:
    """Return the data of the explorer; `coefficients` and `rounding` are where its sliders stand at first."""
    published = [reference(name) for name in PUBLISHED]
    networks = published if baseline.name in PUBLISHED else [baseline, *published]
    return {
        "baseline": architecture_mapping(baseline),
        "phi": 1,
        "coefficients": asdict(coefficients),
        "rounding": asdict(rounding),
        "task": list(task),
        "networks": [architecture_mapping(network) for network in networks],
    }
