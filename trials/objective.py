"""Architecture -> Metrics: the evaluations an experiment can name."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_spaces.errors import InvalidInput
from trials import tabular
from trials.benchmark_archive import SOURCE
from trials.candidate import Candidate, Evaluate, Metrics, Report, Stopped
from trials.equipment import available_cores, build_seeded, choose_device, load_split
from trials.experiment import Compute, DataConfig, Experiment, ObjectiveConfig
from trials.proxy import Proxy, apply_proxy
from trials.report import COST_COLUMNS
from trials.score_objective import ZeroCost, zero_cost
from trials.tabular import Half
from trials.training_config import TrainingConfig
from trials.trial_checkpoints import checkpoint_of

if TYPE_CHECKING:
    from trials.training_state import EpochResult, TrainingResult

REPORT = "report"
BENCHMARKS = {"accel-nasbench": tabular.benchmark_objective}


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """Train the proxy of a candidate and return `val_accuracy` in [0, 1], `val_loss` and `train_seconds`."""

    data: DataConfig
    proxy: Proxy
    training: TrainingConfig
    compute: Compute
    checkpoints: Path | None = None

    def prepare(self) -> None:
        """Fetch and split the data now, so that what is wrong with them is said before a study begins."""
        load_split(self.data)

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        """Train on the training part, validate on the validation part; both come out of the training set.

        A candidate labelled with `epochs` trains for that many, in a schedule of its own. A training that was cut off
        goes on from its last whole epoch where `checkpoints` is a folder.
        """
        epochs = candidate.labels.get("epochs", self.training.epochs)

        def on_epoch(epoch: EpochResult) -> None:
            finished = epoch.epoch == epochs  # there is nothing left to save by stopping it
            with contextlib.suppress(*[Stopped] * finished):
                report(epoch.epoch, epoch.val_accuracy)

        with checkpoint_of(candidate, epochs, self.checkpoints) as checkpoint:
            result = self._train(candidate, epochs, on_epoch, checkpoint)
        return {"val_accuracy": result.val_accuracy, "val_loss": result.val_loss, "train_seconds": result.seconds}

    def _train(
        self,
        candidate: Candidate,
        epochs: int,
        on_epoch: Callable[[EpochResult], None],
        checkpoint: Path | None,
    ) -> TrainingResult:
        from trials.training import train

        split = load_split(self.data)
        small = apply_proxy(candidate.architecture, self.proxy)
        return train(
            build_seeded(small, split, candidate.seed, self.proxy.batch_norm_momentum),
            split,
            replace(self.training, epochs=epochs),
            resolution=small.input_size,
            seed=candidate.seed,
            device=choose_device(self.compute.device),
            threads=self.compute.threads or available_cores(),
            on_epoch=on_epoch,
            checkpoint=checkpoint,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFunction:
    """Call a user's function with (architecture, seed) and check the metrics it returns.

    One with a third parameter named `report` is given a function to tell accuracies on the way with: report(step,
    val_accuracy). It raises where the training is to be stopped.
    """

    python: str

    def prepare(self) -> None:
        """Import the function now, so that a wrong name is said before a study begins."""
        import_callable(self.python)

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        """Return the function's metrics; anything but numbers with a `val_accuracy` in [0, 1] raises InvalidInput."""
        function = import_callable(self.python)
        further = {REPORT: _checked_report(report)} if takes_report(self.python) else {}
        return checked_metrics(function(candidate.architecture, candidate.seed, **further))


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """Ask a published table; what it answers depends on the network and on `run_seed`, not on the trial."""

    config: ObjectiveConfig
    run_seed: int
    cost: str

    def prepare(self) -> None:
        """Read the archive and fit what answers, so that what is wrong with it is said before a study begins."""
        ask_benchmark(self.config, "search", self.run_seed, self.cost)

    def __call__(self, candidate: Candidate, _report: Report) -> Metrics:
        """Return the figures of a network; one that the table cannot answer for raises InvalidInput."""
        answer = ask_benchmark(self.config, "search", self.run_seed, self.cost)
        return answer(candidate.architecture, candidate.seed)


