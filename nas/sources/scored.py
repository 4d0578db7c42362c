"""A cheap objective as a source: what it says of a network, kept in a file beside the study. No torch."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nas.samplers.predictor.features import Points, Positions
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write
from search_spaces.search_space import SearchSpace
from trials.study.candidate import Begins, Candidate, Evaluate

Array = NDArray[np.float64]
SAMPLED = 64  # random networks that a source is known for from the beginning
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class ScoredSource:
    """An objective that costs far less than an evaluation; `sign` 1 where larger is meant to be better.

    Every value is a function of the network and `seed` alone. Those known are kept in `file`, so that a run that goes
    on does not compute them again; without the file it does, to the same values.
    """

    name: str
    evaluate: Evaluate = field(repr=False)
    metric: str
    sign: float
    space: SearchSpace = field(repr=False)
    seed: int
    file: Path
    answers: bool = True

    def begin(self, tell: Tell) -> None:
        """Train what it needs, and score the networks that are known from the beginning."""
        if isinstance(self.evaluate, Begins):
            self.evaluate.begin(tell)
        started, known = time.perf_counter(), len(self._known)
        _, values = self.rows()
        if len(self._known) > known:
            seconds = time.perf_counter() - started
            tell(f"source {self.name}: {len(values)} random networks scored in {seconds:.0f} s")

    def rows(self) -> tuple[Positions, Array]:
        """Return random networks [rows, choices] and their values [rows].

        Raises InvalidInput where too few have one.
        """
        draw = random.Random(f"{self.seed}/{self.name}")
        sizes = [len(choice.options) for choice in self.space.choices]
        points = np.array([[draw.randrange(size) for size in sizes] for _ in range(SAMPLED)], dtype=np.intp)
        values = self.at(points)
        kept = np.isfinite(values)
        if kept.sum() < SAMPLED / 2:
            found = f"{self.name}, which has no value for {SAMPLED - int(kept.sum())} of {SAMPLED} networks"
            raise InvalidInput("nas.sources", found, "a source that can judge most networks of the space")
        return points[kept], values[kept]

    def at(self, points: Points) -> Array:
        """Return the values of any networks, [points], NaN where there is none."""
        networks = [self.space.decode(self.space.options_at(point)) for point in points]
        known, before = self._known, len(self._known)
        for network in networks:
            if network.key not in known:
                known[network.key] = self._value(network)
        if len(known) > before:
            self._keep()
        return np.array([known[network.key] for network in networks])

    def _value(self, network: Architecture) -> float:
        cost = estimate_cost(network)
        candidate = Candidate(number=0, trial_id=0, architecture=network, seed=self.seed, cost=cost)
        try:
            return self.sign * self.evaluate(candidate, _report_nothing)[self.metric]
        except ArithmeticError:
            return math.nan

    @property
    def _made_by(self) -> str:
        return repr((self.evaluate, self.seed))

    @cached_property
    def _known(self) -> dict[str, float]:
        """Values by the networks' keys; those of the file where the same objective made them."""
        try:
            content = json.loads(self.file.read_text(encoding="utf-8"))
            if content["made_by"] == self._made_by:
                return {
                    str(key): math.nan if value is None else float(value) for key, value in content["values"].items()
                }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # there is none yet, or it is damaged: computed again
        return {}

    def _keep(self) -> None:
        values = {key: None if math.isnan(value) else value for key, value in self._known.items()}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.file) as stream:
            json.dump({"made_by": self._made_by, "values": values}, stream)


def _report_nothing(_step: int, _accuracy: float) -> None:
    """Keep quiet: a source is no training that could be stopped."""
