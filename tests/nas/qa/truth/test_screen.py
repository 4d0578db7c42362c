from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from nas.qa.rank_correlation import Estimate
from nas.qa.truth.figures import FIT, Agreement
from nas.qa.truth.screen import print_agreement, verdict
from tests.nas.screens import printed, row_of


def around(value: float, width: float = 0.05) -> Estimate:
    return Estimate(value=value, low=value - width, high=value + width)


def agreement(reward: Estimate, beside: Estimate) -> Agreement:
    return Agreement(
        table=pd.DataFrame({"reward": [0.5] * 9, "truth": [0.7] * 9}),
        measured=("reward",),
        judged_by="reward",
        taus={"reward": reward, "params": around(0.6), "flops": around(0.5), FIT: around(0.67)},
        partial={"reward": beside},
        seconds=1.25,
        folder=Path("results/try/truth"),
    )


@pytest.mark.parametrize(
    ("reward", "beside", "words"),
    [
        (around(-0.3), around(0), "The reward orders these networks the wrong way round (tau -0.30"),
        (around(0.01), around(0), "no better than chance"),
        (
            around(0.5),
            around(0),
            "free figure has tau +0.60, the fit of params and flops +0.67. That it knows",
        ),
        (around(0.7), around(0.3), "It knows of the truth what these do not."),
        (Estimate(value=0.5, low=math.nan, high=math.nan), around(0), "Nothing can be said"),
    ],
)
def test_the_sentence_follows_from_the_intervals(reward: Estimate, beside: Estimate, words: str) -> None:
    assert words in verdict(agreement(reward, beside))


def test_every_predictor_has_a_row() -> None:
    text = printed(lambda console: print_agreement(console, agreement(around(0.7), around(0.3))))
    assert "against known accuracies, 9 networks" in text
    assert row_of(text, "reward") == ["+0.70", "+0.65", "to", "+0.75", "+0.30", "+0.25", "to", "+0.35"]
    assert row_of(text, "params") == ["+0.60", "+0.55", "to", "+0.65"]
    assert "cost:   1.2 s per network" in text
