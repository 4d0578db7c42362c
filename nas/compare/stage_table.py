"""Two networks beside each other, part by part, with what each part costs. No torch."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.stage_cost import stage_costs

if TYPE_CHECKING:
    import pandas as pd

SIDES = ("found", "reference")
STAGE_FIELDS = ("op", "kernel_size", "stride", "expansion_ratio", "se_ratio", "skip", "width", "depth")
COSTS = ("flops", "params")


def stage_table(found: Architecture, reference: Architecture, num_classes: int) -> pd.DataFrame:
    """Return a row for stem, every stage, head and total; columns `found_op`, `reference_op`, ..., `found_flops`, ...

    What a part does not have is missing. `num_classes` is the classifier's, part of the head.
    """
    import pandas as pd

    sides = [_parts(architecture, num_classes) for architecture in (found, reference)]
    stem, stages, head, total = zip(*sides, strict=True)
    rows = [("stem", stem)]
    rows += [(f"stage {index}", pair) for index, pair in enumerate(zip_longest(*stages, fillvalue={}), start=1)]
    rows += [("head", head), ("total", total)]
    columns = [(side, field) for field in (*STAGE_FIELDS, *COSTS) for side in SIDES]
    table = pd.DataFrame(
        [
            {"part": part, **{f"{side}_{field}": pair[SIDES.index(side)].get(field) for side, field in columns}}
            for part, pair in rows
        ]
    )
    return table.convert_dtypes()


def _parts(architecture: Architecture, num_classes: int) -> tuple[dict[str, Any], list[dict[str, Any]], Any, Any]:
    """Return stem, stages, head and total of one network, each by field."""
    costs = stage_costs(architecture, num_classes)
    stem, head = architecture.stem, architecture.head
    described = [
        {field: getattr(stage, field) for field in STAGE_FIELDS} | _cost(cost)
        for stage, cost in zip(architecture.stages, costs.stages, strict=True)
    ]
    stem_fields = {"op": "conv", "kernel_size": stem.kernel_size, "stride": stem.stride, "width": stem.width}
    head_fields = {"op": "conv", "kernel_size": 1, "stride": 1, "width": head.width} if head.width else {}
    total = {"depth": architecture.block_count} | _cost(estimate_cost(architecture, num_classes))
    return stem_fields | _cost(costs.stem), described, head_fields | _cost(costs.head), total


def _cost(cost: Cost) -> dict[str, int]:
    return {name: getattr(cost, name) for name in COSTS}
