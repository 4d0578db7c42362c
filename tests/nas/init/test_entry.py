from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest
import yaml
from jsonschema import Draft202012Validator

from nas.init.entry import add_entry, entry_for, schema_line
from search_spaces import InvalidInput
from tests.house.source import ROOT
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


def test_a_new_file_names_the_schema_that_editors_use(tmp_path: Path) -> None:
    entry = entry_for(write_pictures(tmp_path / "p", {"ant": 10, "bee": 10}))
    add_entry(entry, tmp_path / "experiments.yaml")
    first, *rest = (tmp_path / "experiments.yaml").read_text().splitlines()
    named = first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads(Path(url2pathname(urlparse(named).path)).read_text())
    content = yaml.safe_load("\n".join(rest))
    assert list(Draft202012Validator(schema).iter_errors(content)) == []
    content["p"]["nas"]["trails"] = 3
    assert list(Draft202012Validator(schema).iter_errors(content)) != []


def test_the_schema_of_a_package_beside_the_file_is_named_by_a_relative_path() -> None:
    assert schema_line(ROOT / "my.yaml") == "# yaml-language-server: $schema=trials/experiments.schema.json\n"


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
