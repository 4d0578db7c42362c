from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from nas.cli import main
from tests.trials.pictures import write_pictures


def test_the_entry_is_written_and_the_next_command_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "p", {"ant": 10, "bee": 10})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["init", "p", "--name", "insects"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "next:   nas check insects"
    assert list(yaml.safe_load(Path("experiments.yaml").read_text())) == ["insects"]


def test_a_folder_that_is_no_data_set_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["init", "nowhere"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: data.name: got ")
    assert list(tmp_path.iterdir()) == []
