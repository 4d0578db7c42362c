"""docs/experiments.md says what the schema says: its table of settings is written by tools/experiment_reference."""

from __future__ import annotations

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from grid_search.config import load_scale_experiment
from nas.config import load_nas_experiment
from tests.documents.reading import ROOT
from tests.trials.pictures import write_pictures
from trials import derivation


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = SourceFileLoader("experiment_reference", str(ROOT / "tools" / "experiment_reference"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_the_page_equals_the_schema(tool: ModuleType) -> None:
    text = tool.PAGE.read_text()
    assert tool.page(text) == text, "run tools/experiment_reference"
    assert "| `nas.trials` | 100 |" in text


def test_what_follows_from_images_is_not_told_as_a_number(tool: ModuleType) -> None:
    rows = {line.split("`")[1]: line for line in tool.table().splitlines()[2:]}
    for key in ("training.epochs", "cost.num_classes", "proxy.width", "data.validation_images", "resolution"):
        assert tool.FROM_DATA in rows[key]


def test_a_setting_without_words_is_an_error(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(tool.WORDS, "nas.trials")
    with pytest.raises(SystemExit, match=r"nas\.trials"):
        tool.table()


def test_a_page_that_differs_is_told(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "table", lambda: "| another |")
    monkeypatch.setattr(sys, "argv", ["experiment_reference", "--check"])
    with pytest.raises(SystemExit, match="not what the schema says"):
        tool.main()


def test_every_setting_has_words(tool: ModuleType) -> None:
    assert [key for key, words in tool.WORDS.items() if not words.strip()] == []


def test_words_without_a_setting_are_an_error(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tool.WORDS, "nas.population", "how many")
    with pytest.raises(SystemExit, match=r"nas\.population"):
        tool.table()


@pytest.mark.parametrize("limits", [{}, {"max_flops": "50M"}])
def test_a_default_that_is_shown_is_the_one_that_runs(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    root = write_pictures(tmp_path / "photos", {"ant": 50, "bee": 50}, (48, 64))
    Path("own.yaml").write_text(yaml.safe_dump({"mine": {"data": f"folder:{root}", "limits": limits}}))
    made = load_nas_experiment("mine", Path("own.yaml")), load_scale_experiment("mine", Path("own.yaml"))
    written = {"data.name", *(f"limits.{key}" for key in limits)}
    for key, row in rows(tool).items():
        told = row.split(" | ")[1]
        if key not in written and told not in (tool.FROM_DATA, tool.FROM_LIMITS):
            assert told == tool.shown(key, looked_up(made[key.startswith("scale.")], key), set()), key


def rows(tool: ModuleType) -> dict[str, str]:
    """Return the rows of the page's table by their keys."""
    table = tool.PAGE.read_text().partition(tool.BEGIN)[2].partition(tool.END)[0]
    return {line.split("`")[1]: line for line in table.strip().splitlines()[2:]}


def looked_up(value: Any, key: str) -> Any:
    """Return what `a.b.c` names."""
    for part in key.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize(
    ("constant", "words"),
    [
        ("MOST_VALIDATION_IMAGES", "a fifth of the training images, at most {:,}"),
        ("SHARED_VALIDATION_IMAGES", "({:,} with shared weights"),
        ("SMALL_SEEN", "all others, at most {:,}"),
        ("FEW_IMAGES", "where there are more than {:,} images"),
        ("IMAGES_SEEN", "a candidate sees about {:,} images"),
        ("SMALL_SEEN", "of the smaller pictures, {:,} |"),
        ("LEAST_SMALL_SIDE", "half as many ({:,} px"),
        ("LARGE_BATCH", "in proportion; {:,} and 0.1 of"),
        ("MOST_EPOCHS", "images, at most {:,};"),
        ("LONGEST_PROXY_SIDE", "at most {:,} px"),
        ("LEAST_FINAL_SIDE", "the last stage sees {:,} px"),
        ("LEAST_STEPS", "an epoch has {:,} steps"),
        ("FULL_IMAGES_SEEN", "{:,} images seen"),
        ("LEAST_FULL_EPOCHS", "{:,} to"),
        ("MOST_FULL_EPOCHS", "to {:,} epochs"),
    ],
)
def test_the_rules_have_the_numbers_of_the_code(tool: ModuleType, constant: str, words: str) -> None:
    rules = tool.PAGE.read_text().partition("## Every setting")[0]
    assert re.search(rf"(?<!\w){re.escape(words.format(getattr(derivation, constant)))}", rules)
