"""What is known about a network before it is trained, as a vector. No torch.

The features are those of the resolved network, not of the way a space file writes it: two encodings of one network
have one vector, and a space that somebody writes tomorrow has features too.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_spaces.architecture import Architecture, Stage
from search_spaces.cost import block_counts
from search_spaces.search_space import Parameters, SearchSpace, build_stage, with_fields
from search_spaces.structure import stage_runs

Array = NDArray[np.float64]
Point = tuple[int, ...]  # the position of the option taken, choice by choice

STAGE_GROUPS = (
    "depth",
    "kernel_size",
    "expansion",
    "squeeze",
    "width",
    "conv",
    "dsconv",
    "identity",
    "pool",
    "stage_flops",
    "stage_params",
    "stage_activations",
)
NETWORK_GROUPS = ("flops", "params", "activations", "blocks", "resolution")
GROUPS = STAGE_GROUPS + NETWORK_GROUPS
REFERENCE_DRAWS = 512
NUM_CLASSES = 1000


class _Entry(NamedTuple):
    """What enters a stage: channels, height, width."""

    channels: int
    height: int
    width: int


class Featurizer:
    """Turns points of one search space into standardized features, [points, columns].

    `groups` gives the index into GROUPS of every column. A column has mean 0 over the space, and the squares of a
    group's columns sum to 1 on average; columns that do not vary over the space are left out.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.sizes = tuple(len(choice.options) for choice in space.choices)
        self._stages = range(len(space.skeleton.stages))
        self._of_stage = [
            _picker([i for i, c in enumerate(space.choices) if c.stage == stage]) for stage in self._stages
        ]
        self._of_network = _picker([i for i, c in enumerate(space.choices) if c.stage is None])
        self._rows: dict[tuple[int, Point, _Entry], int] = {}
        self._leaving: list[_Entry] = []
        self._facts = np.empty((0, len(STAGE_GROUPS) + 4))  # features, then flops, params, activations, blocks
        self._new_facts: list[tuple[float, ...]] = []
        self._ends: dict[Point, tuple[_Entry, float, tuple[float, ...]]] = {}

    def __call__(self, points: Sequence[Point]) -> Array:
        """Return the features of several points, [points, columns]."""
        kept, mean, scale = self._statistics
        return np.asarray(np.nan_to_num((self._raw(points)[:, kept] - mean) / scale, copy=False, nan=0.0))

    @property
    def groups(self) -> NDArray[np.intp]:
        """The group of every column, [columns]."""
        return self._all_groups[self._statistics[0]]

    def point(self, parameters: Mapping[str, Any]) -> Point:
        """Return the position of the option that `parameters` takes of every choice."""
        return tuple(choice.options.index(parameters[choice.name]) for choice in self.space.choices)

    def parameters(self, point: Point) -> Parameters:
        """Return the options at these positions."""
        return {c.name: c.options[position] for c, position in zip(self.space.choices, point, strict=True)}

    def sample(self, rng: random.Random) -> Point:
        """Draw a point, every option as likely as another."""
        return tuple([int(rng.random() * size) for size in self.sizes])

    def costs(self, points: Sequence[Point]) -> Array:
        """Return multiply-adds, parameters and activations (as `estimate_cost` counts them), [points, 3]."""
        first = len(self._stages) * len(STAGE_GROUPS)
        return np.asarray(np.exp(self._raw(points)[:, first : first + 3]))

    @property
    def _all_groups(self) -> NDArray[np.intp]:
        return np.array([*list(range(len(STAGE_GROUPS))) * len(self._stages), *range(len(STAGE_GROUPS), len(GROUPS))])

    @cached_property
    def _statistics(self) -> tuple[NDArray[np.bool_], Array, Array]:
        """Which columns vary over the space, their mean and what they are divided by."""
        rng = random.Random(0)
        raw = self._raw([self.sample(rng) for _ in range(REFERENCE_DRAWS)])
        known = ~np.isnan(raw)
        counts = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, raw, 0).sum(axis=0) / counts
        spread = np.sqrt(np.where(known, (raw - mean) ** 2, 0).sum(axis=0) / counts)
        kept = spread > 1e-9
        groups = self._all_groups[kept]
        members = np.bincount(groups, minlength=len(GROUPS))
        return kept, mean[kept], spread[kept] * np.sqrt(members[groups])

    def _raw(self, points: Sequence[Point]) -> Array:
        rows = np.array([self._stage_rows(point) for point in points], dtype=np.intp).reshape(len(points), -1)
        ends = np.array([self._end(self._of_network(point))[2] for point in points]).reshape(len(points), 4)
        if self._new_facts:
            self._facts = np.concatenate([self._facts, np.array(self._new_facts)])
            self._new_facts = []
        facts = self._facts[rows]  # [points, stages, facts]
        totals = facts[:, :, len(STAGE_GROUPS) :].sum(axis=1)
        head_widths, ends = ends[:, 3:], np.concatenate([ends[:, :3], np.zeros((len(points), 1))], axis=1)
        totals = totals + ends + head_widths * self._per_head_channel(rows[:, -1])
        totals[:, :3] = np.log(totals[:, :3])
        sizes = np.array([[self._end(self._of_network(point))[1]] for point in points])
        return np.concatenate([facts[:, :, : len(STAGE_GROUPS)].reshape(len(points), -1), totals, sizes], axis=1)

    def _per_head_channel(self, last_rows: NDArray[np.intp]) -> Array:
        """Return what one channel of the head's convolution costs after these last stages, [points, 4]."""
        entries = [self._leaving[row] for row in last_rows]
        return np.array([(e.channels * e.height * e.width, e.channels + 2, e.height * e.width, 0) for e in entries])

    def _stage_rows(self, point: Point) -> list[int]:
        entry = self._end(self._of_network(point))[0]
        rows = []
        for stage, pick in enumerate(self._of_stage):
            key = (stage, pick(point), entry)
            row = self._rows.get(key)
            if row is None:
                row = self._learn_stage(*key)
            rows.append(row)
            entry = self._leaving[row]
        return rows

    def _learn_stage(self, index: int, options: Point, entry: _Entry) -> int:
        fields = dict(self.space.fixed[index])
        choices = [choice for choice in self.space.choices if choice.stage == index]
        for choice, option in zip(choices, options, strict=True):
            fields |= dict(choice.settings[option])
        stage = build_stage(self.space.skeleton.stages[index], fields)
        facts, leaving = (
            ((0.0, *[math.nan] * (len(STAGE_GROUPS) - 1), 0, 0, 0, 0), entry)
            if stage is None
            else _stage_facts(stage, entry)
        )
        row = self._rows[index, options, entry] = len(self._leaving)
        self._leaving.append(leaving)
        self._new_facts.append(facts)
        return row

    def _end(self, options: Point) -> tuple[_Entry, float, tuple[float, ...]]:
        """Return what enters the first stage, the logarithm of the resolution, and the cost of stem and classifier."""
        if options not in self._ends:
            fields: dict[str, Any] = {}
            choices = [choice for choice in self.space.choices if choice.stage is None]
            for choice, option in zip(choices, options, strict=True):
                fields |= dict(choice.settings[option])
            self._ends[options] = _end_facts(with_fields(self.space.skeleton, fields))
        return self._ends[options]


