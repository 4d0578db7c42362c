"""What is said of a budget. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from trials.budget.length import Length
from trials.check.findings import Findings
from trials.duration import duration
from trials.study.clock import Clock

if TYPE_CHECKING:
    from trials.budget.begun import Begun

SHORT = 0.75  # of the number of images with which networks were seen to be ordered


def trained_on(length: Length) -> str:
    """Return a training in words."""
    return f"{length.images:,} images x {length.epochs} epoch{'s' * (length.epochs > 1)}"


def goes_on(begun: Begun | None) -> str:
    """Return what is said of the training of a study that was begun."""
    return "; the study goes on with the training it began with" if begun else ""


def doubts(length: Length, least: Length) -> tuple[str, ...]:
    """Return a warning where trainings are too short to order networks, none where they are not."""
    if length.seen >= SHORT * least.seen:
        return ()
    told = (
        f"a candidate sees {length.seen:,} images; below about {least.seen:,} accuracies say little of which network "
        "is better: a larger budget, or fewer and longer trainings (nas.trials, scale.candidates)"
    )
    return (told,)


def print_budget(console: Console, lines: tuple[str, ...], warnings: tuple[str, ...]) -> None:
    """Print how a budget is divided, and what to doubt about it."""
    for index, line in enumerate(lines):
        shown = f"{'budget:' if index == 0 else '':<10}{line}"
        console.print(shown, highlight=False, soft_wrap=True, markup=False)
    for warning in warnings:
        console.print(f"warning: {warning}", style="yellow", highlight=False, soft_wrap=True, markup=False)


def find_budget(findings: Findings, lines: tuple[str, ...], warnings: tuple[str, ...]) -> None:
    """Add how a budget is divided to what is told of an experiment."""
    if lines:
        findings.say("budget", *lines)
    for warning in warnings:
        findings.warn(warning)


def print_end(console: Console, clock: Clock) -> None:
    """Print how long a command took."""
    told = f"{'budget:':<8}{clock.elapsed:,.0f} s of {clock.seconds:,.0f} s ({duration(clock.seconds)}) are used"
    console.print(told, highlight=False, soft_wrap=True, markup=False)
