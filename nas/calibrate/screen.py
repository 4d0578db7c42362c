"""The screen of `nas calibrate`: the fitted exponents, what they mean, what to set. No torch."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from nas.calibrate.exponents import Calibration, Exponent
from trials.experiment import Experiment
from trials.reward import DEFAULT_W


def print_calibration(console: Console, calibration: Calibration, experiment: Experiment) -> None:
    """Print w over all costs and by octave, its meaning, and the line that sets it."""
    table = Table(
        title=f"{experiment.name}: w of accuracy * ({calibration.cost_name} / target)^w, along the best networks"
    )
    for heading in (calibration.cost_name, "trials", "front", "w", "95 % interval", "doubling buys"):
        table.add_column(heading, justify="right", no_wrap=True)
    for octave in calibration.octaves:
        table.add_row(*_row(octave))
    table.add_section()
    table.add_row(*_row(calibration.overall))
    console.print(table)
    for line in advice(calibration, experiment):
        console.print(line, highlight=False, soft_wrap=True)


def advice(calibration: Calibration, experiment: Experiment) -> list[str]:
    """Say what the fit means in plain words, and what to type."""
    overall, cost_name = calibration.overall, calibration.cost_name
    kind = "" if experiment.reward.kind == "soft" else "--set reward.kind=soft "
    return [
        f"meaning: twice the {cost_name} make the best of these networks {_percent(overall.doubling)} more accurate (a "
        f"share of what it was, not points); with w = {overall.w:.3f} the soft reward takes that as an even trade",
        f"         a w nearer to 0 finds dearer networks, one further off cheaper ones; that of an octave leads there "
        f"(MnasNet's {DEFAULT_W['soft']:g} asks {_percent(2 ** -DEFAULT_W['soft'] - 1)} for twice the cost)",
        f"use:     nas run {experiment.name} {kind}--set reward.w={overall.w:.3f} --out OTHER"
        "  (a study keeps the reward it began with)",
    ]


def _row(exponent: Exponent) -> tuple[str, ...]:
    span = f"{_short(exponent.low_cost)}-{_short(exponent.high_cost)}"
    counts = (str(exponent.trials), str(exponent.on_front))
    if math.isnan(exponent.w):
        return span, *counts, "-", "-", "-"
    interval = "-" if math.isnan(exponent.low) else f"[{exponent.low:.3f}, {exponent.high:.3f}]"
    return span, *counts, f"{exponent.w:.3f}", interval, _percent(exponent.doubling)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _short(cost: float) -> str:
    """Return a cost in three digits and M or G where it is large.

    >>> _short(385814752.0), _short(12.5)
    ('386M', '12.5')
    """
    for factor, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if cost >= factor:
            return f"{cost / factor:.3g}{suffix}"
    return f"{cost:.3g}"
