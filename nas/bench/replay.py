"""Samplers compared on Accel-NASBench: who finds better networks with fewer evaluations? No torch.

The searcher sees the ensemble fitted on one random half of the rows, with label noise, through the soft reward
accuracy * (flops / 400M)^-0.07. What is scored is its incumbent, without noise, under the ensemble fitted on the other
half, so that nobody is rewarded for exploiting the model it saw. Scores are 100 * reward.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nas.bench.incumbents import CHECKPOINTS, Array, Replay
from nas.samplers import SAMPLERS, SamplerFactory
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.reference import reference
from trials.objectives.benchmark.modes import LABEL_NOISE, SurrogateObjective, load_surrogate
from trials.objectives.benchmark.surrogate import Surrogate
from trials.reward import Reward

if TYPE_CHECKING:
    pass

REWARD = Reward(kind="soft", cost="flops", target=400_000_000, w=-0.07)
REFERENCE = "efficientnet-b0"


def run_bench(
    path: str | Path,
    samplers: Iterable[str] | Mapping[str, SamplerFactory],
    *,
    seeds: int = 30,
    evaluations: int = 300,
    split_seed: int = 0,
    jobs: int = 1,
    on_run: Callable[[Replay], None] = lambda _run: None,
) -> list[Replay]:
    """Replay every sampler with every seed, `jobs` processes at a time. Raises InvalidInput for an unknown sampler.

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


def _told(on_run: Callable[[Replay], None], run: Replay) -> Replay:
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


def _run(path: str, name: str, factory: SamplerFactory, seed: int, evaluations: int, split_seed: int) -> Replay:
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
    return Replay(
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
