"""Samplers compared on Accel-NASBench: who finds better networks with fewer evaluations? No torch.

The searcher sees the ensemble fitted on one random half of the rows, with label noise, through the soft reward
accuracy * (flops / 400M)^-0.07. What is scored is its incumbent, without noise, under the ensemble fitted on the other
half, so that nobody is rewarded for exploiting the model it saw. Scores are 100 * reward.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nas.samplers import SAMPLERS, SamplerFactory
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.files import atomic_write
from search_spaces.reference import reference
from trials.objectives.benchmark.modes import LABEL_NOISE, SurrogateObjective, load_surrogate
from trials.objectives.benchmark.surrogate import Surrogate
from trials.reward import Reward

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
REWARD = Reward(kind="soft", cost="flops", target=400_000_000, w=-0.07)
REFERENCE = "efficientnet-b0"
CHECKPOINTS = (20, 50, 100, 300)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One search: the score of its incumbent after every evaluation, [evaluations], and what a proposal took.

    `observed` follows the best observed reward, as for every sampler; `expected` the greatest posterior mean of the
    predictor's model at the checkpoints, evaluations -> score, empty for samplers without a model.
    """

    sampler: str
    seed: int
    observed: Array
    expected: Mapping[int, float]
    seconds_per_proposal: float


def run_bench(
    path: str | Path,
    samplers: Iterable[str] | Mapping[str, SamplerFactory],
    *,
    seeds: int = 30,
    evaluations: int = 300,
    split_seed: int = 0,
    jobs: int = 1,
    on_run: Callable[[Run], None] = lambda _run: None,
) -> list[Run]:
    """Run every sampler with every seed, `jobs` processes at a time. Raises InvalidInput for an unknown sampler.

    `on_run` is told of every run as it ends.

    `samplers` are names of `nas.samplers.SAMPLERS`, or factories by name; the factories must be importable when
    `jobs` is above 1. Every process fits the two ensembles for itself, some 20 s.
    """
    factories = samplers if isinstance(samplers, Mapping) else named_samplers(samplers)
    tasks = [
        (str(path), name, factory, seed, evaluations, split_seed)
        for (name, factory), seed in product(factories.items(), range(seeds))
    ]
    if jobs == 1:
        return [_told(on_run, _run(*task)) for task in tasks]
    with ProcessPoolExecutor(jobs) as pool:
        return [_told(on_run, run) for run in pool.map(_run, *zip(*tasks, strict=True))]


def _told(on_run: Callable[[Run], None], run: Run) -> Run:
    on_run(run)
    return run


def named_samplers(names: Iterable[str]) -> dict[str, SamplerFactory]:
    """Return the factories of `nas.samplers.SAMPLERS` with these names. Raises InvalidInput for an unknown one."""
    chosen = {}
    for name in names:
        if name not in SAMPLERS:
            raise InvalidInput("samplers", name, SAMPLERS)
        chosen[name] = SAMPLERS[name]
    return chosen


def reference_score(path: str | Path, *, split_seed: int = 0) -> float:
    """Return EfficientNet-B0's score, without noise under the ensemble that scores."""
    surrogate = load_surrogate(path, "score", split_seed=split_seed)
    return float(_scores(surrogate, [reference(REFERENCE)])[0])


def _run(path: str, name: str, factory: SamplerFactory, seed: int, evaluations: int, split_seed: int) -> Run:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    searched = load_surrogate(path, "search", split_seed=split_seed)
    scorer = load_surrogate(path, "score", split_seed=split_seed)
    objective = SurrogateObjective(surrogate=searched, run_seed=seed, noise=LABEL_NOISE)
    space = searched.space
    study = optuna.create_study(direction="maximize", sampler=factory(space=space, seed=seed))
    networks: list[Architecture] = []
    expected: dict[int, int] = {}
    spent = 0.0
    for number in range(evaluations):
        start = time.perf_counter()
        trial = study.ask(dict(space.distributions))
        spent += time.perf_counter() - start
        network = space.decode(trial.params)
        study.tell(trial, REWARD(objective(network)["val_accuracy"], estimate_cost(network).flops))
        networks.append(network)
        if name == "predictor" and number + 1 in CHECKPOINTS:
            expected[number + 1] = _most_expected(study, searched)
    scores = _scores(scorer, networks)
    return Run(
        sampler=name,
        seed=seed,
        observed=scores[_incumbents([trial.value for trial in study.get_trials(deepcopy=False)])],
        expected={count: float(scores[position]) for count, position in expected.items()},
        seconds_per_proposal=spent / evaluations,
    )


