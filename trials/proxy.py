"""The network that is really trained: a candidate made small by an explicit, recorded transformation. No torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from search_spaces.architecture import STRICT, Architecture, Stage
from search_spaces.scaling import Rounding, scale_architecture

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

# widths of one channel's precision: a quarter of 8, 16, 24 stays in proportion, so scaled networks stay distinct
ROUNDING = Rounding(width_divisor=1, depth="nearest", resolution="nearest")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """What is made smaller before training: factors on width, depth and resolution, and strides dropped.

    `resolution` 0.125 trains a 224 px network at 28 px and a 256 px one at 32 px, so that resolution stays an axis.
    `drop_strides` sets that many of the first strides to 1, for images that are small already.
    `regularization` is a factor on dropout and stochastic depth, which hinder more than they help in a few epochs
    and differ between published networks. `batch_norm_momentum` is torch's; short trainings need more than
    EfficientNet's 0.01.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    width: Share = 1.0
    depth: Share = 1.0
    resolution: Share = 1.0
    drop_strides: Annotated[int, Field(ge=0, le=8)] = 0
    regularization: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 1.0
    batch_norm_momentum: Share = 0.01


def apply_proxy(architecture: Architecture, proxy: Proxy) -> Architecture:
    """Return the network to train in the place of `architecture`."""
    small = scale_architecture(
        architecture, width=proxy.width, depth=proxy.depth, resolution=proxy.resolution, rounding=ROUNDING
    )
    milder = replace(
        small, dropout=small.dropout * proxy.regularization, drop_path=small.drop_path * proxy.regularization
    )
    return _drop_strides(milder, proxy.drop_strides)


def _drop_strides(architecture: Architecture, count: int) -> Architecture:
    """Set the first `count` strides above 1 to 1: the stem's, its pooling's, then the stages'."""
    stem, stages = architecture.stem, list[Stage]()
    if count and stem.stride > 1:
        stem, count = replace(stem, stride=1), count - 1
    if count and stem.pool > 1:
        stem, count = replace(stem, pool=1), count - 1
    for stage in architecture.stages:
        dropped = count > 0 and stage.stride > 1
        stages.append(replace(stage, stride=1) if dropped else stage)
        count -= dropped
    return replace(architecture, stem=stem, stages=tuple(stages))
