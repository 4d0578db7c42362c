"""A search while shared weights are trained, as `nas run` does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from nas.search.run import run_search
from search_spaces import InvalidInput
from tests.trials.objectives.shared.test_objective import ENTRY, experiment
from trials.objectives.shared.artifact import load_policy
from trials.objectives.shared.objective import ARTIFACT, POLICY, shared
from trials.resolving import space_of

SEARCHED: dict[str, Any] = {
    **ENTRY,
    "objective": {**ENTRY["objective"], "search": "while-training"},
    "limits": {"max_params": "5M"},
    "nas": {"trials": 4, "finalists": 0},
}
RESULTS = ["number", "state", "key", "val_loss", "value"]


def search(folder: Path, *overrides: str) -> pd.DataFrame:
    folder.mkdir(exist_ok=True)
    settings = experiment(folder, *overrides, entry=SEARCHED)
    run_search(settings, folder, console=Console(quiet=True), command="test")
    return pd.read_csv(folder / "try" / "nas" / "trials.csv")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searched")
    search(folder)
    return folder


def test_candidates_are_the_policys_within_the_limits(searched: Path) -> None:
    trials = pd.read_csv(searched / "try" / "nas" / "trials.csv")
    assert list(trials["state"]) == ["complete"] * 4
    assert trials["key"].nunique() == 4
    record = json.loads((searched / "try" / "nas" / "run.json").read_text())
    assert record["results"]["best"]["value"] == trials["value"].max()
    assert record["settings"]["nas"]["sampler"] == "trained-policy"
    for name in ("best.yaml", "report.html", "pareto.csv"):
        assert (searched / "try" / "nas" / name).is_file()


def test_the_policy_is_kept_with_the_weights_and_its_entropy_over_steps(searched: Path, tmp_path: Path) -> None:
    folder = searched / "try" / "nas"
    space = space_of(experiment(tmp_path, entry=SEARCHED))
    rows = load_policy(folder / ARTIFACT, space)
    assert [len(row) for row in rows] == [len(choice.options) for choice in space.choices]
    table = pd.read_csv(folder / POLICY)
    assert list(table["step"]) == list(range(1, 9))  # 2 epochs of 4 steps
    assert table["entropy"].iloc[0] == 1 > table["entropy"].iloc[-1]


def test_the_same_search_gives_the_same_files_also_when_it_was_killed(searched: Path, tmp_path: Path) -> None:
    class Killed(Console):
        def print(self, *things: Any, **_: Any) -> None:
            if things and str(things[0]).startswith("shared weights: epoch 1/2"):
                raise KeyboardInterrupt

    settings = experiment(tmp_path, entry=SEARCHED)
    with pytest.raises(KeyboardInterrupt):
        run_search(settings, tmp_path, console=Killed(quiet=True), command="test")
    assert not (tmp_path / "try" / "nas" / ARTIFACT).exists()
    again = search(tmp_path)
    whole = pd.read_csv(searched / "try" / "nas" / "trials.csv")
    pd.testing.assert_frame_equal(again[RESULTS], whole[RESULTS])
    for name in (ARTIFACT, POLICY):
        assert (tmp_path / "try" / "nas" / name).read_bytes() == (searched / "try" / "nas" / name).read_bytes()


def test_weights_searched_for_another_reward_are_refused(searched: Path, tmp_path: Path) -> None:
    other = experiment(tmp_path, "reward={target: 3M, cost: params}", entry=SEARCHED)
    with pytest.raises(InvalidInput, match="weights of another reward"):
        shared(other, searched / "try" / "nas").prepare()


def test_a_search_afterwards_uses_the_weights_but_has_no_policy(searched: Path, tmp_path: Path) -> None:
    weights = searched / "try" / "nas" / ARTIFACT
    settings = experiment(
        tmp_path, "nas.sampler=random", entry={**SEARCHED, "objective": {"name": "shared", "weights": str(weights)}}
    )
    found = run_search(settings, tmp_path, console=Console(quiet=True), command="test")
    assert found.count("complete") == 4
