"""A whole `scale search --method law`."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import ray
import yaml

from grid_search.compound_scaling import Coefficients
from grid_search.grid.solve import solve_axes
from grid_search.law.posterior import Law
from grid_search.law_search.pool import Pool
from grid_search.search.candidates import as_coefficients
from grid_search.search.results import ScaleResult
from search_spaces import InvalidInput
from tests import objectives
from tests.grid_search.commands import run
from tests.grid_search.search.test_run import search

ROOT = Path(__file__).parents[3]
# small, so that counting its networks takes no time
BASELINE = """
name: small
resolution: 128
stem: {kernel_size: 3, stride: 2, width: 16}
stages:
- {op: mbconv, kernel_size: 3, stride: 2, expansion_ratio: 1, width: 24, depth: 2}
- {op: mbconv, kernel_size: 3, stride: 2, expansion_ratio: 1, width: 160, depth: 3}
head: {width: null}
activation: relu
"""
LAW = (
    "scale.method=law",
    "scale.law.trainings=10",
    "scale.repeats=2",
    "scale.phis=[0, 1]",
    "scale.grid.tolerance=0.15",
    "objective={python: 'tests.objectives:by_law'}",
)


def searched(folder: Path, *overrides: str) -> ScaleResult:
    baseline = folder / "small.yaml"
    baseline.write_text(BASELINE)
    return search(folder, *LAW, f"scale.baseline={baseline}", *overrides)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ScaleResult:
    """Return one finished search, for what is only looked at."""
    return searched(tmp_path_factory.mktemp("law"))


def files(folder: Path) -> dict[str, str]:
    names = ("coefficients.yaml", "configs/small-phi1.yaml")
    return {name: (folder / name).read_text() for name in names}


def figures(result: ScaleResult) -> pd.DataFrame:
    return result.trials.drop(columns=[name for name in result.trials if "seconds" in name])


def test_the_answer_is_trained_beside_the_controls(found: ScaleResult) -> None:
    roles = found.trials[found.trials["repeat"] == 0]["role"].value_counts()
    assert roles["law"] == 10
    assert all(roles[role] == 1 for role in ("compound", "baseline", "depth only", "width only", "resolution only"))
    assert found.decision is not None and found.law is not None
    assert "law" not in set(found.decision.networks["role"])
    assert found.decision.best["ratio"] == pytest.approx(2, abs=0.15)


def test_an_answer_that_is_a_control_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def width_alone(pool: Pool, _law: Law) -> Coefficients:
        scaled = solve_axes(pool.baseline, pool.config.target, pool.config.rounding)["width"]
        return as_coefficients(scaled.multipliers)

    monkeypatch.setattr("grid_search.search.run.answered_coefficients", width_alone)
    result = searched(tmp_path)
    trained = result.trials[(result.trials["role"] != "law") & (result.trials["repeat"] == 0)]
    assert sorted(trained["role"]) == ["baseline", "compound", "depth only", "paper", "resolution only"]
    assert trained["key"].is_unique
    assert result.decision is not None and "The best scales width alone." in result.decision.statement


def test_everything_promised_is_written(found: ScaleResult) -> None:
    names = {path.name for path in found.folder.iterdir() if not path.name.startswith(".")}
    assert names == {
        *("study.journal", "trials.csv", "coefficients.yaml", "baseline.yaml", "configs", "run.json"),
        *("law.png", "law.svg", "accuracies.png", "accuracies.svg", "report.html"),
    }
    content = yaml.safe_load((found.folder / "coefficients.yaml").read_text())
    assert set(content["law"]["intervals"]) == {"alpha", "beta", "gamma"}
    config = yaml.safe_load((found.folder / "configs" / "small-phi1.yaml").read_text())
    assert config["provenance"]["measured_ratio"] == pytest.approx(2, rel=0.03)


@pytest.mark.slow
def test_killed_and_resumed_equals_undisturbed(
    found: ScaleResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = list[int]()

    def killed(seed: int) -> random.Random:
        calls.append(seed)
        if len(calls) in (3, 12, 17):
            raise KeyboardInterrupt
        return random.Random(seed)

    # what the objective asks for its noise: objectives themselves are remembered by name
    monkeypatch.setattr(objectives, "random", SimpleNamespace(Random=killed))
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            searched(tmp_path, "compute.engine=inline")
    again = searched(tmp_path, "compute.engine=inline")
    pd.testing.assert_frame_equal(figures(again), figures(found))
    assert files(again.folder) == files(found.folder)


@pytest.mark.slow
def test_two_workers_equal_one(found: ScaleResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the workers, wherever tests before this one were
    ray.shutdown()
    again = searched(tmp_path, "compute.concurrency=2")
    assert again.halted is None, (again.halted, ray.is_initialized(), Path.cwd())
    pd.testing.assert_frame_equal(figures(again), figures(found))


@pytest.mark.parametrize(
    ("overrides", "key"),
    [
        (("scale.law.dearest=0.3",), "scale.law.dearest"),
        (("scale.law.trainings=3",), "scale.law.trainings"),
        (("scale.active=2",), "scale.active"),
        (
            (
                "scale.law.cheapest=0.9",
                "scale.law.dearest=1.4",
                "scale.grid.rounding={width_divisor: 512, resolution_multiple: 224}",
            ),
            "scale.law.cheapest",
        ),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path: Path, overrides: tuple[str, ...], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        searched(tmp_path, *overrides)
    assert caught.value.key == f"try.{key}"
    assert not (tmp_path / "results").exists()


def test_nothing_evaluated_is_no_crash(tmp_path: Path) -> None:
    result = searched(tmp_path, "objective={python: 'tests.objectives:in_percent'}")
    assert result.decision is None and result.law is None
    assert not (result.folder / "coefficients.yaml").exists()


def test_a_dry_run_tells_the_plan(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2", "--method", "law", "--dry-run")
    result = run("search", "try", *options)
    assert result.exit_code == 0, result.output
    assert "at most 16 of them, then the answer at 2x and 5 controls" in " ".join(result.output.split())
    assert not (tmp_path / "r").exists()
