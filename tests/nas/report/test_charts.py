from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nas.report import charts
from nas.report.importance import Effect, Importance
from nas.report.reading import Search, read_search


@pytest.fixture(scope="module")
def search() -> Search:
    return read_search(Path(__file__).parents[3] / "results" / "published" / "quickstart-shared")


def test_every_candidate_is_a_point(search: Search) -> None:
    drawn = charts.candidates_chart(search)
    candidates, front, references, best = drawn["data"]
    assert candidates["customdata"] == search.done["number"].tolist()
    assert candidates["x"] == [flops / 1e6 for flops in search.done["flops"]]
    assert np.all(np.diff(front["y"]) > 0)
    assert references["text"] == ["efficientnet-b0"]
    assert best["y"] == [round(float(search.best["likelihood"]), 6)] if search.best else False
    assert [shape["label"]["text"] for shape in drawn["layout"]["shapes"]] == ["limit"]


def test_names_of_others_are_no_markup(search: Search) -> None:
    named = search.references.assign(name="<a href='http://x'>b</a>")
    assert "<a" not in str(charts.candidates_chart(replace(search, references=named)))


def test_the_best_so_far_never_falls(search: Search) -> None:
    each, best, mean = charts.rewards_chart(search)["data"]
    assert best["y"] == np.maximum.accumulate(each["y"]).tolist()
    assert mean["y"][0] == each["y"][0]
    assert mean["y"][1] == pytest.approx(0.95 * each["y"][0] + 0.05 * each["y"][1], abs=1e-6)


def test_what_the_sampler_expected_is_a_line_in_a_band(search: Search) -> None:
    assert not charts.foretold(search.done)
    values = search.done["value"].to_numpy()
    expected = np.where(np.arange(len(values)) < 4, np.nan, values - 0.01)
    told = search.done.assign(expected_value=expected, expected_low=expected - 0.1, expected_high=expected + 0.1)
    low, high, middle, *rest = charts.rewards_chart(replace(search, candidates=told))["data"]
    assert middle["x"] == list(range(5, len(values) + 1))
    assert middle["y"] == pytest.approx(values[4:] - 0.01, abs=1e-5)
    assert high["fill"] == "tonexty"
    assert np.subtract(high["y"], low["y"]) == pytest.approx(0.2, abs=1e-5)
    assert len(rest) == 3


def test_thousands_of_evaluations_are_thinned_out(search: Search) -> None:
    many = pd.concat([search.done.head(60)] * 100, ignore_index=True).assign(number=range(6000))
    each = charts.rewards_chart(replace(search, candidates=many))["data"][0]
    assert len(each["x"]) == 1500
    assert each["name"] == "every 4th candidate"


def test_the_largest_effect_is_on_top_with_its_interval() -> None:
    effects = (Effect(choice="a", size=2.0, low=1.5, high=2.25), Effect(choice="b", size=1.0, low=0.0, high=3.0))
    (bars,) = charts.importance_chart(Importance(effects=effects, explained=0.5))["data"]
    assert bars["y"] == ["b", "a"]
    assert bars["error_x"]["array"] == [2.0, 0.25]
    assert bars["error_x"]["arrayminus"] == [1.0, 0.5]


def test_states_are_counted() -> None:
    (bars,) = charts.states_chart({"complete": 1200, "stopped after epoch 1": 3})["data"]
    assert bars["text"] == ["1,200", "3"]
