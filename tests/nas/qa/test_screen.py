from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from nas.qa.figures import Quality
from nas.qa.rank_correlation import Estimate
from nas.qa.screen import print_quality, verdict
from tests.nas.screens import printed, row_of


def around(value: float, width: float = 0.05) -> Estimate:
    return Estimate(value=value, low=value - width, high=value + width)


def quality(proxy: Estimate, *, lead: Estimate) -> Quality:
    return Quality(
        table=pd.DataFrame({"proxy": [0.5, 0.6, math.nan], "longer": [0.7, math.nan, 0.8]}),
        taus={"proxy": proxy, "params": around(0.1), "flops": around(0.2)},
        leads={"params": around(9), "flops": lead},
        seconds={"proxy": 1.5, "longer": 12.25, "params": 0.0, "flops": 0.0},
        noise_sd=0.01234,
        spread_sd=0.0567,
        epochs=(1, 8),
        folder=Path("results/try/qa"),
    )


@pytest.mark.parametrize(
    ("proxy", "lead", "words"),
    [
        (
            around(0.7),
            around(0.5),
            "The proxy can be trusted (tau +0.70, 95 % interval +0.65 to +0.75), and beats free",
        ),
        (
            around(0.7),
            around(0.01),
            "The proxy orders networks (tau +0.70, 95 % interval +0.65 to +0.75) but not clearly",
        ),
        (around(0.35), around(0.5), "The proxy can be trusted only to tell good from bad"),
        (around(0.04), around(0.5), "The proxy cannot be trusted: its order may be chance"),
        (Estimate(value=math.nan, low=math.nan, high=math.nan), around(0.5), "Nothing can be said of the proxy"),
    ],
)
def test_the_verdict_follows_the_intervals(proxy: Estimate, lead: Estimate, words: str) -> None:
    assert verdict(quality(proxy, lead=lead)).startswith(words)


def test_the_proxy_is_measured_against_the_better_of_the_free_figures() -> None:
    text = verdict(quality(around(0.7), lead=around(0.5)))
    assert text.endswith("flops alone have tau +0.20, lead +0.45 to +0.55.")


def test_the_table_holds_taus_seconds_and_noise() -> None:
    text = printed(lambda console: print_quality(console, quality(around(0.7), lead=around(0.5))))
    assert "against 8 epochs, 1 networks" in text  # the only one with both accuracies
    assert row_of(text, "proxy (1 epoch)") == ["+0.70", "+0.65", "to", "+0.75", "1.50"]
    assert row_of(text, "params") == ["+0.10", "+0.05", "to", "+0.15", "0.00"]
    assert row_of(text, "(8 epochs)") == ["12.25"]
    assert "noise: sd 0.0123 between seeds, 0.0567 between networks" in text
