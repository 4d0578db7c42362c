from pathlib import Path

import pytest

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.accounting import objectives_of, reward_of
from trials.experiment import Experiment, ObjectiveConfig
from trials.objectives import make_objective
from trials.objectives.benchmark.modes import LABEL_NOISE
from trials.objectives.benchmark.objective import ask_benchmark
from trials.objectives.benchmark.surrogate import label_noise
from trials.objectives.benchmark.table import load_table
from trials.reward import Reward
from trials.study.candidate import Candidate, Metrics, ignore_reports

B0 = reference("efficientnet-b0")


@pytest.fixture
def data(sixty_rows: Path) -> str:
    return str(sixty_rows)


def experiment(path: str | None, **settings: object) -> Experiment:
    objective = ObjectiveConfig(benchmark="accel-nasbench", path=path)
    return Experiment(**{"objective": objective, **settings})  # type: ignore[arg-type]


def evaluated(made: Experiment, architecture: Architecture = B0, seed: int = 0) -> Metrics:
    cost = estimate_cost(architecture)
    candidate = Candidate(number=0, trial_id=0, architecture=architecture, seed=seed, cost=cost)
    return make_objective(made)(candidate, ignore_reports)


def test_the_label_noise_belongs_to_the_run_and_not_to_the_trial(data: str) -> None:
    first = evaluated(experiment(data, seed=1))["val_accuracy"]
    assert evaluated(experiment(data, seed=1), seed=99)["val_accuracy"] == first
    other = evaluated(experiment(data, seed=2))["val_accuracy"]
    assert first - other == pytest.approx(label_noise(1, B0, LABEL_NOISE) - label_noise(2, B0, LABEL_NOISE))


def test_the_scorer_is_another_half_without_noise(data: str) -> None:
    config = ObjectiveConfig(benchmark="accel-nasbench", path=data)
    scores = {ask_benchmark(config, "score", seed)(B0, 0)["val_accuracy"] for seed in range(3)}
    assert len(scores) == 1
    assert scores.isdisjoint({ask_benchmark(config, "search", 0)(B0, 0)["val_accuracy"]})


def test_table_mode_answers_exactly_or_not_at_all(data: str) -> None:
    table = load_table(data)
    made = experiment(None, objective=ObjectiveConfig(benchmark="accel-nasbench", path=data, mode="table"))
    assert evaluated(made, table.architectures[4])["val_accuracy"] == table.figures["val_accuracy"][4]
    with pytest.raises(InvalidInput, match="one of the 60 measured networks"):
        evaluated(made)


def test_a_throughput_is_charged_as_time(data: str) -> None:
    reward = Reward(cost="throughput_a100", target=5000)
    made = experiment(data, reward=reward)
    metrics = evaluated(made)
    cost = estimate_cost(B0)
    assert metrics["throughput_a100"] == pytest.approx(7098.657, rel=1e-3)  # every made row says the same
    expected = metrics["val_accuracy"] * (5000 / metrics["throughput_a100"]) ** -0.07
    assert reward_of(made)(metrics, cost) == [pytest.approx(expected)]
    assert objectives_of(made)(metrics, cost)[1] == pytest.approx(1 / metrics["throughput_a100"])
    faster = {**metrics, "throughput_a100": 2 * metrics["throughput_a100"]}
    assert reward_of(made)(faster, cost) > reward_of(made)(metrics, cost)


@pytest.mark.parametrize(
    ("objective", "reward", "message"),
    [
        ({"benchmark": "nas-bench-101", "path": "x"}, {}, r"objective\.benchmark: .*accel-nasbench"),
        ({"benchmark": "accel-nasbench"}, {}, r"objective\.path: .*github\.com/afzalxo"),
        ({"benchmark": "accel-nasbench", "path": "/nowhere"}, {}, r"objective\.path: .*github\.com/afzalxo"),
        ({"benchmark": "accel-nasbench", "path": None}, {"cost": "latency_ms"}, r"reward\.cost: .*throughput_a100"),
    ],
)
def test_what_cannot_be_asked_is_said_at_once(
    data: str, objective: dict[str, str], reward: dict[str, str], message: str
) -> None:
    if objective.get("path", "") is None:
        objective = {**objective, "path": data}
    with pytest.raises(InvalidInput, match=message):
        make_objective(Experiment(objective=ObjectiveConfig(**objective), reward=Reward(**reward)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings", [{"path": "x"}, {"mode": "table"}, {"benchmark": "accel-nasbench", "python": "a:b"}]
)
def test_settings_that_contradict_one_another_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        ObjectiveConfig(**settings)  # type: ignore[arg-type]
