"""What is told and kept of the training of shared weights: a line for each epoch, the way of a policy. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from trials.duration import duration

if TYPE_CHECKING:
    from trials.objectives.shared.controller import Controller, PolicyRecord
    from trials.training.state import EpochResult

Tell = Callable[[str], None]


def told_epochs(epochs: int, tell: Tell, controller: Controller | None = None) -> Callable[[EpochResult], None]:
    """Return what tells of each epoch how far the training is, with the time left and what a controller has learned."""
    seconds: list[float] = []

    def on_epoch(result: EpochResult) -> None:
        seconds.append(result.seconds)
        left = (epochs - result.epoch) * median(seconds)  # of one epoch a machine may have slept through the night
        policy = "" if controller is None else _policy(controller, result.epoch, epochs)
        tell(
            f"shared weights: epoch {result.epoch}/{epochs}  loss {result.train_loss:.4f}  "
            f"largest network's accuracy {result.val_accuracy:.4f}  {policy}left {duration(left)}"
        )

    return on_epoch


def told_policy(controller: Controller) -> str:
    """Return in words what a controller has learned."""
    last = controller.history[-1]
    return (
        f"policy: entropy {last.entropy:.2f} (1: undecided, 0: decided) after {last.step} steps; "
        f"its most probable network has {last.cost:,.0f} {controller.charged}"
    )


def write_policy(history: Sequence[PolicyRecord], path: Path) -> None:
    """Write what was recorded of a policy: step, entropy, reward and cost of its most probable network."""
    import pandas as pd

    from trials.study.report import write_csv

    write_csv(pd.DataFrame([asdict(record) for record in history]), path)


def _policy(controller: Controller, epoch: int, epochs: int) -> str:
    record = controller.after(controller.steps * epoch // epochs)
    return "" if record is None else f"policy's entropy {record.entropy:.2f}  "
