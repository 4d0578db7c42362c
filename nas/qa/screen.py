"""The screen of `nas qa`: every predictor's tau, the noise, and one sentence on the proxy. No torch."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from nas.qa.figures import FREE, Quality
from nas.qa.rank_correlation import FEWEST_FOR_INTERVAL, Estimate
from trials.console.output import shown

TRUSTED_TAU = 1 / 3  # two pairs of networks in three are ordered alike


def print_quality(console: Console, quality: Quality) -> None:
    """Print taus and costs, noise, and whether the proxy can be trusted."""
    short, long = quality.epochs
    known = int((quality.table["longer"].notna() & quality.table["proxy"].notna()).sum())
    table = Table(title=f"against {long} epochs, {known} networks", box=None, pad_edge=False)
    table.add_column("predictor", no_wrap=True)
    for heading in ("Kendall's tau", "95 % interval", "s per network"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, tau in quality.taus.items():
        label = f"proxy ({short} epoch{'s' * (short > 1)})" if name == "proxy" else name
        table.add_row(label, number_text(tau.value), interval_text(tau), _seconds(quality.seconds[name]))
    table.add_row(f"({long} epochs)", "", "", _seconds(quality.seconds["longer"]))
    console.print(table)
    noise = f"noise: sd {_sd(quality.noise_sd)} between seeds, {_sd(quality.spread_sd)} between networks"
    for line in (noise, verdict(quality), f"files:  {shown(quality.folder)}/"):
        console.print(line, highlight=False, soft_wrap=True)


def verdict(quality: Quality) -> str:
    """Say in one sentence whether the proxy can be trusted.

    It can where the whole interval of its tau lies above 1/3 (two pairs in three in order) and it is better than
    counting parameters or FLOPs, the better of the two, beyond the interval of that difference.
    """
    proxy = quality.taus["proxy"]
    if math.isnan(proxy.low):
        return (
            f"Nothing can be said of the proxy: too few networks finished both schedules (an interval takes "
            f"{FEWEST_FOR_INTERVAL})."
        )
    evidence = f"tau {number_text(proxy.value)}, 95 % interval {interval_text(proxy)}"
    if proxy.low <= 0:
        return f"The proxy cannot be trusted: its order may be chance ({evidence})."
    if proxy.low < TRUSTED_TAU:
        return f"The proxy can be trusted only to tell good from bad: its order is better than chance ({evidence})."
    rival = max(FREE, key=lambda name: quality.taus[name].value)
    lead = quality.leads[rival]
    against = f"{rival} alone have tau {number_text(quality.taus[rival].value)}, lead {interval_text(lead)}"
    if not lead.low > 0:
        return f"The proxy orders networks ({evidence}) but not clearly better than free figures do: {against}."
    return f"The proxy can be trusted ({evidence}), and beats free figures: {against}."


def _seconds(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _sd(value: float) -> str:
    return "unknown (too few)" if math.isnan(value) else f"{value:.4f}"


def number_text(value: float) -> str:
    """Return a correlation with its sign; `-` where it is unknown."""
    return "-" if math.isnan(value) else f"{value:+.2f}"


def interval_text(found: Estimate) -> str:
    """Return an interval; `too few` where there is none."""
    return "too few" if math.isnan(found.low) else f"{found.low:+.2f} to {found.high:+.2f}"
