"""The screen of `nas qa --truth`: every predictor's tau, and one sentence. No torch."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from nas.qa.rank_correlation import FEWEST_FOR_INTERVAL, Estimate
from nas.qa.screen import interval_text, number_text
from nas.qa.truth.figures import FIT, FREE, Agreement
from trials.console.output import shown


def print_agreement(console: Console, agreement: Agreement) -> None:
    """Print taus with intervals, what each adds to the fit of costs, and what follows."""
    count = len(agreement.table)
    table = Table(title=f"against known accuracies, {count} networks", box=None, pad_edge=False)
    table.add_column("predictor", no_wrap=True)
    for heading in ("Kendall's tau", "95 % interval", "beside the fit", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, tau in agreement.taus.items():
        partial = agreement.partial.get(name)
        beside = (number_text(partial.value), interval_text(partial)) if partial else ("", "")
        table.add_row(name, number_text(tau.value), interval_text(tau), *beside)
    console.print(table)
    cost = "" if math.isnan(agreement.seconds) else f"cost:   {agreement.seconds:.1f} s per network\n"
    console.print(f"{cost}{verdict(agreement)}\nfiles:  {shown(agreement.folder)}/", highlight=False, soft_wrap=True)


def verdict(agreement: Agreement) -> str:
    """Say in one sentence what was measured is worth beside figures that cost nothing and their fit."""
    tau, word = agreement.taus.get(agreement.judged_by), agreement.word
    if tau is None or math.isnan(tau.low):
        return f"Nothing can be said: an interval takes {FEWEST_FOR_INTERVAL} evaluated networks."
    said = f"tau {number_text(tau.value)}, 95 % interval {interval_text(tau)}"
    if tau.high < 0:
        return f"The {word} orders these networks the wrong way round ({said})."
    if tau.low <= 0:
        return f"The {word} orders these networks no better than chance, as far as they can tell ({said})."
    adds = agreement.partial[agreement.judged_by]
    free = max(agreement.taus[name].value for name in FREE)
    known = f"the best free figure has tau {number_text(free)}, the {FIT} {number_text(agreement.taus[FIT].value)}"
    return f"The {word} orders these networks ({said}); {known}. {_added(adds)}"


def _added(partial: Estimate) -> str:
    if partial.low > 0:
        return "It knows of the truth what these do not."
    return "That it knows what these do not is not shown."
