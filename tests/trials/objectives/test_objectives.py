"""Which objective an experiment asks for; each of them is tested beside its own module."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from search_spaces import InvalidInput
from trials.experiment import Compute, DataConfig, Experiment, Limits, ObjectiveConfig
from trials.isolation.objective import Isolated
from trials.objectives import make_objective
from trials.objectives.benchmark.objective import Benchmark
from trials.objectives.train import Training
from trials.objectives.user_function import UserFunction
from trials.objectives.zero_cost import ZeroCost
from trials.training_config import TrainingConfig


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[DataConfig]:
    """Return the data that objectives fetch, none of which are."""
    asked: list[DataConfig] = []
    for module in ("train", "zero_cost"):
        monkeypatch.setattr(sys.modules[f"trials.objectives.{module}"], "load_split", asked.append)
    return asked


def test_without_a_choice_proxies_are_trained_as_the_experiment_says(fetched: list[DataConfig], tmp_path: Path) -> None:
    experiment = Experiment(
        name="try",
        data=DataConfig(name="digits"),
        training=TrainingConfig(epochs=7),
        compute=Compute(device="cpu", threads=2),
    )
    assert make_objective(experiment, tmp_path) == Training(
        data=experiment.data,
        proxy=experiment.proxy,
        training=experiment.training,
        compute=experiment.compute,
        checkpoints=tmp_path,
    )
    assert fetched == [experiment.data]


@pytest.mark.parametrize(("score", "used"), [("zen", "zen"), (None, "synflow")])
def test_a_score_is_the_one_that_was_named_or_synflow(score: str | None, used: str, fetched: list[DataConfig]) -> None:
    settings = ObjectiveConfig(name="zero-cost", score=score)  # type: ignore[arg-type]
    objective = make_objective(Experiment(name="try", objective=settings))
    assert isinstance(objective, ZeroCost)
    assert objective.score == used
    assert len(fetched) == 1


def test_a_users_function_fetches_no_data_and_has_a_process_of_its_own(fetched: list[DataConfig]) -> None:
    function = ObjectiveConfig(python="tests.objectives:by_size")
    experiment = Experiment(name="try", objective=function)
    isolated = make_objective(experiment)
    assert isolated == Isolated(objective=UserFunction(python="tests.objectives:by_size"), foreign=True)
    isolated.end()
    inline = Experiment(name="try", objective=function, compute=Compute(engine="inline"))
    assert make_objective(inline) == UserFunction(python="tests.objectives:by_size")
    assert fetched == []


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_a_limit_of_time_asks_for_a_process_of_its_own(engine: str, fetched: list[DataConfig]) -> None:
    compute = Compute(engine=engine)  # type: ignore[arg-type]
    isolated = make_objective(Experiment(name="try", limits=Limits(max_seconds=60), compute=compute))
    assert isinstance(isolated, Isolated)
    assert isinstance(isolated.objective, Training)
    assert (isolated.max_seconds, isolated.foreign) == (60, False)
    assert len(fetched) == 1  # here, so that what is wrong with the data is said before a study begins


def test_a_benchmark_is_asked_with_the_seed_of_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        "trials.objectives.benchmark.objective.ask_benchmark", lambda *arguments: asked.append(arguments)
    )
    settings = ObjectiveConfig(benchmark="accel-nasbench", path="rows.tar.gz")
    assert make_objective(Experiment(name="try", seed=5, objective=settings)) == Benchmark(
        config=settings, run_seed=5, cost="flops"
    )
    assert asked == [(settings, "search", 5, "flops")]


def test_what_is_wrong_is_said_before_anything_is_evaluated() -> None:
    settings = ObjectiveConfig(python="tests.objectives:nothing_of_this_name")
    with pytest.raises(InvalidInput) as caught:
        make_objective(Experiment(name="try", objective=settings))
    assert caught.value.key == "objective.python"
