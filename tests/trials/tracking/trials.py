from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from trials.tracking.finished_trial import FinishedTrial

BEGAN, ENDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 7, tzinfo=UTC)


def trial(number: int, **changes: Any) -> FinishedTrial:
    """Return a trial as a search ends it."""
    told: dict[str, Any] = {
        "study": "try/nas/candidates",
        "number": number,
        "name": f"trial {number}",
        "parameters": {"stage1.kernel_size": 3, "stage1.op": "mbconv"},
        "figures": {"val_accuracy": 0.5 + number / 100, "flops": 1e6},
        "state": "complete",
        "reason": "",
        "began": BEGAN,
        "ended": ENDED,
    }
    return FinishedTrial(**(told | changes))
