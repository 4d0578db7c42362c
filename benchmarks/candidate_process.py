"""What a process for candidates costs: the same objective evaluated inline and in a child, taking turns.

    python -m benchmarks.candidate_process [--candidates 200]

Prints median and 95th percentile of the time of one candidate (ms) for both, and of the first, which starts the child.
"""

from __future__ import annotations

import argparse
import statistics
import time

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.isolation.objective import Isolated
from trials.objectives.user_function import UserFunction
from trials.study.candidate import Candidate, Evaluate, ignore_reports

B0 = reference("efficientnet-b0")
CANDIDATE = Candidate(number=0, trial_id=0, architecture=B0, seed=3, cost=estimate_cost(B0))
FUNCTION = "benchmarks.candidate_process:objective"


def objective(_architecture: object, _seed: int) -> dict[str, float]:
    """Cost nothing, so that all that is timed is the way there and back."""
    return {"val_accuracy": 0.5}


def main() -> None:
    """Time both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=200)
    candidates = parser.parse_args().candidates
    inline, isolated = UserFunction(python=FUNCTION), Isolated(objective=UserFunction(python=FUNCTION))
    inline.prepare()
    start = time.perf_counter()
    isolated.prepare()
    print(f"start of the child: {1000 * (time.perf_counter() - start):.0f} ms")
    times: dict[str, list[float]] = {"inline": [], "child": []}
    for _ in range(candidates):
        times["inline"].append(timed(inline))
        times["child"].append(timed(isolated))
    isolated.end()
    for name, measured in times.items():
        high = statistics.quantiles(measured, n=20)[-1]
        print(f"{name:6}  median {statistics.median(measured):8.3f} ms  95 % below {high:8.3f} ms")


def timed(evaluate: Evaluate) -> float:
    """Return the time of one candidate (ms)."""
    start = time.perf_counter()
    evaluate(CANDIDATE, ignore_reports)
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
