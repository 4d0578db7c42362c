from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from optuna.trial import TrialState
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import nas.cli
import trials.tracking.opening
from search_spaces.errors import InvalidInput
from tests.trials.tracking.test_finished_trial import finished
from trials.study.candidate import Outcome
from trials.tracking.finished_trial import FinishedTrial
from trials.tracking.opening import open_trackers

DONE = finished(Outcome(metrics={"val_accuracy": 0.5}), [0.5], TrialState.COMPLETE)


class Broken:
    """A tracker whose server went away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, trial: FinishedTrial) -> None:
        raise ConnectionError(f"no answer for {trial.name}")

    def close(self) -> None:
        raise AssertionError("it was left out")


def test_a_tracker_that_fails_is_told_once_and_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(trials.tracking.opening.TRACKERS, "mlflow", Broken)
    lines: list[str] = []
    with open_trackers(["mlflow"], tmp_path, lines.append) as track:
        track("a/nas/candidates", DONE)
        track("a/nas/candidates", DONE)
    assert lines == ["warning: mlflow is left out from here on: ConnectionError: no answer for the first"]


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trials.tracking.opening.find_spec", lambda _name: None)
    with (
        pytest.raises(InvalidInput, match=r"compound-nas\[tensorboard\]"),
        open_trackers(["tensorboard"], tmp_path, print),
    ):
        raise AssertionError("opened")


@pytest.mark.slow
def test_a_search_tells_references_and_candidates(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(
        "try: {objective: {python: 'tests.objectives:by_size'}, nas: {trials: 4, sampler: random}}"
    )
    arguments = ["run", "try", "--file", str(tmp_path / "e.yaml"), "--out", str(tmp_path), "--log-to", "tensorboard"]
    result = CliRunner().invoke(nas.cli.main, arguments)
    assert result.exit_code == 0, result.output
    folder = tmp_path / "try" / "nas" / "tensorboard"
    for study, count in (("candidates", 4), ("references", 1)):
        read = EventAccumulator(str(folder / study)).Reload()
        assert len(read.Scalars("val_accuracy")) >= count
