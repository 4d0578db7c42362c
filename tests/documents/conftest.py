"""A folder like that of somebody who followed the documents so far."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces import save_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference
from search_spaces.weights import ARCHITECTURE, WEIGHTS, Expects, save_weights
from tests.documents.reading import ROOT, pieces

PHOTOGRAPHS = """
cells: {data: 'folder:cells', resolution: 96, limits: {max_flops: 72M}}
things: {data: 'folder:things', resolution: 32, limits: {max_flops: 9M}}
"""
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
    with (folder / "experiments.yaml").open("a") as experiments:
        experiments.write(PHOTOGRAPHS)
    for name, classes in (("cifar10", 10), ("cells", 2)):
        decided, found = folder / "results" / name / "scale", replace(reference("mobilenet-v2"), name=f"{name}-best")
        save_architecture(found, decided / "baseline.yaml", num_classes=classes)
        (decided / "coefficients.yaml").write_text("{alpha: 1.2, beta: 1.1, gamma: 1.15}\n")
    for name in ("NAME", "law/scaling-fashion", "grid/scaling-fashion"):  # anybody's
        shutil.copytree(PUBLISHED / "scaling-law" / "resnet-50", folder / "results" / name / "scale")
    _trained(folder / "results" / "cells" / "train" / "trial-24")
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


def _trained(folder: Path) -> None:
    """Write a network with weights as `nas train` leaves them."""
    network = replace(reference("mobilenet-v2"), resolution=96)
    expects = Expects(
        resolution=(96, 96),
        mean=(0.5,) * 3,
        std=(0.2,) * 3,
        num_classes=2,
        classes=("broken", "working"),
        network=network.key,
    )
    folder.mkdir(parents=True)
    save_architecture(network, folder / ARCHITECTURE, num_classes=2)
    save_weights(build_network(network, in_channels=3, num_classes=2), expects, folder / WEIGHTS)
