from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from grid_search.compound_scaling import Coefficients
from grid_search.family.along_path import PathStep, ScalingPath, configurations, family_along, read_path
from grid_search.family.config import FamilyConfig
from grid_search.family.finished import ScalingRule
from search_spaces import InvalidInput, save_architecture
from search_spaces.reference import reference
from search_spaces.scaling import Rounding
from search_spaces.task import IMAGENET
from tests.grid_search.commands import run

RULE = ScalingRule(
    baseline=reference("efficientnet-b0"),
    task=IMAGENET,
    coefficients=Coefficients(alpha=1.2, beta=1.1, gamma=1.15),
    rounding=Rounding(depth="nearest"),
)
STEPS = tuple(
    PathStep(ratio=2.0**step, depth=2 ** (0.2 * step), width=2 ** (0.15 * step), resolution=2 ** (0.25 * step))
    for step in (-1, 1, 2, 3)
)
PATH = ScalingPath(steps=STEPS, cost="flops")


def test_between_two_steps_sizes_follow_a_line_in_logarithms() -> None:
    np.testing.assert_allclose(PATH.shape(2**1.5), np.log(2) * 1.5 * np.array([0.2, 0.15, 0.25]))
    np.testing.assert_allclose(PATH.shape(1.0), 0, atol=1e-12)


@pytest.mark.parametrize("ratio", [0.3, 9.0])
def test_beyond_its_ends_a_path_says_nothing(ratio: float) -> None:
    with pytest.raises(InvalidInput, match=r"0\.5 to 8 baselines"):
        PATH.shape(ratio)


def test_members_meet_their_targets_near_the_path() -> None:
    for member, ratio in zip(
        family_along(RULE, PATH, FamilyConfig(targets=("0.5x", "1x", "4x"))), (0.5, 1, 4), strict=True
    ):
        assert member.measured_ratio() == pytest.approx(ratio, rel=0.03)
        assert member.method == "scaling-law"
        made = np.log([member.multipliers.depth, member.multipliers.width, member.multipliers.resolution])
        np.testing.assert_allclose(made, PATH.shape(ratio), atol=0.2)  # rounding asks for a little more of each


def test_configurations_are_named_by_phi_and_cost_its_power() -> None:
    zero, two = configurations(RULE, PATH, (0, 2), 2.0)
    assert zero.architecture.key == RULE.baseline.key
    assert two.architecture.name == "efficientnet-b0-phi2"
    assert two.measured_ratio() == pytest.approx(4, rel=0.03)


def test_another_cost_than_the_laws_is_refused() -> None:
    with pytest.raises(InvalidInput, match="flops, the cost of this law"):
        family_along(RULE, PATH, FamilyConfig(targets=("2x",), cost="params"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as a finished search of a law leaves it."""
    path = [{"ratio": one.ratio, "depth": one.depth, "width": one.width, "resolution": one.resolution} for one in STEPS]
    content = {"alpha": 1.2, "beta": 1.1, "gamma": 1.15, "rounding": {"depth": "nearest"}}
    content["law"] = {"cost": "flops", "path": [step | {"val_accuracy": 0.5} for step in path]}
    (tmp_path / "coefficients.yaml").write_text(yaml.safe_dump(content))
    save_architecture(RULE.baseline, tmp_path / "baseline.yaml")
    return tmp_path


def test_a_path_is_read_back(folder: Path) -> None:
    rule, path = read_path(folder)
    assert path == PATH
    assert rule.rounding == RULE.rounding


@pytest.mark.parametrize("damage", [{"path": None}, {"path": [{"ratio": -1}]}, {"path": "long"}])
def test_a_damaged_path_is_refused(folder: Path, damage: dict[str, object]) -> None:
    content = yaml.safe_load((folder / "coefficients.yaml").read_text())
    content["law"] |= damage
    (folder / "coefficients.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(InvalidInput):
        read_path(folder)


def test_the_command_emits_along_the_path(folder: Path, tmp_path: Path) -> None:
    result = run("emit", "--law", folder, "--flops", "2x", "--out", tmp_path / "family")
    assert result.exit_code == 0, result.output
    written = yaml.safe_load((tmp_path / "family" / "efficientnet-b0-2x.yaml").read_text())
    assert written["provenance"]["measured_ratio"] == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (["--phi", "1"], "--phi"),
        ([], "--flops"),
        (["--flops", "99x"], "target"),
        (["--flops", "2x", "--max-resolution", "8"], "targets.0"),
    ],
)
def test_contradictions_are_one_line(folder: Path, tmp_path: Path, options: list[str], key: str) -> None:
    result = run("emit", "--law", folder, *options, "--out", tmp_path / "family")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {key}: got ") and result.stderr.count("\n") == 1
    assert not (tmp_path / "family").exists()
