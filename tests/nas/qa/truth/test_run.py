from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from rich.console import Console

from nas.cli import main
from nas.config import load_nas_experiment
from nas.qa.truth.figures import Agreement
from nas.qa.truth.networks import KnownNetwork, known_networks
from nas.qa.truth.run import run_agreement
from nas.qa.truth.screen import verdict
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput


def agreement(folder: Path, networks: list[KnownNetwork], objective: str = "by_size") -> Agreement:
    file = folder / "experiments.yaml"
    file.write_text(f"try: {{objective: {{python: 'tests.objectives:{objective}'}}, reward: {{w: 0}}}}\n")
    settings = load_nas_experiment("try", file)
    return run_agreement(settings, networks, out=folder / "out", console=Console(quiet=True), command="test")


@pytest.fixture
def networks(archive_of_sixty: Path) -> list[KnownNetwork]:
    return known_networks("accel-nasbench", archive_of_sixty, count=20, seed=0)


def by_params(networks: list[KnownNetwork], sign: int) -> list[KnownNetwork]:
    return [
        KnownNetwork(
            name=known.name,
            architecture=known.architecture,
            accuracy=0.5 + sign * estimate_cost(known.architecture).params / 1e9,
        )
        for known in networks
    ]


def test_files(tmp_path: Path, networks: list[KnownNetwork]) -> None:
    found = agreement(tmp_path, networks)
    assert len(pd.read_csv(found.folder / "truth.csv")) == 20
    assert (found.folder / "truth.png").stat().st_size > 10_000
    record = json.loads((found.folder / "run.json").read_text(), parse_constant=pytest.fail)
    assert record["results"]["kendall_tau"]["val_accuracy"]["value"] == found.taus["val_accuracy"].value


def test_what_a_budget_takes_off_is_not_held_against_the_truth(tmp_path: Path, networks: list[KnownNetwork]) -> None:
    file = tmp_path / "charged.yaml"
    charged = "reward: {kind: hard, target: 1M}"  # worse by its own measure, the larger it is
    file.write_text(f"try: {{objective: {{python: 'tests.objectives:by_size'}}, {charged}}}\n")
    settings = load_nas_experiment("try", file)
    found = run_agreement(settings, networks, out=tmp_path / "out", console=Console(quiet=True), command="test")
    free = agreement(tmp_path, networks)
    assert found.taus["val_accuracy"] == free.taus["val_accuracy"]
    assert "reward" not in found.taus and "reward" in found.table
    assert verdict(found).replace("accuracy", "") == verdict(free).replace("accuracy", "")


def test_where_all_fail_nothing_is_said(tmp_path: Path, networks: list[KnownNetwork]) -> None:
    found = agreement(tmp_path, networks[:9], "failing")
    assert verdict(found).startswith("Nothing can be said")


def test_the_command(tmp_path: Path, archive_of_sixty: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text("try: {objective: {python: 'tests.objectives:by_size'}}\n")
    common = ["qa", "try", "--file", str(file), "--out", str(tmp_path / "out")]
    known = ["--truth", "accel-nasbench", "--path", str(archive_of_sixty)]
    result = CliRunner().invoke(main, [*common, *known, "--networks", "12"])
    assert result.exit_code == 0, result.output
    assert "against known accuracies, 12 networks" in result.output
    for wrong in ([*known, "--seeds", "2"], ["--path", "x"]):
        refused = CliRunner().invoke(main, [*common, *wrong])
        assert isinstance(refused.exception, InvalidInput) or refused.exit_code == 2


def test_a_benchmark_is_not_judged_by_itself(tmp_path: Path, archive_of_sixty: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(f"try: {{objective: {{benchmark: accel-nasbench, path: '{archive_of_sixty}'}}}}\n")
    with pytest.raises(InvalidInput, match=r"objective\.benchmark"):
        run_agreement(load_nas_experiment("try", file), [], out=tmp_path, console=Console(quiet=True), command="test")
