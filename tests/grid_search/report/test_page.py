from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grid_search.report.page import write_report
from grid_search.report.scaling import Scaling, read_scaling
from trials.study.snapshot import work_of


def test_the_page_holds_words_charts_networks_and_settings(searched: Path) -> None:
    text = (searched / "scale" / "report.html").read_text()
    for part in ("Asked: ", "Found: α", "Trust: Seeds differ", "chart-family", "resolution only", "accuracies.svg"):
        assert part in text
    assert "scale.candidates" in text
    assert "between them" in text


def test_a_page_before_anything_was_decided_is_a_page(published: Scaling, tmp_path: Path) -> None:
    result = replace(published.result, decision=None, folder=tmp_path, trials=published.result.trials.iloc[:0])
    write_report(replace(published, result=result, work=work_of({})), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "nothing yet" in text
    assert "chart-advantages" not in text


def test_failed_trainings_are_told(searched: Path, tmp_path: Path) -> None:
    scaling = read_scaling(searched)
    table = scaling.result.trials.copy()
    table.loc[0, ["state", "reason"]] = ["fail", "RuntimeError: <i>out</i> of memory"]
    write_report(replace(scaling, result=replace(scaling.result, trials=table)), tmp_path / "report.html")
    assert "&lt;i&gt;out&lt;/i&gt; of memory" in (tmp_path / "report.html").read_text()
