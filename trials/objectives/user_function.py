"""`objective: {python: module:callable}`: a user's own function, its metrics checked. No torch."""

from __future__ import annotations

import contextlib
import inspect
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real

from search_spaces.errors import InvalidInput
from search_spaces.user_callable import import_callable
from trials.study.candidate import Candidate, Metrics, Report

KEY, REPORT = "objective.python", "report"
LONGEST_NAME = 100  # characters of a metric's name


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFunction:
    """Call a user's function with (architecture, seed) and check the metrics it returns.

    One with a third parameter named `report` is given a function to tell accuracies on the way with: report(step,
    val_accuracy). It raises where the training is to be stopped.
    """

    python: str

    def prepare(self) -> None:
        """Import the function now, so that a wrong name is said before a study begins."""
        import_callable(self.python, KEY)

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        """Return the function's metrics; anything but numbers with a `val_accuracy` in [0, 1] raises InvalidInput."""
        function = import_callable(self.python, KEY)
        further = {REPORT: _checked_report(report)} if takes_report(self.python) else {}
        return checked_metrics(function(candidate.architecture, candidate.seed, **further))


@lru_cache
def takes_report(path: str) -> bool:
    """Tell whether a user's function has a parameter named `report`."""
    try:
        return REPORT in inspect.signature(import_callable(path, KEY)).parameters
    except (TypeError, ValueError):  # a callable without a signature, written in C
        return False


def _checked_report(report: Report) -> Report:
    """Return a report that refuses anything but a step from 0 on and an accuracy in [0, 1]."""

    def checked(step: int, val_accuracy: float) -> None:
        try:
            whole = -1 if isinstance(step, bool) else operator.index(step)  # an integer of numpy too
        except TypeError:
            whole = -1
        if whole < 0:
            raise InvalidInput("report.step", step, "an integer from 0")
        report(whole, checked_metrics({"val_accuracy": val_accuracy})["val_accuracy"])

    return checked


def checked_metrics(returned: object) -> Metrics:
    """Return the metrics as floats. Raises InvalidInput for anything but numbers with `val_accuracy` in [0, 1]."""
    if not isinstance(returned, Mapping):
        raise InvalidInput("metrics", returned, "a mapping such as {'val_accuracy': 0.9}")
    metrics = {_checked_name(name): _number(f"metrics.{name}", value) for name, value in returned.items()}
    if not 0 <= metrics.get("val_accuracy", -1) <= 1:
        raise InvalidInput("metrics.val_accuracy", metrics.get("val_accuracy"), "a number from 0 to 1")
    return metrics


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput("metrics", name, f"names of 1 to {LONGEST_NAME} printable characters")
    return name


def _number(key: str, value: object) -> float:
    """Return a finite number as a float; what holds one alone, a scalar of numpy or torch, is a number too."""
    item = getattr(value, "item", None)
    with contextlib.suppress(ValueError, RuntimeError, OverflowError):  # more than one number; too large a one
        number = item() if callable(item) else value
        if isinstance(number, Real) and not isinstance(number, bool) and math.isfinite(converted := float(number)):
            return converted
    raise InvalidInput(key, value, "a finite number")
