from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from matplotlib.figure import Figure

from tests.nas.commands import EXPERIMENT
from tests.nas.searched import search
from tests.search_spaces.conftest import torchvision_imports

__all__ = ["torchvision_imports"]


@pytest.fixture(autouse=True)
def networks_counted_once(counted_once: None) -> None:
    """Use the memory of counts in every test of this folder."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write an experiment that takes no time."""
    path = tmp_path / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": EXPERIMENT}))
    return path


@pytest.fixture(scope="session")
def searched_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment that was searched, to be copied."""
    folder = tmp_path_factory.mktemp("searched")
    search(folder)
    return folder


@pytest.fixture(scope="module")
def folder(searched_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment that was searched, shared by the tests of one file."""
    return shutil.copytree(searched_once, tmp_path_factory.mktemp("commands"), dirs_exist_ok=True)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are saved, in order; they are saved all the same."""
    saved: list[Figure] = []
    savefig = Figure.savefig

    def kept(figure: Figure, *arguments: Any, **settings: Any) -> None:
        saved.append(figure)
        savefig(figure, *arguments, **settings)

    monkeypatch.setattr(Figure, "savefig", kept)
    return saved
