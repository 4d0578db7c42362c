from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from nas.config import NasExperiment
from nas.search.results import SearchResult, collect, rewarded, write_results
from search_spaces import load_architecture
from search_spaces.cost import estimate_cost
from search_spaces.files import read_yaml
from search_spaces.reference import reference
from search_spaces.space_file import parse_space
from trials.experiment import ObjectiveConfig
from trials.reward import Reward
from trials.study.attributes import METRICS, NETWORK, PLANNED

SPACE = parse_space(
    {
        "name": "depths",
        "skeleton": "efficientnet-b0",
        "stages": {"1": {"depth": {"one_of": [1, 2, 3]}}},
    }
)
(CHOICE,) = SPACE.choices
REWARD = Reward(target="400M")
SEARCHED = NasExperiment(name="try", reward=REWARD, objective=ObjectiveConfig(python="tests.objectives:by_size"))


def trial(option: int, values: list[float] | None, accuracy: float = 0.5) -> FrozenTrial:
    """Return a candidate: an option of the only choice, and the study's values, or None where it failed."""
    network = SPACE.decode({CHOICE.name: CHOICE.options[option]})
    cost = estimate_cost(network)
    recorded = {"flops": cost.flops, "params": cost.params, "activations": cost.activations, "seed": 5}
    metrics = {METRICS: {"val_accuracy": accuracy}} if values else {}
    return create_trial(
        state=TrialState.COMPLETE if values else TrialState.FAIL,
        values=values,
        params={CHOICE.name: CHOICE.options[option]},
        distributions={CHOICE.name: SPACE.distributions[CHOICE.name]},
        user_attrs={NETWORK: recorded | {"key": network.key}, **metrics},
    )


def ended(folder: Path, *trials: FrozenTrial, objectives: int = 1) -> SearchResult:
    study = optuna.create_study(directions=["maximize", "minimize"][:objectives])
    study.add_trials(trials)
    references = optuna.create_study(direction="maximize")
    cost = estimate_cost(reference("efficientnet-b0"))
    published: dict[str, Any] = {
        PLANNED: "efficientnet-b0",
        NETWORK: {"flops": cost.flops, "params": cost.params},
        METRICS: {"val_accuracy": 0.5},
    }
    references.add_trial(create_trial(value=0.5, user_attrs=published))
    return collect(study, references, SPACE, folder, exhausted=True, experiment=SEARCHED)


def test_the_best_is_the_highest_reward_and_the_earliest_of_equals(tmp_path: Path) -> None:
    result = ended(tmp_path, trial(0, [0.5]), trial(1, [0.75]), trial(2, [0.75]), trial(2, None))
    assert result.best_row is not None and result.best is not None
    assert result.best_row["number"] == 1
    assert result.best.key == SPACE.decode({CHOICE.name: CHOICE.options[1]}).key
    assert list(result.references["name"]) == ["efficientnet-b0"]


def test_of_two_objectives_the_best_is_on_the_front(tmp_path: Path) -> None:
    # trial 0 is beaten by trial 1 in both; of the two on the front, the reward prefers accuracy 0.7 at 400M
    trials = [trial(0, [0.6, 500e6]), trial(1, [0.7, 400e6]), trial(2, [0.5, 300e6])]
    result = ended(tmp_path, *trials, objectives=2)
    assert result.best_row is not None
    assert (result.best_row["number"], result.best_row["value"]) == (1, 0.7)
    assert "value_0" not in result.candidates


def test_two_objectives_become_one_reward_and_one_stays() -> None:
    pair = pd.DataFrame({"number": [0], "state": ["complete"], "value_0": [0.8], "value_1": [800e6]})
    assert rewarded(pair, REWARD)["value"].tolist() == pytest.approx([0.8 * 2**-0.07])
    single = pd.DataFrame({"number": [0], "value": [0.25]})
    assert rewarded(single, REWARD) is single


@pytest.mark.parametrize("trials", [(), (trial(0, None), trial(1, None))])
def test_without_a_finished_candidate_there_is_no_best_and_no_picture(
    tmp_path: Path, trials: tuple[FrozenTrial, ...]
) -> None:
    result = ended(tmp_path, *trials)
    assert result.best is None
    record = write_results(result, SEARCHED)
    assert {path.name for path in tmp_path.iterdir()} == {"trials.csv", "references.csv"}
    assert record["best"] is None
    assert record["candidates"]["fail"] == len(trials)


def test_the_best_is_written_with_where_it_comes_from(tmp_path: Path) -> None:
    result = ended(tmp_path, trial(0, [0.5]), trial(1, [0.75], accuracy=0.625), trial(2, None))
    record = write_results(result, SEARCHED)
    best = load_architecture(tmp_path / "best.yaml")
    assert result.best is not None
    assert (best.name, best.key) == ("try-best", result.best.key)
    expected = {"experiment": "try", "trial": 1, "seed": 5, "reward": 0.75, "val_accuracy": 0.625}
    assert read_yaml(tmp_path / "best.yaml")["provenance"] == expected
    assert record["space_exhausted"] is True
    assert (record["candidates"]["complete"], record["candidates"]["fail"]) == (2, 1)
    assert (record["best"]["number"], record["best"]["val_accuracy"]) == (1, 0.625)
