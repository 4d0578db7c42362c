"""The contract of every sampler: one suite, run on each entry of SAMPLERS."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from nas.samplers import SAMPLERS
from search_spaces.cost import estimate_cost
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import parse_space

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
TRIALS = 36
SPACE = parse_space(  # few choices: every one is a write to the journal
    {
        "name": "contract",
        "skeleton": "efficientnet-b0",
        "every_stage": {"one_of": [{"expansion_ratio": {"one_of": [1, 4, 6]}, "kernel_size": {"one_of": [3, 5]}}]},
        "stages": {"3": {"depth": {"add": [-1, 0, 1]}}},
    }
)
TINY = parse_space(
    {
        "name": "tiny",
        "skeleton": "efficientnet-b0",
        "stages": {
            "1": {"kernel_size": {"one_of": [3, 5]}, "depth": {"one_of": [1, 2]}},
            "2": {"se_ratio": {"one_of": [0, 0.25]}, "width": {"one_of": [40]}},
        },
    }
)

optuna.logging.set_verbosity(optuna.logging.ERROR)


def open_study(name: str, *, seed: int = 0, space: SearchSpace = SPACE, **settings: Any) -> optuna.Study:
    sampler = SAMPLERS[name](space=space, seed=seed)
    return optuna.create_study(
        sampler=sampler, study_name="contract", pruner=optuna.pruners.NopPruner(), load_if_exists=True, **settings
    )


def run(study: optuna.Study, trials: int, space: SearchSpace = SPACE, *, stopped_at: float = 0.9) -> None:
    """Tell every kind of end: complete, failed, over a limit before training, stopped while training."""
    for _ in range(trials):
        trial = study.ask(dict(space.distributions))
        if trial.number % 7 == 3:
            study.tell(trial, state=TrialState.FAIL)
        elif trial.number % 7 == 5:
            trial.set_constraint("max_flops", 0.5)
            study.tell(trial, state=TrialState.PRUNED)
        elif trial.number % 11 == 6:
            trial.report(stopped_at, step=1)
            study.tell(trial, state=TrialState.PRUNED)
        else:
            trial.set_constraint("max_flops", -0.5)
            cost = estimate_cost(space.decode(trial.params))
            study.tell(trial, cost.params**0.1 * (cost.flops / 4e8) ** -0.07)


def journal(path: Path) -> JournalStorage:
    return JournalStorage(JournalFileBackend(str(path)))


def proposals(study: optuna.Study) -> list[dict[str, Any]]:
    return [trial.params for trial in study.trials]


@cache
def sequence(name: str, seed: int = 0) -> list[dict[str, Any]]:
    study = open_study(name, seed=seed, direction="maximize")
    run(study, TRIALS)
    return proposals(study)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture(scope="module")
def other_process() -> dict[str, list[dict[str, Any]]]:
    code = (
        "import json; from nas.samplers import SAMPLERS; from tests.nas.samplers.test_samplers import sequence;"
        "print(json.dumps({name: sequence(name) for name in SAMPLERS}))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", SAMPLERS)
class TestContract:
    def test_proposals_lie_in_the_space(self, name: str) -> None:
        for parameters in sequence(name):
            assert list(parameters) == list(SPACE.distributions)
            assert SPACE.decode(parameters) in SPACE

    def test_no_network_is_proposed_twice(self, name: str) -> None:
        assert len({SPACE.decode(parameters).key for parameters in sequence(name)}) == TRIALS

    def test_seed_decides(self, name: str, other_process: dict[str, list[dict[str, Any]]]) -> None:
        assert other_process[name] == sequence(name)
        assert sequence(name, 1) != sequence(name)

    def test_resumed_equals_uninterrupted(self, name: str, tmp_path: Path) -> None:
        for part in (1, 16, TRIALS - 17):
            run(open_study(name, direction="maximize", storage=journal(tmp_path / "study")), part)
        resumed = open_study(name, direction="maximize", storage=journal(tmp_path / "study"))
        assert proposals(resumed) == sequence(name)

    def test_a_trial_left_running_is_proposed_the_same_again(self, name: str) -> None:
        study = open_study(name, direction="maximize")
        run(study, 26)
        orphan = study.ask(dict(SPACE.distributions))
        frozen = study.get_trials(deepcopy=False)[orphan.number]
        sampler = SAMPLERS[name](space=SPACE, seed=0)
        assert sampler.sample_relative(study, frozen, dict(SPACE.distributions)) == orphan.params

    def test_workers_that_share_a_study_propose_different_networks(self, name: str, tmp_path: Path) -> None:
        workers = [open_study(name, direction="maximize", storage=journal(tmp_path / "study")) for _ in range(2)]
        run(workers[0], 21)
        for _ in range(4):
            running = [worker.ask(dict(SPACE.distributions)) for worker in workers]
            for worker, trial in zip(workers, running, strict=True):
                worker.tell(trial, estimate_cost(SPACE.decode(trial.params)).flops / 4e8)
        assert len({SPACE.decode(parameters).key for parameters in proposals(workers[0])}) == 29

    def test_nothing_but_failures_is_survived(self, name: str) -> None:
        study = open_study(name, direction="maximize")
        for _ in range(TRIALS):
            trial = study.ask(dict(SPACE.distributions))
            if trial.number % 2:
                trial.set_constraint("max_flops", 1.0)
            study.tell(trial, state=TrialState.PRUNED if trial.number % 2 else TrialState.FAIL)
        assert all(SPACE.decode(parameters) in SPACE for parameters in proposals(study))

    def test_a_small_space_is_used_up_and_the_search_goes_on(self, name: str) -> None:
        study = open_study(name, direction="maximize", space=TINY)
        run(study, 30, TINY)
        keys = [TINY.decode(parameters).key for parameters in proposals(study)]
        assert len(set(keys)) == TINY.size == 8
        assert len(keys) == 30

    def test_works_in_a_plain_study(self, name: str) -> None:
        def objective(trial: optuna.Trial) -> float:
            trial.suggest_float("learning_rate", 0.01, 1.0)
            parameters = {
                choice.name: trial.suggest_categorical(choice.name, choice.options) for choice in TINY.choices
            }
            return estimate_cost(TINY.decode(parameters)).flops / 4e8

        study = optuna.create_study(sampler=SAMPLERS[name](space=TINY, seed=0))  # minimizes
        study.optimize(objective, n_trials=24, n_jobs=2)
        assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 24
        assert len({trial.params["learning_rate"] for trial in study.trials}) == 24
        everything = itertools.product(*(choice.options for choice in TINY.choices))
        networks = [TINY.decode(dict(zip(TINY.distributions, options, strict=True))) for options in everything]
        assert study.best_value == min(estimate_cost(network).flops for network in networks) / 4e8

    def test_works_under_hyperband(self, name: str) -> None:
        def objective(trial: optuna.Trial) -> float:
            options = {choice.name: trial.suggest_categorical(choice.name, choice.options) for choice in TINY.choices}
            for step in range(1, 5):
                trial.report(estimate_cost(TINY.decode(options)).params * step, step)
                if trial.should_prune():
                    raise optuna.TrialPruned
            return float(estimate_cost(TINY.decode(options)).params)

        pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=4, reduction_factor=2)
        sampler = SAMPLERS[name](space=TINY, seed=0)
        study = optuna.create_study(study_name="brackets", sampler=sampler, pruner=pruner, direction="maximize")
        study.optimize(objective, n_trials=12)
        # brackets hide each other's trials from what asks the study, and a network of another bracket is no new one
        assert len({TINY.decode(trial.params).key for trial in study.trials}) == TINY.size
        assert {trial.state for trial in study.trials} == {TrialState.COMPLETE, TrialState.PRUNED}


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "tpe"])  # it ranks them, below finished ones
def test_the_value_of_a_stopped_trial_teaches_nothing(name: str) -> None:
    study = open_study(name, direction="maximize")
    run(study, TRIALS, stopped_at=1e9)
    assert proposals(study) == sequence(name)


@pytest.mark.parametrize("name", ["random", "tpe", "nsga2"])
def test_several_objectives(name: str) -> None:
    study = open_study(name, directions=["maximize", "minimize"])
    for _ in range(60):
        trial = study.ask(dict(SPACE.distributions))
        cost = estimate_cost(SPACE.decode(trial.params))
        study.tell(trial, [cost.params, cost.flops])
    assert len({SPACE.decode(parameters).key for parameters in proposals(study)}) == 60


@pytest.mark.parametrize("name", ["evolution", "policy-gradient", "reinforce", "predictor"])
def test_one_objective_only(name: str) -> None:
    with pytest.raises(ValueError, match="multi-objective"):
        open_study(name, directions=["maximize", "minimize"]).ask(dict(SPACE.distributions))


def test_names_cost_no_import() -> None:
    code = "import sys, nas.samplers; print([m for m in ('torch', 'optuna', 'sklearn', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
