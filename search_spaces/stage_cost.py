"""The closed-form cost of a network stage by stage. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from search_spaces.architecture import Architecture, Head
from search_spaces.cost import Cost, estimate_cost, stage_counts, stem_counts


@dataclass(frozen=True, kw_only=True, slots=True)
class StageCosts:
    """What stem, stages and head (classifier included) cost; they add up to the network's `estimate_cost`."""

    stem: Cost
    stages: tuple[Cost, ...]
    head: Cost


def stage_costs(architecture: Architecture, num_classes: int = 1000) -> StageCosts:
    """Split the cost of a network over its parts, stages as they are written.

    >>> from search_spaces.reference import reference
    >>> stage_costs(reference("efficientnet-b0")).stages[0]
    Cost(flops=10035712, params=1448, activations=602152)
    """
    stages = tuple(_each_stage(architecture))
    headless = estimate_cost(replace(architecture, head=Head(width=None)), num_classes=0)
    return StageCosts(
        stem=_difference(headless, stages),
        stages=stages,
        head=_difference(estimate_cost(architecture, num_classes), (headless,)),
    )


def _each_stage(architecture: Architecture) -> Iterable[Cost]:
    _, height, width = stem_counts(architecture.stem, 3, *architecture.input_size)
    in_width = architecture.stem.width
    for stage in architecture.stages:
        (flops, params, activations), height, width = stage_counts(stage, in_width, height, width)
        yield Cost(flops=flops, params=params, activations=activations)
        in_width = stage.width


def _difference(whole: Cost, parts: Iterable[Cost]) -> Cost:
    parts = tuple(parts)
    return Cost(
        flops=whole.flops - sum(part.flops for part in parts),
        params=whole.params - sum(part.params for part in parts),
        activations=whole.activations - sum(part.activations for part in parts),
    )
