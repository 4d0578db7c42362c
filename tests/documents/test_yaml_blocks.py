"""YAML in documents is read by what reads it from files: experiments, spaces, architectures."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from search_spaces import InvalidInput, load_space
from search_spaces.exchange.source import load_architecture
from tests.documents.reading import Document, Piece, documents, pieces
from tests.documents.shell import check_sections
from trials.experiment import Experiment
from trials.experiment_file import load_experiment

SETTINGS = {field.name for field in fields(Experiment)}


def read(block: Piece, folder: Path) -> None:
    """Raise InvalidInput unless the block is valid as what its keys say it is."""
    file = folder / "block.yaml"
    file.write_text(block.text)
    content = yaml.safe_load(block.text)
    if "skeleton" in content:
        load_space(file)
    elif {"stages", "arch_def", "blocks_args"} & set(content):
        load_architecture(file)
    else:
        read_experiments({"x": content} if set(content) <= SETTINGS else content, file)


def read_experiments(entries: dict[str, object], file: Path) -> None:
    file.write_text(yaml.safe_dump(entries))
    for name in entries:
        check_sections(name, load_experiment(name, file))


@pytest.mark.parametrize("block", pieces("yaml"), ids=lambda block: block.place)
def test_yaml_is_valid(block: Piece, tmp_path: Path) -> None:
    read(block, tmp_path)


def _settings_in_sentences() -> list[Piece]:
    """Return settings such as `nas: {batch: 8}`, without those that hold a placeholder."""
    found = []
    for piece in (piece for document in documents() for piece in document.inline()):
        key, _, value = piece.text.partition(": ")
        if key in SETTINGS and value.startswith("{") and not any(word.isupper() for word in value.split()):
            found.append(piece)
    return found


@pytest.mark.parametrize("piece", _settings_in_sentences(), ids=lambda piece: f"{piece.place} {piece.text}")
def test_settings_in_sentences_are_valid(piece: Piece, tmp_path: Path) -> None:
    read_experiments({"x": yaml.safe_load(piece.text)}, tmp_path / "x.yaml")


WRONG = ["x: {nas: {sampler: bayes}}", "scale: {candidates: 0}", "skeleton: none", "stages: []", "arch_def: [x]"]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_yaml_is_found(text: str, tmp_path: Path) -> None:
    (block,) = Document(path="x.md", text=f"```yaml\n{text}\n```\n").blocks("yaml")
    with pytest.raises(InvalidInput):
        read(block, tmp_path)


def test_every_block_says_its_language() -> None:
    assert [block.place for block in pieces() if not block.language] == []
