"""Trials of `nas run` in a law of `scale search`: whole runs of both stages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from rich.console import Console

from grid_search.config import load_scale_experiment
from grid_search.law_search.pool import Pool
from grid_search.search.evidence import Evidence, evidence_of
from grid_search.search.ground import ground_of
from grid_search.search.results import ScaleResult
from grid_search.search.run import run_scale_search
from nas.config import load_nas_experiment
from nas.search.run import run_search
from search_spaces import load_architecture
from tests.grid_search.commands import run
from tests.grid_search.search.test_law_run import BASELINE

QUIET = Console(quiet=True)
SPACE: dict[str, Any] = {
    "name": "sizes",
    "skeleton": yaml.safe_load(BASELINE),
    "resolution": {"one_of": [96, 112, 128, 144, 160]},
    "every_stage": {"width": {"multiply": [0.75, 1, 1.25]}, "kernel_size": {"one_of": [3, 5]}},
}
ENTRY: dict[str, Any] = {
    "objective": {"python": "tests.objectives:by_law"},
    "limits": {"max_flops": "40M"},
    "nas": {"sampler": "evolution", "trials": 80},
    "scale": {"method": "law", "law": {"trainings": 10}, "repeats": 2, "phis": [0, 1], "grid": {"tolerance": 0.15}},
}


def write(folder: Path, **changes: Any) -> Path:
    (folder / "space.yaml").write_text(yaml.safe_dump(SPACE))
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": ENTRY | {"space": str(folder / "space.yaml")} | changes}))
    return path


def searched(folder: Path, **changes: Any) -> Path:
    """Run stage 1 and return its experiments file."""
    path = write(folder, **changes)
    run_search(load_nas_experiment("try", path, ()), folder / "results", console=QUIET, command="test")
    return path


def scaled(folder: Path, *overrides: str, console: Console = QUIET) -> ScaleResult:
    settings = load_scale_experiment("try", folder / "experiments.yaml", overrides)
    return run_scale_search(settings, folder / "results", console=console, command="test")


def evidence(folder: Path, *overrides: str) -> Evidence:
    settings = load_scale_experiment("try", folder / "experiments.yaml", overrides)
    pool = ground_of(settings, folder / "results")
    assert isinstance(pool, Pool)
    return evidence_of(settings, pool, folder / "results")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[ScaleResult, str, Path]:
    """Return a search of stage 2 after one of stage 1, what it printed, and their folder."""
    folder, printed = tmp_path_factory.mktemp("both"), io.StringIO()
    searched(folder)
    return scaled(folder, console=Console(file=printed, width=200)), printed.getvalue(), folder


def counted(result: ScaleResult) -> pd.DataFrame:
    return result.trials[result.trials["role"] == "nas run"]


def test_what_counts_is_the_baseline_scaled_with_the_accuracy_it_had(both: tuple[ScaleResult, str, Path]) -> None:
    result, _, folder = both
    rows = counted(result)
    assert len(rows) > 3
    stage1 = pd.read_csv(folder / "results/try/nas/trials.csv").set_index("seed")
    best = load_architecture(folder / "results/try/nas/best.yaml")
    for row in rows.to_dict(orient="records"):
        origin = stage1.loc[row["seed"]]
        assert row["val_accuracy"] == origin["val_accuracy"]
        assert row["flops"] == origin["flops"]
        assert origin["resolution"] == pytest.approx(best.input_size[0] * row["gamma"], abs=1)
        assert {origin[f"stages.{place}.kernel_size"] for place in (0, 1)} <= {3, 5}
        assert [origin[f"stages.{place}.kernel_size"] for place in (0, 1)] == [s.kernel_size for s in best.stages]
    assert not ((rows[["alpha", "beta", "gamma"]] == 1).all(axis=1)).any()  # the best one's own accuracy is too high


def test_the_law_counts_them_and_trains_none_of_them_again(both: tuple[ScaleResult, str, Path]) -> None:
    result, printed, _ = both
    rows, trained = counted(result), result.trials[result.trials["role"] == "law"]
    assert result.law is not None
    assert result.law.trainings == int((result.trials["state"] == "complete").sum())
    names = ["flops", "params"]
    assert rows[names].merge(trained[names], on=names).empty
    assert f"evidence: {len(rows)} of " in printed
    assert "nas run" not in set(result.decision.networks["role"]) if result.decision else False
    page = (result.folder / "report.html").read_text()
    assert f"and {len(rows)} by nas run" in page
    assert "<td>nas run" not in page and ">nas run</" not in page  # it took no time here


def test_they_are_counted_once_and_a_run_that_goes_on_keeps_them(both: tuple[ScaleResult, str, Path]) -> None:
    result, _, folder = both
    printed = io.StringIO()
    again = scaled(folder, console=Console(file=printed, width=200))
    assert len(again.trials) == len(result.trials)
    assert "evidence" not in printed.getvalue()


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("objective={python: 'tests.objectives:by_size'}", "objective.python is 'tests.objectives:by_size' here"),
        ("training.epochs=9", "training.epochs is 9 here and was "),
        ("scale.baseline=mobilenet-v2", "each differs from mobilenet-v2 in more than depth, width and resolution"),
    ],
)
def test_what_was_trained_otherwise_is_none(both: tuple[ScaleResult, str, Path], override: str, reason: str) -> None:
    _, _, folder = both
    found = evidence(folder, override)
    assert not found.judged
    assert found.line is not None and found.line.startswith("evidence: none of ") and reason in found.line


def test_without_a_search_nothing_is_said(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "best.yaml").write_text(BASELINE)
    assert evidence(tmp_path, f"scale.baseline={tmp_path / 'best.yaml'}").line is None


def test_a_damaged_record_is_a_line_and_no_end(both: tuple[ScaleResult, str, Path], tmp_path: Path) -> None:
    _, _, folder = both
    best = folder / "results/try/nas/best.yaml"
    write(tmp_path)
    record = tmp_path / "results/try/nas/run.json"
    record.parent.mkdir(parents=True)
    record.write_text("{")
    found = evidence(tmp_path, f"scale.baseline={best}")
    assert found.line is not None and found.line.startswith("evidence: none of `nas run`: they cannot be read")


def test_a_dry_run_tells_it(both: tuple[ScaleResult, str, Path]) -> None:
    result, _, folder = both
    options = ("--file", folder / "experiments.yaml", "--out", folder / "results", "--dry-run")
    shown = run("search", "try", *options)
    assert shown.exit_code == 0, shown.output
    assert f"{len(counted(result))} of " in " ".join(shown.output.split())
