"""A folder of photographs of 64 px and an experiment of five lines: data and limits, nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from nas.config import NasExperiment, load_nas_experiment
from search_spaces import load_architecture
from search_spaces.cost import estimate_cost
from search_spaces.files import read_yaml
from search_spaces.reference import reference
from tests.nas.commands import run
from trials.derivation import strides_of
from trials.proxy import apply_proxy
from trials.resolving import space_of

FIVE_LINES = """\
mine:
  data: {name: "folder:photos"}
  limits:
    max_flops: 10M
    max_params: 2M
"""
QUICK = ("--set", "training.epochs=1", "--set", "data.train_images=32", "--set", "nas.trials=2")
PIXELS, STEP = 64, 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with tiles of two photographs, and the five lines beside it."""
    root = tmp_path_factory.mktemp("own")
    for name in ("china", "flower"):
        whole = np.asarray(load_sample_image(f"{name}.jpg"))
        (root / "photos" / name).mkdir(parents=True)
        for top in range(0, whole.shape[0] - PIXELS, STEP):
            for left in range(0, whole.shape[1] - PIXELS, STEP):
                tile = whole[top : top + PIXELS, left : left + PIXELS]
                Image.fromarray(tile).save(root / "photos" / name / f"{top:03d}-{left:03d}.jpg")
    (root / "experiments.yaml").write_text(FIVE_LINES)
    return root


@pytest.fixture
def experiment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> NasExperiment:
    monkeypatch.chdir(folder)
    return load_nas_experiment("mine", folder / "experiments.yaml")


def test_the_network_to_deploy_is_that_of_the_photographs(experiment: NasExperiment) -> None:
    assert experiment.resolution == PIXELS
    assert (experiment.cost.num_classes, experiment.cost.in_channels) == (2, 3)
    assert (experiment.reward.kind, experiment.reward.target) == ("hard", 10_000_000)  # accuracy counts up to the limit


def test_a_proxy_keeps_its_late_stages_and_its_channels_apart(experiment: NasExperiment) -> None:
    networks = [apply_proxy(network, experiment.proxy) for network in map(reference, ("efficientnet-b0", "mnasnet-a1"))]
    side = round(PIXELS * experiment.proxy.resolution)
    assert experiment.proxy.depth == 1.0
    for network in networks:
        assert math.ceil(side / math.prod(strides_of(network))) >= 2
        widths = [stage.width for stage in network.stages]
        assert len(set(widths)) > len(widths) / 2
    assert math.prod(strides_of(apply_proxy(space_of(experiment).skeleton, experiment.proxy))) <= side / 2


def test_lengths_suit_few_photographs(experiment: NasExperiment) -> None:
    images = experiment.data.validation_images
    assert 20 <= images <= 60  # of 286, a fifth of which are for the end
    assert experiment.training.epochs == 30
    assert experiment.training.batch_size <= 16


@pytest.mark.slow
def test_check_and_run_go_through(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(folder)
    told = run("check", "mine", *QUICK, "--out", tmp_path)
    assert told.exit_code == 0, told.output
    assert "2 classes" in told.output
    assert "64 x 64 px" in told.output
    result = run("run", "mine", *QUICK, "--out", tmp_path)
    assert result.exit_code in (0, 1), result.output  # two short trainings may have learned nothing
    if result.exit_code == 0:
        best = load_architecture(tmp_path / "mine" / "nas" / "best.yaml")
        cost = estimate_cost(best, 2, 3)
        assert cost.flops <= 10_000_000
        assert read_yaml(tmp_path / "mine" / "nas" / "best.yaml")["provenance"]["trial"] >= 0
    else:
        assert "No candidate learned anything" in result.output
