"""Run samplers on the tasks that the predictor's defaults are chosen on.

    python -m benchmarks.tune_predictor --samplers predictor,tpe --tasks 20 --seeds 2 --evaluations 100
    python -m benchmarks.tune_predictor --zero-cost --set initial=10

Regret is (ceiling - truth) / (ceiling - reference) of the best observed network: 1 is as good as 0.13 % of random
networks are, 0 the best that a noise-free local search finds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import optuna
from numpy.typing import NDArray

from benchmarks.tuning_tasks import ZERO_COST, Task, tuning_task, zero_cost_task
from nas.samplers import SAMPLERS
from nas.samplers.predictor.sampler import PredictorSampler

Array = NDArray[np.float64]
CHECKPOINTS = (15, 20, 50, 100, 300)


def run(task: Task, sampler: optuna.samplers.BaseSampler, seed: int, evaluations: int) -> Array:
    """Return the noise-free value of the best observed network after every evaluation."""
    space = task.features.space
    study = optuna.create_study(direction="maximize", sampler=sampler)
    noise = np.random.default_rng([30, seed])
    truths: list[float] = []
    for _ in range(evaluations):
        trial = study.ask(dict(space.distributions))
        truths.append(float(task.truth([task.features.point(trial.params)])[0]))
        study.tell(trial, truths[-1] + task.noise * noise.normal())
    seen = [float(trial.value or 0.0) for trial in study.get_trials(deepcopy=False)]
    return np.array([truths[int(np.argmax(seen[: count + 1]))] for count in range(evaluations)])


def evaluate(name: str, settings: dict[str, int], tasks: Sequence[Task], seeds: int, evaluations: int) -> str:
    """Return one line of results for one sampler."""
    until, regrets = [], []
    for task in tasks:
        for seed in range(seeds):
            space = task.features.space
            made = PredictorSampler(space=space, seed=seed, **settings) if settings else None  # type: ignore[arg-type]
            curve = run(task, made or SAMPLERS[name](space=space, seed=seed), seed, evaluations)
            reached = np.flatnonzero(curve >= task.reference)
            until.append(reached[0] + 1 if len(reached) else np.inf)
            regrets.append((task.ceiling - curve) / (task.ceiling - task.reference))
    quartiles = np.quantile(until, [0.25, 0.5, 0.75], method="higher")
    mean = np.mean(regrets, axis=0)
    figures = ", ".join(f"{count}: {mean[count - 1]:.2f}" for count in CHECKPOINTS if count <= evaluations)
    return f"{name} {settings or ''} evaluations until the reference {quartiles}; mean regret at {figures}"


def main() -> None:
    """Read the command line and print a line per sampler."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samplers", default="predictor")
    parser.add_argument("--set", action="append", default=[], metavar="SETTING=NUMBER", help="of the predictor")
    parser.add_argument("--tasks", type=int, default=20, help="made-up ones")
    parser.add_argument("--zero-cost", action="store_true", help="the zero-cost tasks instead")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--evaluations", type=int, default=100)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    settings = {name: int(value) for name, value in (item.split("=") for item in arguments.set)}
    numbers, make = range(arguments.tasks), tuning_task
    if arguments.zero_cost:
        numbers, make = range(len(ZERO_COST)), zero_cost_task
    tasks = [make(number) for number in numbers]
    for name in arguments.samplers.split(","):
        chosen = settings if name == "predictor" else {}
        print(evaluate(name, chosen, tasks, arguments.seeds, arguments.evaluations), flush=True)


if __name__ == "__main__":
    main()