def _most_expected(study: Any, surrogate: Surrogate) -> int:
    from nas.samplers.predictor.sampler import best_by_posterior

    return best_by_posterior(study, surrogate.space).number


def _scores(surrogate: Surrogate, networks: Sequence[Architecture]) -> Array:
    accuracy = surrogate.predict(networks)["val_accuracy"]
    flops = [estimate_cost(network).flops for network in networks]
    return np.array([100 * REWARD(float(a), f) for a, f in zip(accuracy, flops, strict=True)])


def _incumbents(values: Sequence[float | None]) -> NDArray[np.intp]:
    """Return the position of the best value up to every trial, [trials]."""
    seen = np.array(values, dtype=np.float64)
    is_new_best = seen == np.maximum.accumulate(seen)
    return np.maximum.accumulate(np.where(is_new_best, np.arange(len(seen)), 0))


def evaluations_until(curve: Array, score: float) -> float:
    """Return the number of evaluations after which the incumbent scores at least `score`, inf where it never does."""
    reached = np.flatnonzero(curve >= score)
    return float(reached[0] + 1) if len(reached) else float("inf")


def summarize(runs: Sequence[Run], score: float) -> pd.DataFrame:
    """Return one row per sampler, the quickest to `score` first; see the columns' names for their units.

    `until_*` are quartiles of the number of evaluations until `score`, inf where that share of runs never got there.
    """
    import pandas as pd

    rows = [_summary(name, [run for run in runs if run.sampler == name], score) for name in _names(runs)]
    return pd.DataFrame(rows).sort_values(["until_median", "sampler"], ignore_index=True)


def _names(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(run.sampler for run in runs))


def _summary(name: str, runs: Sequence[Run], score: float) -> dict[str, object]:
    until = [evaluations_until(run.observed, score) for run in runs]
    quartiles = np.quantile(until, [0.25, 0.5, 0.75, 1.0], method="higher")
    columns = ("until_q1", "until_median", "until_q3", "until_worst")
    row: dict[str, object] = {"sampler": name, "runs": len(runs), **dict(zip(columns, quartiles, strict=True))}
    row["share_reached"] = float(np.isfinite(until).mean())
    for count in _checkpoints(runs):
        row[f"score_at_{count}"] = float(np.mean([run.observed[count - 1] for run in runs]))
    for count in _checkpoints(runs):
        found = [run.expected[count] for run in runs if count in run.expected]
        row[f"expected_score_at_{count}"] = float(np.mean(found)) if found else float("nan")
    row["seconds_per_proposal"] = float(np.mean([run.seconds_per_proposal for run in runs]))
    return row


def _checkpoints(runs: Sequence[Run]) -> Iterator[int]:
    return (count for count in CHECKPOINTS if count <= len(runs[0].observed))


def curves(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row per sampler, seed and evaluation: the score of the incumbent at that moment."""
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "sampler": run.sampler,
                "seed": run.seed,
                "evaluation": np.arange(1, len(run.observed) + 1),
                "score": run.observed.round(4),
            }
        )
        for run in runs
    ]
    return pd.concat(parts, ignore_index=True)


def write_bench(runs: Sequence[Run], score: float, folder: Path) -> pd.DataFrame:
    """Write summary.csv, curves.csv and curves.png into `folder`, and return the summary."""
    from nas.bench.plot import plot_curves

    summary = summarize(runs, score)
    with atomic_write(folder / "summary.csv") as stream:
        summary.round(4).to_csv(stream, index=False)
    with atomic_write(folder / "curves.csv") as stream:
        curves(runs).to_csv(stream, index=False)
    plot_curves(runs, score, folder / "curves.png")
    return summary
