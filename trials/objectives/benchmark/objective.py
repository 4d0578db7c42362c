"""`objective: {benchmark: NAME}`: a published table of trained networks, or surrogates fitted to it. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from search_spaces.errors import InvalidInput
from trials.experiment import ObjectiveConfig
from trials.objectives.benchmark.archive import require_archive
from trials.objectives.benchmark.modes import Half, Objective, benchmark_objective
from trials.objectives.benchmark.table import load_table
from trials.study.candidate import Candidate, Metrics, Report
from trials.study.report import COST_COLUMNS

BENCHMARKS = {"accel-nasbench": benchmark_objective}


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """Look a network up in a published table; the answer depends on the network and on `run_seed`, not on the trial."""

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
def ask_benchmark(config: ObjectiveConfig, half: Half, run_seed: int, cost: str = "flops") -> Objective:
    """Return what answers for a network from one half of the rows: `search` with label noise, `score` without.

    `cost` is what the reward charges; a device figure is then among the answers.
    Raises InvalidInput for an unknown benchmark, missing data and a figure that was not measured.
    """
    if config.benchmark not in BENCHMARKS:
        raise InvalidInput("objective.benchmark", config.benchmark, BENCHMARKS)
    path = str(require_archive(config.path))
    measured = load_table(path).figures
    if cost not in (*COST_COLUMNS, *measured):
        raise InvalidInput("reward.cost", cost, [*COST_COLUMNS, *sorted(measured)])
    figures = () if cost in COST_COLUMNS else (cost,)
    make = BENCHMARKS[config.benchmark]
    return make(path, mode=config.mode or "surrogate", half=half, run_seed=run_seed, figures=figures)
