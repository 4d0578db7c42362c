from __future__ import annotations

from datetime import datetime, timedelta

import optuna
from optuna.trial import TrialState, create_trial

from trials.console.standing import local_now, part_of, standing

NOW = datetime(2026, 1, 1, 12, 0, 0)


def study_of(*states: TrialState, seconds: int = 60) -> optuna.Study:
    """Return a study whose trials ended a minute apart, the last one now."""
    study = optuna.create_study()
    for position, state in enumerate(states):
        trial = create_trial(state=state, value=0.5 if state == TrialState.COMPLETE else None)
        if state.is_finished():
            trial.datetime_complete = NOW - timedelta(seconds=seconds * (len(states) - 1 - position))
        study.add_trial(trial)
    return study


def test_a_part_tells_how_many_stand_where_and_how_long_it_takes() -> None:
    study = study_of(TrialState.COMPLETE, TrialState.COMPLETE, TrialState.FAIL, TrialState.RUNNING)
    part = part_of("candidates", study, 10)
    assert dict(part.states) == {"done": 2, "failed": 1, "at work": 1}
    assert (part.evaluated, part.total) == (3, 10)
    assert part.seconds_left == 7 * 60


def test_what_was_over_a_limit_was_not_evaluated() -> None:
    study = optuna.create_study()
    study.add_trial(create_trial(state=TrialState.PRUNED, user_attrs={"over_limit": "max_flops"}))
    study.add_trial(create_trial(state=TrialState.PRUNED))
    part = part_of("candidates", study, 10)
    assert dict(part.states) == {"over limit": 1, "stopped": 1}
    assert part.evaluated == 1
    assert part.seconds_left is None


def test_lines_of_a_run_that_goes() -> None:
    part = part_of("candidates", study_of(TrialState.COMPLETE, TrialState.COMPLETE), 4)
    record = {"state": "running", "started": "2026-01-01T11:00:00+00:00"}
    lines = list(standing(record, [part], NOW + timedelta(seconds=90)))
    assert lines == [
        "running, began 2026-01-01T11:00:00+00:00",
        "candidates: 2 of 4 evaluated (2 done)",
        "  the last trial ended 0:01:30 ago",
        "  about 0:02:00 left at the pace of the last trials",
    ]


def test_a_clock_that_was_set_back_is_told() -> None:
    part = part_of("candidates", study_of(TrialState.COMPLETE), 4)
    lines = list(standing({"state": "running"}, [part], NOW - timedelta(hours=1)))
    assert lines[-1] == "  the last trial ended at a time that is to come: the clock was set back"


def test_a_failed_run_says_why_on_one_line() -> None:
    record = {"state": "failed", "reason": "OSError:\nno \x1b[31mspace", "finished": "then"}
    (line,) = standing(record, [], NOW)
    assert line == "failed: OSError: no \\x1b[31mspace, began at an unknown time, ended then"


def test_now_is_told_as_optuna_tells_times() -> None:
    trial = optuna.create_study().ask()
    started = optuna.create_study().ask().datetime_start
    assert started is not None
    assert trial.number == 0
    assert abs((local_now() - started).total_seconds()) < 3600
