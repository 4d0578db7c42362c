"""The JSON Schemas for editors say what the dataclasses say: they are written by tools/editor_schemas."""

from __future__ import annotations

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from search_spaces.files import read_yaml
from tests.documents.reading import ROOT

LINE = "# yaml-language-server: $schema="
SHIPPED = [ROOT / "experiments.yaml", *sorted((ROOT / "search_spaces").glob("*.yaml"))]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    loader = SourceFileLoader("editor_schemas", str(ROOT / "tools" / "editor_schemas"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def mistakes(content: Any, name: str) -> list[str]:
    schema = json.loads((ROOT / name).read_text())
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(content)]


def test_the_files_equal_the_dataclasses(tool: ModuleType) -> None:
    for path, schema in tool.FILES.items():
        assert path.read_text() == tool.text_of(schema()), "run tools/editor_schemas"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_name_their_schema_and_keep_to_it(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith(LINE)
    schema = path.parent / first.removeprefix(LINE)
    assert mistakes(read_yaml(path), str(schema.relative_to(ROOT))) == []


def test_networks_that_a_search_wrote_keep_to_theirs() -> None:
    for path in sorted((ROOT / "results" / "published").rglob("best.yaml")):
        assert mistakes(read_yaml(path), "search_spaces/architecture.schema.json") == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"nas": {"trails": 3}}, "trails"),
        ({"nas": {"trials": 0}}, "minimum"),
        ({"scale": {"candidate": 3}}, "candidate"),
        ({"objective": {"name": "trained"}}, "is not valid under any of the given schemas"),
    ],
)
def test_a_mistake_is_found(entry: dict[str, Any], told: str) -> None:
    assert told in " ".join(mistakes({"mine": entry}, "trials/experiments.schema.json"))


@pytest.mark.parametrize("entry", [{"objective": "zero-cost", "data": "digits", "proxy": "auto"}, {"<<": {"seed": 1}}])
def test_short_forms_and_borrowed_settings_are_fine(entry: dict[str, Any]) -> None:
    assert mistakes({"mine": entry, ".base": {"anything": 1}}, "trials/experiments.schema.json") == []


def test_settings_have_words(tool: ModuleType) -> None:
    schema = tool.experiments()
    assert schema["$defs"]["NasConfig"]["properties"]["trials"]["description"]
    assert schema["$defs"]["Entry"]["properties"]["seed"]["description"]
