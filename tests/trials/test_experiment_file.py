from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from search_spaces import InvalidInput
from trials.experiment_file import DEFAULT_FILE, SHIPPED_FILE, load_experiment, read_entries, read_entry

ROOT = Path(__file__).parents[2]


def test_the_shipped_file_is_the_one_at_the_top() -> None:
    assert SHIPPED_FILE.read_bytes() == (ROOT / "experiments.yaml").read_bytes()


def test_shipped_experiments_are_found_anywhere_and_own_ones_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_experiment("smoke").data.name == "digits"
    Path("experiments.yaml").write_text(yaml.safe_dump({"smoke": {"seed": 5}, "mine": {"data": "folder:pictures"}}))
    assert load_experiment("smoke").seed == 5
    assert load_experiment("mine").data.name == "folder:pictures"
    assert "quickstart" in read_entries(DEFAULT_FILE)


def test_a_file_that_is_named_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"mine": {}}))
    with pytest.raises(InvalidInput, match="one of mine"):
        load_experiment("quickstart", tmp_path / "own.yaml")


def test_short_forms_are_written_out(tmp_path: Path) -> None:
    entry = {"data": "npz:x.npz", "objective": "train", "proxy": "auto", "limits": {"max_flops": "50M"}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"mine": entry}))
    read = read_entry("mine", tmp_path / "own.yaml", ())
    assert read["data"] == {"name": "npz:x.npz"}
    assert read["objective"] == {"name": "train"}
    assert "proxy" not in read
    assert read["reward"] == {"kind": "hard", "cost": "flops", "target": "50M"}
