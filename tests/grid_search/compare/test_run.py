"""`scale compare` from a finished law to its table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from grid_search.compare.foretelling import law_of_same_training
from grid_search.config import load_scale_experiment
from grid_search.law_search.search import law_of
from grid_search.search.results import ScaleResult
from search_spaces import InvalidInput
from tests import objectives
from tests.grid_search.commands import run
from tests.grid_search.search.test_law_run import searched


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ScaleResult:
    """Return one finished search with a law, for what is only looked at."""
    return searched(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def family(found: ScaleResult) -> list[Path]:
    """Return the files of networks along the law's path and of one that is only wider."""
    folder = found.folder.parents[2]
    paths = []
    for name, rule in {
        "law": ("--law", found.folder),
        "width": ("--baseline", folder / "small.yaml", "--alpha", 1, "--beta", 1.41, "--gamma", 1),
    }.items():
        result = run("emit", *rule, "--flops", "2x,4x", "--tolerance", 0.06, "--out", folder / name)
        assert result.exit_code == 0, result.output
        paths += [folder / name / f"small-{cost}.yaml" for cost in ("2x", "4x")]
    return paths


def compare(found: ScaleResult, out: Path, *arguments: object) -> str:
    folder = found.folder.parents[2]
    file = out / "experiments.yaml"
    entry = yaml.safe_load((folder / "experiments.yaml").read_text())["try"]
    entry["objective"] = {"python": "tests.objectives:by_law"}
    file.write_text(yaml.safe_dump({"try": entry}))
    given = ("--file", file, "--out", out / "results", "--baseline", folder / "small.yaml")
    result = run("compare", "try", *arguments, *given)
    return result.output if result.exit_code == 0 else f"exit {result.exit_code}: {result.output}"


def test_networks_are_tabled_beside_what_the_law_foretold(
    found: ScaleResult, family: list[Path], tmp_path: Path
) -> None:
    told = compare(found, tmp_path, *family, "--law", found.folder)
    folder = tmp_path / "results" / "try" / "scale-compare"
    rows = pd.read_csv(folder / "comparison.csv").set_index("network")
    assert set(rows.index) == {"baseline", "law/small-2x", "law/small-4x", "width/small-2x", "width/small-4x"}
    assert (rows["seeds"] == 3).all()
    assert rows.loc["law/small-4x", "ratio"] == pytest.approx(4, rel=0.06)
    assert rows["extrapolated"].to_dict() == {name: name.endswith("4x") for name in rows.index}
    # trained where the law was: it holds there
    assert abs(rows.loc["baseline", "law"] - rows.loc["baseline", "val_accuracy"]) < 0.005
    assert "law/small-4x" in told and "beyond (*, extrapolated)" in told
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert names == {"study.journal", "trials.csv", "comparison.csv", "comparison.png", "comparison.svg", "run.json"}


def test_a_law_read_back_is_the_one_that_was_fitted(found: ScaleResult, tmp_path: Path) -> None:
    experiment = load_scale_experiment("try", found.folder.parents[2] / "experiments.yaml", _objective())
    again = law_of_same_training(found.folder, experiment)
    fitted = law_of(found.trials, found.ground, experiment.seed)  # type: ignore[arg-type]
    assert fitted is not None
    np.testing.assert_allclose(again.law.draw(np.zeros((1, 3))), fitted.draw(np.zeros((1, 3))))
    assert again.foretell(replace(again.rule.baseline, activation="silu")) is None  # another kind of network
    assert not (tmp_path / "results").exists()


def test_going_on_trains_only_what_is_new(
    found: ScaleResult, family: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(found, tmp_path, family[0], "--seeds", 2)
    first = pd.read_csv(tmp_path / "results" / "try" / "scale-compare" / "trials.csv")
    whole = compare(found, tmp_path, *family, "--seeds", 2)
    both = pd.read_csv(tmp_path / "results" / "try" / "scale-compare" / "trials.csv")
    assert len(first) == 4 and len(both) == 10
    pd.testing.assert_frame_equal(both[: len(first)], first, check_dtype=False)
    monkeypatch.setattr(objectives, "by_law", None)
    assert compare(found, tmp_path, *family, "--seeds", 2).splitlines()[-8:] == whole.splitlines()[-8:]


def test_bad_input_is_one_line_and_leaves_nothing(found: ScaleResult, family: list[Path], tmp_path: Path) -> None:
    for arguments, key in (
        (["nothing.yaml"], "architecture"),
        ([family[0], family[0]], "networks"),
        ([family[0], "--law", tmp_path], "--law"),
        ([family[0], "--law", found.folder, "--set", "training.epochs=7"], "training.epochs"),
    ):
        told = compare(found, tmp_path, *arguments)
        assert told.startswith("exit 2:") and key in told, told
        assert not (tmp_path / "results").exists()


def test_another_training_is_named(found: ScaleResult) -> None:
    experiment = load_scale_experiment("try", found.folder.parents[2] / "experiments.yaml", _objective())
    other = replace(experiment, training=replace(experiment.training, epochs=7))
    with pytest.raises(InvalidInput, match=r"networks of the law in .* were trained"):
        law_of_same_training(found.folder, other)


def _objective() -> list[str]:
    return ["objective={python: 'tests.objectives:by_law'}"]
