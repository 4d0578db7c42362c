"""The features of a network that the predictor learns from, known before any training. No torch.

The features are those of the resolved network, not of the way a space file writes it: two encodings of one network
have one vector, and a space that somebody writes tomorrow has features too.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_spaces.architecture import Architecture, Stage
from search_spaces.cost import stage_counts, stem_counts
from search_spaces.search_space import Parameters, SearchSpace, build_stage, with_fields
from search_spaces.structure import stage_runs

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Point = tuple[int, ...]  # the position of the option taken, choice by choice
Points = Sequence[Point] | Positions  # [points, choices]

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
LIKENESS, LIKENESS_REACH = 0.6, 8.0  # of a feature's effect in two stages: correlation, and stages until it fades
FACTS = len(STAGE_GROUPS) + 9  # of a stage: features, four costs, four costs of a head's channel after it, what leaves


class _Entry(NamedTuple):
    """What enters a stage: channels, height, width."""

    channels: int
    height: int
    width: int


class _Part(NamedTuple):
    """The choices of one stage, or of the network: their positions, and factors that make one number of options."""

    positions: Positions
    radix: Positions

    @classmethod
    def of(cls, space: SearchSpace, sizes: Sequence[int], stage: int | None) -> _Part:
        positions = np.array([i for i, choice in enumerate(space.choices) if choice.stage == stage], dtype=np.intp)
        radix = np.cumprod([1, *(sizes[i] for i in positions)])[: len(positions)].astype(np.intp)
        return cls(positions, radix)


class Featurizer:
    """Turns points of one search space into standardized features, [points, columns].

    `groups` gives the index into GROUPS of every column. A column has mean 0 over the space, and the squares of a
    group's columns sum to 1 on average; columns that do not vary over the space are left out. Columns of a group
    are mixed so that a linear model with independent weights is one in which a feature's effects in two stages are
    correlated a priori: what is learned of one kernel size says something about the next stage's.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.sizes = tuple(len(choice.options) for choice in space.choices)
        self._stages = range(len(space.skeleton.stages))
        self._of_stage = [_Part.of(space, self.sizes, stage) for stage in self._stages]
        self._of_network = _Part.of(space, self.sizes, None)
        self._rows: dict[tuple[int, int, int], int] = {}  # stage, code of its options, entry -> row of facts
        self._facts = np.empty((0, FACTS))
        self._new_facts: list[tuple[float, ...]] = []
        self._entries: dict[_Entry, int] = {}
        self._ends: dict[int, tuple[float, ...]] = {}

    def __call__(self, points: Points) -> Array:
        """Return the features of several points, [points, columns]."""
        kept, mean, mixing = self._statistics
        return np.asarray(np.nan_to_num(self._raw(points)[:, kept] - mean, copy=False, nan=0.0) @ mixing)

    @property
    def groups(self) -> NDArray[np.intp]:
        """The group of every column, [columns]."""
        return self._all_groups[self._statistics[0]]

    def point(self, parameters: Mapping[str, Any]) -> Point:
        """Return the position of the option that `parameters` takes of every choice."""
        return tuple(choice.options.index(parameters[choice.name]) for choice in self.space.choices)

    def parameters(self, point: Point) -> Parameters:
        """Return the options at these positions."""
        return self.space.options_at(point)

    def sample(self, rng: random.Random) -> Point:
        """Draw a point, every option as likely as another."""
        return tuple([int(rng.random() * size) for size in self.sizes])

    def costs(self, points: Points) -> Array:
        """Return multiply-adds, parameters and activations (as `estimate_cost` counts them), [points, 3]."""
        first = len(self._stages) * len(STAGE_GROUPS)
        return np.asarray(np.exp(self._raw(points)[:, first : first + 3]))

    @property
    def _all_groups(self) -> NDArray[np.intp]:
        return np.array([*list(range(len(STAGE_GROUPS))) * len(self._stages), *range(len(STAGE_GROUPS), len(GROUPS))])

    @cached_property
    def _statistics(self) -> tuple[NDArray[np.bool_], Array, Array]:
        """Which columns vary over the space, their mean and the matrix that standardizes and mixes them."""
        rng = random.Random(0)
        raw = self._raw([self.sample(rng) for _ in range(REFERENCE_DRAWS)])
        known = ~np.isnan(raw)
        counts = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, raw, 0).sum(axis=0) / counts
        centred = np.where(known, raw - mean, 0)
        spread = np.sqrt((centred**2).sum(axis=0) / counts)
        kept = spread > 1e-9
        groups = self._all_groups[kept]
        mixing = self._likeness(kept) / spread[kept, None]
        squares = np.bincount(groups, ((centred[:, kept] @ mixing) ** 2).mean(axis=0), minlength=len(GROUPS))
        return kept, mean[kept], mixing / np.sqrt(squares[groups])

    def _likeness(self, kept: NDArray[np.bool_]) -> Array:
        """Return the root of the correlation of effects that is assumed between columns, zero across groups."""
        stages = np.append(np.repeat(np.array(self._stages), len(STAGE_GROUPS)), np.full(len(NETWORK_GROUPS), -1))[kept]
        groups, apart = self._all_groups[kept], np.abs(stages[:, None] - stages)
        alike = np.where(apart == 0, 1.0, LIKENESS * np.exp(-apart / LIKENESS_REACH))
        return np.asarray(np.linalg.cholesky(np.where(groups[:, None] == groups, alike, 0.0)))

    def _raw(self, points: Points) -> Array:
        grid = np.array(points, dtype=np.intp).reshape(len(points), len(self.sizes))
        ends = self._ends_of(grid)  # [points, entry, log resolution, costs, head width]
        entries = ends[:, 0].astype(np.intp)
        stages = []
        for stage in self._stages:
            rows = self._stage_rows(stage, grid[:, self._of_stage[stage].positions], entries)
            stages.append(self._facts[rows])
            entries = stages[-1][:, -1].astype(np.intp)
        facts = np.stack(stages, axis=1)  # [points, stages, facts]
        columns, figures = len(STAGE_GROUPS), 4
        totals = facts[:, :, columns : columns + figures].sum(axis=1)
        totals[:, :3] += ends[:, 2:5]
        totals += ends[:, 5:] * facts[:, -1, columns + figures : -1]
        totals[:, :3] = np.log(totals[:, :3])
        return np.concatenate([facts[:, :, :columns].reshape(len(points), -1), totals, ends[:, 1:2]], axis=1)

    def _stage_rows(self, stage: int, options: Positions, entries: Positions) -> Positions:
        """Return the rows of facts of a stage by the options taken, [points, choices], and what enters it, [points]."""
        codes = options @ self._of_stage[stage].radix
        _, first, inverse = np.unique(codes * len(self._entries) + entries, return_index=True, return_inverse=True)
        keys = [(stage, int(codes[i]), int(entries[i])) for i in first]
        for key, position in zip(keys, first, strict=True):
            if key not in self._rows:
                self._learn_stage(key, options[position].tolist())
        if self._new_facts:
            self._facts = np.concatenate([self._facts, np.array(self._new_facts)])
            self._new_facts = []
        return np.asarray(np.array([self._rows[key] for key in keys], dtype=np.intp)[inverse.reshape(-1)])

    def _learn_stage(self, key: tuple[int, int, int], options: Sequence[int]) -> None:
        index, _, entry_number = key
        entry = list(self._entries)[entry_number]
        fields = dict(self.space.fixed[index]) | self._settings(self._of_stage[index], options)
        stage = build_stage(self.space.skeleton.stages[index], fields)
        facts, leaving = (
            ((0.0, *[math.nan] * (len(STAGE_GROUPS) - 1), 0, 0, 0, 0), entry)
            if stage is None
            else _stage_facts(stage, entry)
        )
        area = leaving.height * leaving.width
        per_head_channel = (leaving.channels * area, leaving.channels + 2, area, 0)
        self._rows[key] = len(self._rows)
        self._new_facts.append((*facts, *per_head_channel, self._entry(leaving)))

    def _ends_of(self, grid: Positions) -> Array:
        """Return what enters the first stage, the log of the resolution, and the cost of stem and classifier."""
        options = grid[:, self._of_network.positions]
        codes, first, inverse = np.unique(options @ self._of_network.radix, return_index=True, return_inverse=True)
        for code, position in zip(codes.tolist(), first, strict=True):
            if code not in self._ends:
                fields = self._settings(self._of_network, options[position].tolist())
                entry, facts = _end_facts(with_fields(self.space.skeleton, fields))
                self._ends[code] = (self._entry(entry), *facts)
        return np.asarray(np.array([self._ends[code] for code in codes.tolist()])[inverse.reshape(-1)])

    def _settings(self, part: _Part, options: Sequence[int]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for index, option in zip(part.positions.tolist(), options, strict=True):
            fields |= dict(self.space.choices[index].settings[option])
        return fields

    def _entry(self, entry: _Entry) -> int:
        return self._entries.setdefault(entry, len(self._entries))


def _stage_facts(stage: Stage, entry: _Entry) -> tuple[tuple[float, ...], _Entry]:
    blocks = [block for block, count in stage_runs(stage, entry.channels) for _ in range(count)]
    totals, height, width = stage_counts(stage, *entry)
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
    return (*features, *totals, depth), _Entry(stage.width, height, width)


def _end_facts(network: Architecture) -> tuple[_Entry, tuple[float, ...]]:
    stem = network.stem
    (flops, params, activations), height, width = stem_counts(stem, 3, *network.input_size)
    features = network.feature_width
    counts = (
        flops + NUM_CLASSES * features,
        params + NUM_CLASSES * (features + 1),
        activations + NUM_CLASSES,
    )
    resolution = math.log(math.prod(network.input_size)) / 2
    return _Entry(stem.width, height, width), (resolution, *counts, network.head.width or 0)
