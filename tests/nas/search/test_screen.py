from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nas.config import NasExperiment
from nas.search.results import SearchResult
from nas.search.screen import print_search
from nas.search.trust import Validation
from tests.nas.screens import printed, row_of
from tests.nas.search.ends import ended_search, row
from trials.experiment import DataConfig, ObjectiveConfig

MINE = NasExperiment(name="try", objective=ObjectiveConfig(python="tests.objectives:by_size"))
TRAINED = NasExperiment(name="try")


def screen(result: SearchResult, experiment: NasExperiment = MINE) -> str:
    return printed(lambda console: print_search(console, result, experiment))


def test_the_found_network_stands_above_the_published_ones(tmp_path: Path) -> None:
    text = screen(ended_search(tmp_path))
    assert "try: the same objective for all" in text
    assert row_of(text, "found (trial 7)") == ["311.6M", "5.25M", "0.7123", "0.6988"]
    assert row_of(text, "efficientnet-b0") == ["400.0M", "5.25M", "0.6250", "0.6100"]
    assert text.index("found (trial 7)") < text.index("efficientnet-b0")
    assert row_of(text, "mobilenet-v2") == ["-", "-", "failed:", "out", "of", "memory", "-"]


def test_a_latency_has_a_column_where_it_was_limited(tmp_path: Path) -> None:
    best: dict[str, Any] = row(7, 0.5, measured_latency_ms=6.25)
    text = screen(ended_search(tmp_path, best_row=best))
    assert row_of(text, "found (trial 7)")[2:4] == ["6.2", "ms"]
    assert row_of(text, "efficientnet-b0")[2] == "-"
    unlimited = screen(ended_search(tmp_path))
    assert len(row_of(unlimited, "found (trial 7)")) == 4


def test_without_finalists_no_winner_is_claimed(tmp_path: Path) -> None:
    text = screen(ended_search(tmp_path), TRAINED)
    assert "trust:  whether it is better than the next ones or than efficientnet-b0 is not known" in text
    assert "trust:" not in screen(ended_search(tmp_path))  # what a function says is taken at its word


def test_files_and_the_next_command_are_named(tmp_path: Path) -> None:
    for name in ("trials.csv", "best.yaml", ".lock"):
        (tmp_path / name).touch()
    lines = screen(ended_search(tmp_path)).splitlines()
    assert lines[-2:] == [f"files:  {tmp_path}/  (best.yaml, trials.csv)", "next:   scale search try"]


@pytest.mark.parametrize(
    ("objective", "command"),
    [("shared", "scale search try"), ("train", "scale search try"), ("zero-cost", "nas train best try")],
)
def test_the_next_command_is_one_that_takes_the_objective(tmp_path: Path, objective: str, command: str) -> None:
    measure = ObjectiveConfig(name=objective).measure  # type: ignore[arg-type]
    result = ended_search(tmp_path, best_row=row(7, 0.5) | {measure: 0.5})
    result.references[measure] = 0.5
    found = screen(result, NasExperiment(name="try", objective=ObjectiveConfig(name=objective)))  # type: ignore[arg-type]
    assert found.splitlines()[-1] == f"next:   {command}"


def test_own_images_ask_for_a_network_to_deploy(tmp_path: Path) -> None:
    settings = NasExperiment(name="try", data=DataConfig(name="folder:photos"))
    assert (
        screen(ended_search(tmp_path), settings).splitlines()[-1] == "next:   nas train best try, or scale search try"
    )


def test_noise_is_spoken_of_where_networks_were_trained(tmp_path: Path) -> None:
    text = screen(ended_search(tmp_path, validation=Validation(images=3000, largest_share=0.1)), TRAINED)
    assert "the same training and the same images for all" in text
    assert "one short training each; 3,000 validation images: an accuracy is uncertain by 0.8 points" in text
    assert "one short training each" not in screen(ended_search(tmp_path))


@pytest.mark.parametrize("exhausted", [False, True])
def test_an_early_end_is_told(tmp_path: Path, *, exhausted: bool) -> None:
    text = screen(ended_search(tmp_path, exhausted=exhausted))
    assert ("The search ended early" in text) is exhausted


def test_without_any_result_the_reasons_are_pointed_to() -> None:
    text = screen(ended_search(Path("results"), best=None, best_row=None, problem="All 2 candidates failed"))
    assert text.splitlines()[0] == "All 2 candidates failed"
    assert "found" not in text and "next:" not in text


@pytest.mark.parametrize("text", ["[/red] [bold]x", ":smile:"])
def test_what_others_wrote_is_shown_as_it_is(tmp_path: Path, text: str) -> None:
    references = pd.DataFrame([row(0, 0.625, name=f"{text} good"), row(1, None, name=f"{text} bad", reason=text)])
    shown = screen(ended_search(tmp_path, references=references), NasExperiment(name=f"{text} title"))
    assert f"{text} title: the same" in shown
    assert f"{text} good" in shown
    assert f"failed: {text}" in shown
    halted = f"The run stopped: {text}"
    assert halted in screen(ended_search(tmp_path, halted=halted))
    assert halted in screen(ended_search(tmp_path, halted=halted, problem="nothing", best_row=None))
