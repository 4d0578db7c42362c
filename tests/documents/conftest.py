"""A folder like that of somebody who followed the documents so far."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search_spaces import save_architecture
from search_spaces.reference import reference
from tests.documents.reading import ROOT, pieces

PUBLISHED = ROOT / "results" / "published"


@pytest.fixture(scope="session")
def followed(tmp_path_factory: pytest.TempPathFactory, archive_of_sixty: Path) -> Path:
    """Return a folder with the experiments, published results, results of the demo and files the documents name."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copy(ROOT / "experiments.yaml", folder)
    shutil.copytree(PUBLISHED, folder / "results" / "published")
    shutil.copytree(PUBLISHED / "quickstart", folder / "results" / "quickstart")
    shutil.copytree(PUBLISHED / "fashion-mnist-training", folder / "results" / "quickstart" / "train" / "trial-9")
    save_architecture(reference("mobilenet-v2"), folder / "my-network.yaml")
    decided = folder / "results" / "cifar10" / "scale"
    save_architecture(reference("mobilenet-v2"), decided / "baseline.yaml", num_classes=10)
    (decided / "coefficients.yaml").write_text("{alpha: 1.2, beta: 1.1, gamma: 1.15}\n")
    shutil.copy(archive_of_sixty, folder / "anb_dataset_jsons.tar.gz")
    for block in pieces("yaml"):
        if block.text.startswith("# ") and block.text.split()[1].endswith(".yaml"):
            (folder / block.text.split()[1]).write_text(block.text)
    return folder


@pytest.fixture
def beside_it(followed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to that folder, to read in it."""
    monkeypatch.chdir(followed)
    return followed


@pytest.fixture
def reader_folder(followed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a copy of that folder, to write in it."""
    copy = shutil.copytree(followed, tmp_path / "reader")
    monkeypatch.chdir(copy)
    return copy
