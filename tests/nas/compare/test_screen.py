from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nas.compare.difference import Difference, difference
from nas.compare.run import Comparison
from nas.compare.screen import print_comparison, sentence, stage_screen
from nas.compare.stage_table import stage_table
from nas.finished_search import NamedNetwork
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from tests.nas.screens import printed, row_of

FOUND = NamedNetwork(name="trial-7", architecture=reference("mnasnet-a1"))
PUBLISHED = NamedNetwork(name="efficientnet-b0", architecture=reference("efficientnet-b0"))


def rows(network: NamedNetwork, accuracies: list[float | None]) -> list[dict[str, object]]:
    cost = estimate_cost(network.architecture)
    return [
        {
            "network": network.name,
            "state": "fail" if accuracy is None else "complete",
            "value": accuracy,
            "val_accuracy": accuracy,
            "flops": cost.flops,
            "params": cost.params,
        }
        for accuracy in accuracies
    ]


def comparison(found: list[float | None], published: list[float | None]) -> Comparison:
    told = difference(*([value for value in values if value is not None] for values in (found, published)))
    return Comparison(
        found=FOUND,
        reference=PUBLISHED,
        trials=pd.DataFrame(rows(FOUND, found) + rows(PUBLISHED, published)),
        stages=stage_table(FOUND.architecture, PUBLISHED.architecture, 1000),
        differences={"value": told, "val_accuracy": told},
        folder=Path("results/try/compare"),
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, 0.03, "trial-7 is better than efficientnet-b0"),
        (-0.03, -0.01, "trial-7 is worse than efficientnet-b0"),
        (-0.01, 0.02, "trial-7 and efficientnet-b0 cannot be told apart"),
    ],
)
def test_the_verdict_is_that_of_the_interval(low: float, high: float, words: str) -> None:
    made = comparison([0.5, 0.6, 0.7], [0.5, 0.6])
    made.differences["value"] = Difference(mean=(low + high) / 2, low=low, high=high, p_value=0.5)
    expected = (
        f"it: {words} ({(low + high) / 2:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}; Welch's t, 3 and 2 seeds)"
    )
    assert sentence(made, "value", "it") == expected


def test_no_interval_is_told_as_none() -> None:
    text = sentence(comparison([0.5], [0.5, 0.6]), "val_accuracy", "accuracy")
    assert text == "accuracy: no interval, 1 and 2 seeds finished and each network needs two"


def test_mean_and_deviation_are_over_the_seeds_that_finished() -> None:
    text = printed(lambda console: print_comparison(console, comparison([0.5, None, 0.7], [0.25, 0.25, 0.25])))
    over_seeds = text.partition("standard deviation over the seeds")[2]
    assert row_of(over_seeds, "trial-7")[-9:] == [
        "2",
        "(1",
        "failed)",
        "0.6000",
        "±",
        "0.1414",
        "0.6000",
        "±",
        "0.1414",
    ]
    assert row_of(over_seeds, "efficientnet-b0")[-7:] == ["3", "0.2500", "±", "0.0000", "0.2500", "±", "0.0000"]
    assert text.splitlines()[-1] == "files:  results/try/compare/"


def test_a_stage_shows_one_value_where_both_have_the_same() -> None:
    stages = stage_table(FOUND.architecture, PUBLISHED.architecture, 1000)
    text = printed(lambda console: console.print(stage_screen("trial-7", "efficientnet-b0", stages)))
    # stage 2 of MnasNet-A1 has no squeeze and excitation
    cells = row_of(text, "2")
    assert cells[:5] == ["mbconv", "3", "2", "6", "0|0.25"]
    found, published = (estimate_cost(network.architecture) for network in (FOUND, PUBLISHED))
    flops = f"{found.flops / 1e6:.1f}|{published.flops / 1e6:.1f}"
    assert row_of(text, "total")[-2:] == [flops, f"{found.params / 1e6:.2f}|{published.params / 1e6:.2f}"]


def test_a_stage_that_one_network_lacks_is_a_dash() -> None:
    stages = stage_table(reference("resnet-18"), PUBLISHED.architecture, 1000)
    text = printed(lambda console: console.print(stage_screen("resnet-18", "efficientnet-b0", stages)), width=160)
    assert all(cell.startswith("-|") for cell in row_of(text, "7"))
    assert "nan" not in text.lower()