@lru_cache(maxsize=4)
def ask_benchmark(config: ObjectiveConfig, half: Half, run_seed: int, cost: str = "flops") -> tabular.Objective:
    """Return what answers for a network from one half of the rows: `search` with label noise, `score` without.

    `cost` is what the reward charges; a device figure is then among the answers.
    Raises InvalidInput for an unknown benchmark, missing data and a figure that was not measured.
    """
    if config.benchmark not in BENCHMARKS:
        raise InvalidInput("objective.benchmark", config.benchmark, BENCHMARKS)
    if config.path is None:
        raise InvalidInput("objective.path", None, SOURCE)
    measured = tabular.load_table(config.path).figures
    if cost not in (*COST_COLUMNS, *measured):
        raise InvalidInput("reward.cost", cost, [*COST_COLUMNS, *sorted(measured)])
    figures = () if cost in COST_COLUMNS else (cost,)
    make = BENCHMARKS[config.benchmark]
    return make(config.path, mode=config.mode or "surrogate", half=half, run_seed=run_seed, figures=figures)


def make_objective(experiment: Experiment, checkpoints: Path | None = None) -> Evaluate:
    """Return what evaluates the candidates of an experiment, ready to run: data fetched, functions imported.

    Trainings of several epochs keep their progress in the folder `checkpoints`, if one is given.
    """
    objective: Training | UserFunction | Benchmark | ZeroCost
    if experiment.objective.benchmark is not None:
        objective = Benchmark(config=experiment.objective, run_seed=experiment.seed, cost=experiment.reward.cost)
    elif experiment.objective.python is not None:
        objective = UserFunction(python=experiment.objective.python)
    elif experiment.objective.name == "zero-cost":
        objective = zero_cost(experiment, experiment.objective.score or "synflow")
    else:
        objective = Training(
            data=experiment.data,
            proxy=experiment.proxy,
            training=experiment.training,
            compute=experiment.compute,
            checkpoints=checkpoints,
        )
    objective.prepare()
    return objective


@lru_cache
def import_callable(path: str) -> Callable[..., Any]:
    """Import `package.module:callable`, also from the current folder. Raises InvalidInput where there is none."""
    module_name, colon, name = path.partition(":")
    if not colon or not module_name or not name:
        raise InvalidInput("objective.python", path, "package.module:callable")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise InvalidInput("objective.python", path, f"something that can be imported ({error})") from None
    if not callable(found):
        raise InvalidInput("objective.python", path, "the name of a callable")
    return found  # type: ignore[no-any-return]


@lru_cache
def takes_report(path: str) -> bool:
    """Tell whether a user's function has a parameter named `report`."""
    try:
        return REPORT in inspect.signature(import_callable(path)).parameters
    except (TypeError, ValueError):  # a callable without a signature, written in C
        return False


def _checked_report(report: Report) -> Report:
    """Return a report that refuses anything but a step from 0 on and an accuracy in [0, 1]."""

    def checked(step: int, val_accuracy: float) -> None:
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise InvalidInput("report.step", step, "an integer from 0")
        report(step, checked_metrics({"val_accuracy": val_accuracy})["val_accuracy"])

    return checked


def checked_metrics(returned: object) -> Metrics:
    """Return the metrics as floats. Raises InvalidInput for anything but numbers with `val_accuracy` in [0, 1]."""
    if not isinstance(returned, Mapping):
        raise InvalidInput("metrics", returned, "a mapping such as {'val_accuracy': 0.9}")
    for name, value in returned.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InvalidInput(f"metrics.{name}", value, "a finite number")
    if not 0 <= returned.get("val_accuracy", -1) <= 1:
        raise InvalidInput("metrics.val_accuracy", returned.get("val_accuracy"), "a number from 0 to 1")
    return {str(name): float(value) for name, value in returned.items()}
