"""Whether the time of day was set back while a program runs. No torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

WORTH_SAYING_S = 5.0  # less is what a clock's daily corrections come to


@dataclass(kw_only=True)
class TimeOfDay:
    """Compares the time of day with a clock that nobody sets; both tell seconds."""

    told: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    _ahead: float = field(init=False)

    def __post_init__(self) -> None:
        self._ahead = self.told() - self.steady()

    def set_back_by(self) -> float:
        """Return by how many seconds it was set back since the last call, 0.0 where it was not."""
        before, self._ahead = self._ahead, self.told() - self.steady()
        return before - self._ahead if before - self._ahead >= WORTH_SAYING_S else 0.0
