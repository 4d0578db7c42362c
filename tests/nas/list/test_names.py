from __future__ import annotations

from pathlib import Path

from nas.list.names import KNOWN, listed
from nas.samplers import SAMPLERS
from search_spaces.reference import REFERENCES
from trials.data.datasets import LOADERS, PATH_KINDS


def test_every_name_there_is_has_a_line(file: Path) -> None:
    names = listed(KNOWN, file)
    assert list(names["samplers"]) == list(SAMPLERS)
    assert list(names["networks"]) == list(REFERENCES)
    assert list(names["data"]) == [*LOADERS, *(f"{kind}:PATH" for kind in PATH_KINDS)]
    assert list(names["spaces"]) == ["efficientnet", "mnasnet"]
    assert list(names["experiments"]) == ["try"]
    assert all(line for kind in ("samplers", "networks", "data", "spaces") for line in names[kind].values())


def test_costs_are_those_of_the_networks(file: Path) -> None:
    assert listed(["networks"], file)["networks"]["efficientnet-b0"].startswith("386 M multiply-adds, 5.29 M param")


def test_hidden_entries_are_no_experiments(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(".base: {seed: 1}\nown: {description: what it is for}\nodd: 3\n")
    assert listed(["experiments"], path) == {"experiments": {"own": "what it is for", "odd": ""}}
