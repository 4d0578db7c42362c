"""What the last screen of `scale search` says of a law."""

from __future__ import annotations

import numpy as np

from grid_search.compound_scaling import AXES, COEFFICIENTS
from grid_search.law.answer import Answer
from grid_search.law_search.report import LawReport
from grid_search.law_search.reshaping import Reshaped
from grid_search.law_search.search import whole_shape

SHOWN = (0.5, 2.0, 4.0, 8.0)  # costs in baselines


def law_lines(report: LawReport) -> list[str]:
    """Return the lines of a law: answer, what others lose, the family with bands, what is wrong with the baseline."""
    found, path = report.found, report.path
    lost = ", ".join(f"{name} {_interval(loss.mean, loss.low, loss.high)}" for name, loss in report.losses.items())
    rule = "best follows a path (coefficients.yaml)" if path.bends else "constant coefficients lose nothing certain"
    family = (_foretold(report, one) for one in path.answers if min(abs(one.ratio / cost - 1) for cost in SHOWN) < 1e-6)
    return [
        f"law:    at {found.ratio:g}x real sizes {_sizes(report)}; 90 % intervals, {report.trainings} trainings; "
        f"expected {found.regret:.2f} points from the best",
        f"others: lose by the law, in points: {lost}",
        f"family: {rule}; accuracy {', '.join(family)}; * extrapolated, beyond {report.dearest:.2f}x",
        *([] if report.reshaped is None else [_out_of_balance(report.reshaped)]),
    ]


def _out_of_balance(found: Reshaped) -> str:
    sizes = ", ".join(f"{axis} {size:.2f}" for axis, size in zip(AXES, np.exp(found.sizes), strict=True))
    gain = _interval(found.gain.mean, found.gain.low, found.gain.high)
    return (
        f"shape:  the baseline is out of balance for this training: {sizes} at {found.ratio:.2f}x is {gain} points "
        "better than the answer, which shrinks no axis"
    )


def _sizes(report: LawReport) -> str:
    found = report.found
    bounds = zip(*(np.exp(whole_shape(report.pool, one)) for one in (found.shape, found.low, found.high)), strict=True)
    return ", ".join(
        f"{name} {best:.2f} ({low:.2f} to {high:.2f})"
        for name, (best, low, high) in zip(COEFFICIENTS, bounds, strict=True)
    )


def _foretold(report: LawReport, one: Answer) -> str:
    mark = "*" if one.ratio > report.dearest else ""
    return f"{one.ratio:g}x{mark} {one.accuracy:.2f} ({one.band[0]:.2f} to {one.band[1]:.2f})"


def _interval(mean: float, low: float, high: float) -> str:
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"
