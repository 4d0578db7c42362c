from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nas.init.entry import add_entry, entry_for
from search_spaces import InvalidInput
from tests.trials.pictures import write_pictures


def test_an_entry_says_what_was_found(tmp_path: Path) -> None:
    entry = entry_for(write_pictures(tmp_path / "my pets", {"ant": 10, "bee": 10}, (64, 64)))
    assert entry.name == "my-pets"
    settings = yaml.safe_load(entry.text)["my-pets"]
    assert settings["data"] == f"folder:{tmp_path / 'my pets'}"
    assert settings["resolution"] == 64
    assert settings["limits"] == {"max_flops": "32M"}
    assert "20 images of about 64 x 64 px in 2 classes" in entry.text


def test_the_budget_follows_the_resolution_asked_for(tmp_path: Path) -> None:
    entry = entry_for(write_pictures(tmp_path / "p", {"ant": 10, "bee": 10}, (64, 64)), resolution=32)
    settings = yaml.safe_load(entry.text)["p"]
    assert (settings["resolution"], settings["limits"]) == (32, {"max_flops": "9M"})


def test_entries_are_added_and_names_are_not_taken_twice(tmp_path: Path) -> None:
    file = tmp_path / "experiments.yaml"
    file.write_text("# mine\nother: {seed: 1}\n")
    entry = entry_for(write_pictures(tmp_path / "p", {"ant": 10, "bee": 10}))
    add_entry(entry, file)
    assert set(yaml.safe_load(file.read_text())) == {"other", "p"}
    assert file.read_text().startswith("# mine\n")
    before = file.read_text()
    with pytest.raises(InvalidInput, match="--name"):
        add_entry(entry, file)
    assert file.read_text() == before
