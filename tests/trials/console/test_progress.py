from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.search.results import SearchResult
from nas.search.run import run_search
from search_spaces.cost import Cost
from search_spaces.reference import reference
from trials.console.output import JsonConsole
from trials.console.progress import LiveTable
from trials.experiment import ObjectiveConfig
from trials.reward import Reward
from trials.study.candidate import Candidate, Finished, Metrics, Outcome, Report, Stopped, ignore_reports

LINE = re.compile(r"trial (\d+)  (\w+) (-?[\d.]+)  accuracy ([\d.]+)")


def shown(sampler: str, folder: Path, *, terminal: bool = False) -> tuple[str, SearchResult]:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:by_size"),
        reward=Reward(kind="absolute", target="300M"),
        nas=NasConfig(sampler=sampler, trials=5, references=()),
    )
    stream = io.StringIO()
    console = Console(file=stream, width=200, force_terminal=terminal)
    result = run_search(experiment, folder, console=console, command="test")
    return stream.getvalue(), result


@pytest.mark.parametrize("sampler", ["random", "nsga2"])
def test_lines_tell_the_reward_beside_the_accuracy(sampler: str, tmp_path: Path) -> None:
    text, result = shown(sampler, tmp_path)
    lines = LINE.findall(text)
    assert len(lines) == 5
    rows = result.candidates.set_index("number")
    for number, judgement, value, accuracy in lines:
        row = rows.loc[int(number)]
        assert judgement == "reward"
        assert float(value) == pytest.approx(row["val_accuracy"] - 0.1 * abs(row["flops"] / 300e6 - 1), abs=1e-4)
        assert float(accuracy) == pytest.approx(row["val_accuracy"], abs=1e-4)


def test_the_live_table_names_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    text, result = shown("nsga2", tmp_path, terminal=True)
    assert result.best_row is not None
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)  # colours
    assert re.search(r"trial +reward +accuracy", text)
    assert re.search(r"best reward so far: -?[\d.]+, trial \d", text)


CANDIDATE = Candidate(
    number=3,
    trial_id=3,
    architecture=reference("mobilenet-v2"),
    seed=0,
    cost=Cost(flops=1, params=1, activations=1),
)


def watched_text(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, kind: str = "xterm") -> str:
    """Return what is shown of one candidate that reports two epochs and then takes its time."""
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr("trials.console.progress.BEAT_S", 0.02)
    stream = io.StringIO()
    console = Console(file=stream, width=200, force_terminal=terminal)

    def evaluate(_candidate: Candidate, report: Report) -> Metrics:
        report(1, 0.25)
        report(2, 0.5)
        patience = time.monotonic() + 60  # the screen is drawn by another thread, late on a busy machine
        while "epoch 2/4" not in stream.getvalue() and time.monotonic() < patience:
            time.sleep(0.05)
        return {"val_accuracy": 0.5}

    with LiveTable(console, "search", done=0, total=5, name=lambda one: f"trial {one.number}") as table:
        table.watched(evaluate, epochs=4)(CANDIDATE, lambda _step, _value: None)
    return stream.getvalue()


@pytest.mark.parametrize(("terminal", "kind"), [(False, "xterm"), (True, "xterm"), (True, "dumb")])
def test_the_candidate_at_work_is_shown_with_its_epoch_and_the_time_left(
    terminal: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = watched_text(monkeypatch, terminal=terminal, kind=kind)
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)  # colours
    assert "trial 3  epoch 2/4 done  accuracy 0.5000" in text
    assert re.search(r"left 0:00:0\d", text)


def test_reports_still_reach_who_decides() -> None:
    def stop(_step: int, _value: float) -> None:
        raise Stopped

    table = LiveTable(Console(quiet=True), "search", done=0, total=5, name=lambda _one: "x")

    def evaluate(_candidate: Candidate, report: Report) -> Metrics:
        report(1, 0.25)
        return {}

    with pytest.raises(Stopped):
        table.watched(evaluate, None)(CANDIDATE, stop)


def test_for_programs_each_trial_is_an_object(tmp_path: Path) -> None:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:failing"),
        nas=NasConfig(sampler="random", trials=6, references=()),
    )
    console = JsonConsole(file=(stream := io.StringIO()), force_terminal=False)
    result = run_search(experiment, tmp_path, console=console, command="test")
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    trials = [line for line in told if line.get("event") == "trial"]
    assert [line["done"] for line in trials] == list(range(1, 7))
    rows = result.candidates.set_index("number")
    for line in trials:
        row = rows.loc[line["number"]]
        assert line["state"] == {"complete": "done", "fail": "failed"}[str(row["state"])]
        assert line["reward"] == (row["value"] if line["state"] == "done" else None)
        assert (line["failure"] is None) == (line["state"] == "done")
        assert line["flops"] == row["flops"]


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("text", ["[/red] [bold]x", ":smile:", "[link=a]"])
def test_what_others_wrote_is_shown_as_it_is(terminal: bool, text: str) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=200, force_terminal=terminal)
    failed = Finished(
        candidate=CANDIDATE, outcome=Outcome(failure=text), trial=optuna.trial.create_trial(state=TrialState.FAIL)
    )
    with LiveTable(console, f"{text} title", done=0, total=5, name=lambda _: f"{text} name") as table:
        table.finished(failed)
        table.watched(lambda _candidate, _report: {"val_accuracy": 0.5}, epochs=1)(CANDIDATE, ignore_reports)
    shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", stream.getvalue())
    assert f"{text} name" in shown
    assert f"{text} title" in shown
    assert text in shown.replace(f"{text} name", "").replace(f"{text} title", "")  # the reason
