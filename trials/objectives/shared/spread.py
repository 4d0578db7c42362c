"""How much cost has to weigh beside the loss with shared weights: both tell random networks apart alike. No torch.

No label of a full training is used. A loss under shared weights spreads more or less, depending on how long they were
trained; the logarithm of a cost spreads as the space says.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import stdev

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write
from search_spaces.search_space import SearchSpace
from trials.reward import MOST_W
from trials.study.candidate import derive_seed

SPREAD_NETWORKS = 32  # standard deviations within an eighth of the true ones
FILE = "spread.json"


def random_networks(space: SearchSpace, seed: int) -> list[Architecture]:
    """Return the networks whose losses are measured: of the whole space, so that limits make no difference."""
    rng = random.Random(derive_seed(seed, 2))
    return [space.sample(rng) for _ in range(SPREAD_NETWORKS)]


def equal_spread(losses: Sequence[float], costs: Sequence[float]) -> float:
    """Return the exponent w with which w * log(cost) spreads over networks as the loss does (standard deviations).

    Networks whose loss is not finite are left out; 0 where all costs are alike.

    >>> round(equal_spread([1.0, 1.1, 1.2], [1e6, 2e6, 4e6]), 4)
    0.1443
    """
    known = [(loss, math.log(cost)) for loss, cost in zip(losses, costs, strict=True) if math.isfinite(loss)]
    if len(known) < 2:
        return 0.0
    spread_of_loss, spread_of_cost = (stdev(values) for values in zip(*known, strict=True))
    return min(MOST_W, spread_of_loss / spread_of_cost) if spread_of_cost > 0 else 0.0


def kept_spread(folder: Path, measure: Callable[[], float]) -> float:
    """Return the exponent kept in `folder`, or measure it and keep it. Raises InvalidInput for a file that is none."""
    path = folder / FILE
    if not path.is_file():
        with atomic_write(path) as stream:
            json.dump({"w": measure()}, stream)
            stream.write("\n")
    try:
        w = json.loads(path.read_text(encoding="utf-8"))["w"]
        if not isinstance(w, int | float) or isinstance(w, bool) or not 0 <= w <= MOST_W:
            raise ValueError(f"w is {w!r}")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(str(path), f"{type(error).__name__}: {error}", "the file as it was written") from None
    return float(w)
