from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from optuna.trial import TrialState
from rich.console import Console

from search_spaces import InvalidInput
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from search_spaces.cost import Cost, estimate_cost
from search_spaces.reference import reference
from trials.experiment import Experiment
from trials.session import NETWORK, Session, open_session
from trials.study.candidate import Candidate, Metrics, Report
from trials.study.plan import PLANNED, Planned

NAMES = ("mobilenet-v2", "mnasnet-a1", "mobilenet-v2")


def evaluate(candidate: Candidate, _report: Report) -> Metrics:
    return {"val_accuracy": estimate_cost(candidate.architecture).params / 1e7}


def accuracy(metrics: Metrics, _cost: Cost) -> list[float]:
    return [metrics["val_accuracy"]]


def shown_name(candidate: Candidate) -> str:
    return f"the {candidate.labels[PLANNED]}"


def plan() -> list[Planned]:
    return [
        Planned(name=f"{index} {name}", labels={NETWORK: architecture_mapping(reference(name))})
        for index, name in enumerate(NAMES)
    ]


def in_session(folder: Path, work: Callable[[Session], None]) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    experiment = Experiment(name="try", seed=3)
    with open_session(experiment, folder / "try" / "part", storage=None, evaluate=evaluate, console=console) as session:
        work(session)
    return stream.getvalue()


def run_planned(session: Session) -> None:
    study = session.open_study("first", settings={})
    ledger = session.planned_ledger(study, plan(), value_of=accuracy)
    session.run(ledger, "title", shown_name, judgement="worth")
    assert study.study_name == "try/part/first"
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 3


def test_planned_networks_are_evaluated_each_and_shown(tmp_path: Path) -> None:
    lines = in_session(tmp_path, run_planned).splitlines()
    assert [line.split("  ")[:2] for line in lines] == [
        [f"title {index + 1}/3", f"the {index} {name}"] for index, name in enumerate(NAMES)
    ]
    assert "worth 0.3505  accuracy 0.3505" in lines[0]  # 3,504,872 parameters, a fact of MobileNetV2
    assert (tmp_path / "try" / "part" / "study.journal").is_file()


def test_what_was_evaluated_in_one_session_is_not_in_the_next(tmp_path: Path) -> None:
    in_session(tmp_path, run_planned)
    assert in_session(tmp_path, run_planned) == ""


def test_networks_may_come_from_somewhere_else_and_cost_what_one_likes(tmp_path: Path) -> None:
    def cost_of(_architecture: Architecture) -> Cost:
        return Cost(flops=7, params=8, activations=9)

    def work(session: Session) -> None:
        ledger = session.planned_ledger(
            session.open_study(settings={}),
            [Planned(name="mnasnet-a1")],
            value_of=lambda _metrics, cost: [cost.flops],
            decode=lambda labels: reference(labels[PLANNED]),
            cost_of=cost_of,
        )
        session.run(ledger, "title", shown_name)
        (trial,) = ledger.study.trials
        assert trial.values == [7.0]
        assert trial.user_attrs["network"]["key"] == reference("mnasnet-a1").key
        assert ledger.study.study_name == "try/part"

    in_session(tmp_path, work)


def test_a_folder_is_held_and_given_back(tmp_path: Path) -> None:
    def again(_session: Session) -> None:
        with pytest.raises(InvalidInput, match="no other run"):
            in_session(tmp_path, run_planned)

    in_session(tmp_path, again)
    in_session(tmp_path, run_planned)


class Beginning:
    """An evaluation that has something to do first."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def begin(self, tell: Callable[[str], None]) -> None:
        tell("it begins [1/2]")
        self.done.append("begun")

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        self.done.append("evaluated")
        return evaluate(candidate, report)


def test_what_an_evaluation_does_once_is_done_before_candidates_and_not_for_none(tmp_path: Path) -> None:
    stream, first = io.StringIO(), Beginning()
    for _ in range(2):
        with open_session(
            Experiment(name="try"),
            tmp_path / "part",
            storage=None,
            evaluate=first,
            console=Console(file=stream, width=200),
        ) as session:
            run_planned_in(session)
    assert first.done == ["begun", *["evaluated"] * 3]
    assert stream.getvalue().startswith("it begins [1/2]\n")


def run_planned_in(session: Session) -> None:
    study = session.open_study("first", settings={})
    session.run(session.planned_ledger(study, plan(), value_of=accuracy), "title", shown_name)


class Holding(Beginning):
    """An evaluation that holds something until the session ends."""

    def end(self) -> None:
        self.done.append("ended")


def test_what_an_evaluation_holds_is_let_go_however_the_session_ends(tmp_path: Path) -> None:
    holding = Holding()
    with (
        pytest.raises(KeyboardInterrupt),
        open_session(Experiment(name="try"), tmp_path, storage=None, evaluate=holding, console=Console(quiet=True)),
    ):
        raise KeyboardInterrupt
    assert holding.done == ["ended"]
