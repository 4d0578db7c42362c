from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from search_spaces.errors import InvalidInput
from trials.budget.written import candidate_seconds, is_written, written_settings
from trials.experiment_file import DEFAULT_FILE, SHIPPED_FILE


def test_what_was_written_stands_in_the_file_and_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"try": {"nas": {"trials": 5}, "training": None}}))
    written = written_settings("try", file, ["scale.repeats=2"])
    assert [is_written(written, key) for key in ("nas.trials", "scale.repeats", "training.epochs")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("inside", [True, False])
def test_the_lengths_of_a_shipped_experiment_were_written_by_nobody(
    inside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SHIPPED_FILE.parent if inside else tmp_path)
    assert written_settings("quickstart", DEFAULT_FILE, []) == {}
    assert written_settings("quickstart", DEFAULT_FILE, ["nas.trials=9"]) == {"nas": {"trials": 9}}


def test_a_shipped_experiment_that_was_changed_is_its_users(tmp_path: Path) -> None:
    entry = yaml.safe_load(SHIPPED_FILE.read_text())["quickstart"]
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"quickstart": entry | {"seed": 3}}))
    assert is_written(written_settings("quickstart", file, []), "nas.trials")


def test_one_candidates_time_is_a_time_or_a_share_of_all() -> None:
    assert candidate_seconds(None, 3_600) is None
    assert candidate_seconds("1m", None) == 60
    assert candidate_seconds(" 2.5% ", 3_600) == 90
    with pytest.raises(InvalidInput, match="beside --budget"):
        candidate_seconds("5%", None)