def _picker(positions: list[int]) -> Callable[[Point], Point]:
    """Return a function that picks these positions of a point."""
    if not positions:
        return lambda _point: ()
    if len(positions) == 1:
        return lambda point: (point[positions[0]],)
    return itemgetter(*positions)


def _stage_facts(stage: Stage, entry: _Entry) -> tuple[tuple[float, ...], _Entry]:
    blocks = [block for block, count in stage_runs(stage, entry.channels) for _ in range(count)]
    height, width = entry.height, entry.width
    totals = np.zeros(3, dtype=np.int64)
    for block in blocks:
        entering = height * width
        height, width = -(-height // block.stride), -(-width // block.stride)
        totals += block_counts(block, entering, height * width)
    last, depth = blocks[-1], len(blocks)
    features = (
        depth,
        stage.kernel_size,
        math.log((last.expanded_width or last.in_width) / last.in_width),
        sum(block.squeeze_width / block.in_width for block in blocks) / depth,
        math.log(stage.width),
        last.op == "conv",
        last.op == "dsconv",
        sum(block.shortcut == "identity" for block in blocks) / depth,
        sum(block.shortcut == "pool" for block in blocks) / depth,
        *np.log(totals).tolist(),
    )
    return (*features, *totals.tolist(), depth), _Entry(stage.width, height, width)


def _end_facts(network: Architecture) -> tuple[_Entry, float, tuple[float, ...]]:
    stem = network.stem
    height, width = (-(-size // stem.stride) for size in network.input_size)
    pooled_height, pooled_width = (-(-size // stem.pool) for size in (height, width))
    weights = 3 * stem.width * stem.kernel_size**2
    features = network.feature_width
    counts = (
        weights * height * width + NUM_CLASSES * features,
        weights + 2 * stem.width + NUM_CLASSES * (features + 1),
        stem.width * height * width + NUM_CLASSES,
    )
    resolution = math.log(math.prod(network.input_size)) / 2
    return _Entry(stem.width, pooled_height, pooled_width), resolution, (*counts, network.head.width or 0)
