from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nas.search.plots import flops_lines, plot_accuracy_against_flops
from tests.nas.screens import png_size
from tests.nas.search.ends import row
from trials.experiment import Experiment, Limits, ObjectiveConfig
from trials.reward import Reward
from trials.study.report import pareto_front

MEASURED, SCORED = Experiment(), Experiment(objective=ObjectiveConfig(name="zero-cost"))
CANDIDATES = pd.DataFrame(
    [
        row(0, 0.5, flops=100e6, value=0.55),
        row(1, 0.75, flops=400e6, value=0.75),
        row(2, 0.625, flops=200e6, value=0.75),  # as good as the one before, later
        row(3, 0.25, flops=300e6),
        row(4, None, flops=900e6),
    ]
)
FOUND = 1
REFERENCES = pd.DataFrame([row(0, 0.7, flops=390e6, name="efficientnet-b0"), row(1, None, name="mobilenet-v2")])


def points(axes: Axes, label: str) -> list[list[float]]:
    (artist,) = (artist for artist in axes.collections if artist.get_label() == label)
    drawn: list[list[float]] = artist.get_offsets().tolist()
    return drawn


@pytest.fixture
def axes(tmp_path: Path, figures: list[Figure]) -> Axes:
    path = tmp_path / "accuracy_flops.png"
    plot_accuracy_against_flops(CANDIDATES, REFERENCES, pareto_front(CANDIDATES), FOUND, path, MEASURED)
    assert png_size(path) == (1080, 720)
    return figures[0].axes[0]


def test_finished_candidates_are_points_in_millions(axes: Axes) -> None:
    assert points(axes, "candidates") == [[100, 0.5], [400, 0.75], [200, 0.625], [300, 0.25]]
    assert axes.get_xscale() == "log"


def test_the_star_is_what_was_found(axes: Axes) -> None:
    assert points(axes, "found") == [[400, 0.75]]


def test_the_front_is_a_line_of_what_is_not_beaten(axes: Axes) -> None:
    (front,) = (line for line in axes.lines if line.get_label() == "Pareto front")
    assert front.get_xydata().tolist() == [[100, 0.5], [200, 0.625], [400, 0.75]]


def test_published_networks_that_were_evaluated_bear_their_names(axes: Axes) -> None:
    assert points(axes, "published networks") == [[390, 0.7]]
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("efficientnet-b0", (390, 0.7))]


def test_a_score_is_not_called_an_accuracy(tmp_path: Path, figures: list[Figure]) -> None:
    scored, published = (table.rename(columns={"val_accuracy": "score"}) for table in (CANDIDATES, REFERENCES))
    front = pareto_front(scored, accuracy="score")
    plot_accuracy_against_flops(scored, published, front, FOUND, tmp_path / "picture.png", SCORED)
    assert figures[0].axes[0].get_ylabel() == "score of the proxy"


def test_without_a_judged_published_network_there_is_no_point(tmp_path: Path, figures: list[Figure]) -> None:
    scored = CANDIDATES.rename(columns={"val_accuracy": "score"})
    failed = REFERENCES[REFERENCES["state"] == "fail"]
    front = pareto_front(scored, accuracy="score")
    plot_accuracy_against_flops(scored, failed, front, FOUND, tmp_path / "picture.png", SCORED)
    assert points(figures[0].axes[0], "published networks") == []


def test_the_limit_and_the_target_are_lines_with_their_figures() -> None:
    lines = flops_lines(Experiment(limits=Limits(max_flops="50M"), reward=Reward(target="1.2G")))
    assert {label: flops for label, (flops, _, _) in lines.items()} == {
        "limit (50M)": 50e6,
        "target of the reward (1,200M)": 1.2e9,
    }


def test_what_is_not_of_flops_is_no_line() -> None:
    assert flops_lines(Experiment(limits=Limits(max_params="5M"), reward=Reward(cost="params"))) == {}
    assert flops_lines(Experiment(objective=ObjectiveConfig(name="zero-cost"))) == {}
