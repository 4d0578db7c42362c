"""The quick replay of a journal: the same trials as Optuna reads, without its copies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from search_spaces.errors import InvalidInput
from trials.study.storage import open_storage


def objective(trial: optuna.Trial) -> float:
    trial.suggest_categorical("kind", ["a", "b", None])
    width = trial.suggest_float("width", 0.1, 2.0 + trial.number)
    trial.set_user_attr("network", {"key": f"k{trial.number}"})
    trial.set_user_attr("network", {"key": f"k{trial.number}", "again": [1, None]})
    trial.set_constraint("limit", width - 1)
    for step in range(trial.number):
        trial.report(width, step)
    if trial.number == 2:
        raise optuna.TrialPruned
    if trial.number == 3:
        raise ValueError
    return width


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Two studies: one run, enqueued and asked in all states, one of two objectives."""
    path = tmp_path / "study.journal"
    storage = open_storage(None, path)
    study = optuna.create_study(study_name="one", storage=storage)
    study.optimize(objective, n_trials=6, catch=ValueError)
    study.enqueue_trial({"kind": "b"}, user_attrs={"planned": "x"})
    study.ask()
    study.ask()
    study.enqueue_trial({"kind": "a"})
    study.add_trial(optuna.create_trial(params={"x": 1.0}, distributions={"x": FloatDistribution(0, 2)}, value=3.0))
    other = optuna.create_study(study_name="two", storage=storage, directions=["maximize", "minimize"])
    other.set_user_attr("settings", {"seed": 1})
    other.tell(other.ask({"n": CategoricalDistribution([8, 16])}), [0.5, 1.0])
    return path


def content(storage: optuna.storages.BaseStorage) -> list[Any]:
    studies = storage.get_all_studies()
    return [(vars(study), storage.get_all_trials(study._study_id)) for study in studies]


def test_the_same_studies_and_trials_are_read(journal: Path) -> None:
    ours = content(open_storage(None, journal))
    assert ours == content(JournalStorage(JournalFileBackend(str(journal))))
    assert {trial.state for trial in ours[0][1]} == set(TrialState)


def test_lines_that_come_too_late_or_do_not_fit_are_passed_over_as_optuna_does(journal: Path) -> None:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    param = next(log for log in lines if log["op_code"] == 5 and log["trial_id"] == 0)
    attribute = next(log for log in lines if log["op_code"] == 8)
    other = json.loads(param["distribution"])
    other["attributes"]["choices"] = ["z"]
    late = [
        {**param, "trial_id": 0, "param_name": "late"},
        {**attribute, "trial_id": 0, "user_attr": {"late": 1}},
        {**param, "trial_id": 999},
        {**attribute, "trial_id": 999},
        {**param, "trial_id": 7, "distribution": json.dumps(other), "param_value_internal": 0},
    ]
    with journal.open("a") as stream:
        stream.write("".join(json.dumps(log) + "\n" for log in late))
    assert content(open_storage(None, journal)) == content(JournalStorage(JournalFileBackend(str(journal))))


def test_a_trial_that_was_handed_out_is_not_changed_afterwards(journal: Path) -> None:
    storage = open_storage(None, journal)
    before = next(trial for trial in storage.get_all_trials(0, deepcopy=False) if trial.state == TrialState.RUNNING)
    number, known, params = before.number, dict(before.user_attrs), dict(before.params)
    storage.set_trial_user_attr(number, "later", 1)
    storage.set_trial_param(number, "kind", 1, CategoricalDistribution(["a", "b", None]))
    assert (before.user_attrs, before.params) == (known, params)
    after = storage.get_all_trials(0, deepcopy=False)[number]
    assert (after.user_attrs, after.params) == ({**known, "later": 1}, {**params, "kind": "b"})


def test_equal_distributions_are_one(journal: Path) -> None:
    study = optuna.load_study(study_name="one", storage=open_storage(None, journal))
    first, second, *_ = study.get_trials(deepcopy=False)
    assert first.distributions["kind"] is second.distributions["kind"]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"system_attrs": None},
        {"user_attrs": None},
        {"user_attrs": 3},
        {"system_attrs": {"constraints": 7}},
        {"system_attrs": {"constraints:limit": "much"}},
    ],
)
def test_attributes_that_nobody_can_read_are_a_damaged_journal(journal: Path, spoilt: dict[str, Any]) -> None:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    whole = next(number for number, line in enumerate(lines) if "system_attrs" in line and "state" in line)
    lines[whole] |= spoilt
    content = "".join(json.dumps(line) + "\n" for line in lines)
    journal.write_text(content)
    with pytest.raises(InvalidInput, match=r"study\.journal: .*accepted: a journal as Optuna writes it") as caught:
        open_storage(None, journal)
    assert "\n" not in str(caught.value)
    assert journal.read_text() == content


@pytest.mark.parametrize("name", [None, 0, ["one"]])
def test_a_study_whose_name_is_no_text_is_a_damaged_journal(journal: Path, name: object) -> None:
    first, *others = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([json.dumps(json.loads(first) | {"study_name": name}) + "\n", *others]))
    with pytest.raises(InvalidInput, match=r"study\.journal: .*accepted: a journal as Optuna writes it"):
        open_storage(None, journal)
