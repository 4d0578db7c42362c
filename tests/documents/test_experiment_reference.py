"""docs/experiments.md says what the schema says: its table of settings is written by tools/experiment_reference."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

import pytest

from tests.documents.reading import ROOT


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
