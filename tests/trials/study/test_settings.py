from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from trials.experiment import Compute, DataConfig, Experiment, Limits, ObjectiveConfig
from trials.study.settings import decisive_settings, require_same, without_places
from trials.training_config import TrainingConfig


def test_the_first_difference_is_told_with_its_path_and_both_values() -> None:
    recorded = {"seed": 0, "training": {"epochs": 5, "optimizer": {"name": "sgd"}}}
    wanted = {"seed": 0, "training": {"epochs": 5, "optimizer": {"name": "rmsprop"}}}
    with pytest.raises(InvalidInput) as caught:
        require_same(recorded, wanted, said="as it was")
    assert str(caught.value) == "training.optimizer.name: got 'rmsprop', accepted: 'sgd', as it was"


def test_a_setting_on_one_side_alone_is_a_difference_unless_it_is_the_default() -> None:
    with pytest.raises(InvalidInput, match="batch: got nothing"):
        require_same({"batch": 8}, {}, said="")
    with pytest.raises(InvalidInput, match="batch: got 8"):
        require_same({}, {"batch": 8}, said="")
    require_same({"data": {}}, {"data": {"seed": 3}}, said="", defaults={"data": {"seed": 3}})


def test_equal_settings_pass_at_any_depth() -> None:
    settings = {"a": {"b": {"c": [1, 2]}}, "d": None}
    require_same(settings, settings, said="")


def test_what_decides_a_trial_counts_and_where_things_lie_does_not() -> None:
    here = decisive_settings(Experiment(seed=3, limits=Limits(max_flops=9)), "limits")
    assert here["seed"] == 3
    assert here["limits"]["max_flops"] == 9
    assert "name" in here["data"]
    assert not {"name", "description", "nas", "scale", "reward"} & here.keys()
    assert "max_seconds" not in here["limits"]  # a limit may be raised for candidates that were out of time
    elsewhere = Experiment(seed=3, description="other", data=DataConfig(folder="/mnt/other"))
    assert decisive_settings(elsewhere) == decisive_settings(Experiment(seed=3))
    assert decisive_settings(Experiment(training=TrainingConfig(epochs=9))) != decisive_settings(Experiment())


def test_a_benchmark_is_the_same_wherever_its_file_lies() -> None:
    first, second = (
        Experiment(objective=ObjectiveConfig(benchmark="accel-nasbench", path=path)) for path in ("a.tar.gz", "/b")
    )
    assert decisive_settings(first) == decisive_settings(second)
    assert decisive_settings(first) != decisive_settings(Experiment())


@pytest.mark.parametrize(
    ("objective", "counts"),
    [
        (ObjectiveConfig(), True),
        (ObjectiveConfig(name="zero-cost"), True),
        (ObjectiveConfig(python="tests.objectives:by_size"), False),
        (ObjectiveConfig(benchmark="accel-nasbench"), False),
    ],
)
def test_threads_count_where_torch_computes(objective: ObjectiveConfig, *, counts: bool) -> None:
    one, two = (decisive_settings(Experiment(objective=objective, compute=Compute(threads=n))) for n in (1, 2))
    assert (one != two) == counts


def test_places_are_those_of_their_section_alone() -> None:
    settings = {"seed": 1, "objective": {"path": "x", "mode": "table"}, "training": {"path": "kept", "folder": "kept"}}
    expected = {"seed": 1, "objective": {"mode": "table"}, "training": {"path": "kept", "folder": "kept"}}
    assert without_places(settings) == expected


def test_shared_weights_count_by_what_they_hold(tmp_path: Path) -> None:
    weights = tmp_path / "supernet.safetensors"
    experiment = Experiment(
        objective=ObjectiveConfig(name="shared", weights=str(weights)), data=DataConfig(folder=str(tmp_path))
    )
    with pytest.raises(InvalidInput, match=r"^objective\.weights: "):
        decisive_settings(experiment)
    weights.write_bytes(b"one")
    first = decisive_settings(experiment)
    assert decisive_settings(experiment) == first
    weights.write_bytes(b"two")
    with pytest.raises(InvalidInput, match=r"^objective\.content: "):
        require_same(first, decisive_settings(experiment), said="")
