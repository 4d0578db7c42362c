from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nas.report.page import write_report
from nas.report.reading import Search, read_search
from trials.experiment import ObjectiveConfig
from trials.study.snapshot import work_of

TABLES = ("candidates", "references")


@pytest.fixture(scope="module")
def search(folder: Path) -> Search:
    return read_search(folder / "results" / "try")


def payload(text: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_holds_words_networks_and_settings(search: Search, tmp_path: Path) -> None:
    write_report(search, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    for part in ("Asked: ", "Found: trial ", "Trust: ", "nas.sampler", "tests.objectives:by_size", "between them"):
        assert part in text
    networks = payload(text, "networks")
    assert networks["numbers"] == search.done["number"].tolist()
    first = search.network(search.done.iloc[0].to_dict())
    resolution, stem, head, places = networks["networks"][0]
    assert (resolution, stem, head) == (first.resolution, first.stem.width, first.head.width)
    assert [networks["stages"][place]["width"] for place in places] == [stage.width for stage in first.stages]
    assert set(payload(text, "charts")) == {"candidates", "rewards", "states", "importance"}


def test_a_page_without_any_candidate_is_a_page(search: Search, tmp_path: Path) -> None:
    empty = replace(search, candidates=search.candidates.iloc[:0], record={"state": "running"}, work=work_of({}))
    write_report(empty, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "nothing yet" in text
    assert "Too few networks" in text
    assert payload(text, "networks")["best"] is None


def test_what_was_found_comes_first_among_the_best(search: Search, tmp_path: Path) -> None:
    least = int(search.done.loc[search.done["value"].idxmin(), "number"])
    chosen = {**search.record, "results": {**search.results, "best": {"number": least}}}
    write_report(replace(search, record=chosen), tmp_path / "report.html")
    names = re.findall(r'<th scope="row">([^<]*trial \d+)</th>', (tmp_path / "report.html").read_text())
    assert names[0] == f"found: trial {least}"
    assert len(names) == len(set(names)) == 10


def test_a_page_speaks_of_what_judged(search: Search, tmp_path: Path) -> None:
    write_report(search, tmp_path / "report.html")
    assert "Accuracy against cost</h2>" in (tmp_path / "report.html").read_text()
    tables = {name: getattr(search, name).rename(columns={"val_accuracy": "likelihood"}) for name in TABLES}
    experiment = replace(search.experiment, objective=ObjectiveConfig(name="shared"))
    write_report(replace(search, experiment=experiment, **tables), tmp_path / "shared.html")
    assert "Likelihood against cost</h2>" in (tmp_path / "shared.html").read_text()


def test_failures_and_stops_are_counted_by_their_reasons(search: Search, tmp_path: Path) -> None:
    table = search.candidates.copy()
    table.loc[:2, "state"], table.loc[:2, "reason"] = "fail", "RuntimeError: <b>too</b> large"
    table.loc[3:4, "state"], table.loc[3:4, "reason"] = "stopped", "stopped after epoch 3"
    write_report(replace(search, candidates=table), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert '<th scope="row">3</th><td class="text">candidate</td>' in text
    assert "&lt;b&gt;too" in text
    assert "<b>too" not in text
    (bars,) = payload(text, "charts")["states"]["data"]
    assert dict(zip(bars["y"], bars["x"], strict=True)) == {"complete": 15, "fail": 3, "stopped after epoch 3": 2}
