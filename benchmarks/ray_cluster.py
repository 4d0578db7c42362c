"""A search on a Ray cluster of two nodes on this machine, one of which is killed in the middle.

Prints how many trials each node evaluated and how every trial ended; fails where one is missing.
Run `python -m benchmarks.ray_cluster`.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import click
from optuna.trial import TrialState
from ray.cluster_utils import Cluster
from rich.console import Console
from rich.table import Table

from benchmarks.ray_ledger import random_ledger
from trials.engines import open_engine
from trials.experiment import Compute
from trials.study.attributes import LEASE
from trials.study.candidate import Candidate, Finished, Metrics, Report


@click.command()
@click.option("--trials", default=60, show_default=True)
@click.option("--seconds", default=0.3, show_default=True, help="What a trial takes.")
def main(trials: int, seconds: float) -> None:
    """Search with two workers a node and kill the second node after a third of the trials."""
    os.environ.setdefault("RAY_worker_niceness", "0")  # 15 by default: a busy machine starves them
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    doomed = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    finished: list[Finished] = []

    def on_finished(one: Finished) -> None:
        finished.append(one)
        if len(finished) == trials // 3:
            cluster.remove_node(doomed, allow_graceful=False)

    def evaluate(candidate: Candidate, _report: Report) -> Metrics:
        import time

        import ray

        time.sleep(seconds)
        node = int(ray.get_runtime_context().get_node_id()[:6], 16)
        return {"val_accuracy": candidate.seed % 1000 / 1000, "node": float(node)}

    compute = Compute(engine="ray", address=cluster.address, concurrency=4)
    try:
        with tempfile.TemporaryDirectory() as folder, open_engine(compute) as run:
            ledger = random_ledger(Path(folder), trials)
            run(ledger, evaluate, on_finished)
            study_trials = ledger.study.get_trials()
    finally:
        cluster.shutdown()
    _print(finished)
    states = Counter(trial.state for trial in study_trials)
    again = [trial.number for trial in study_trials if trial.user_attrs[LEASE]["attempt"] > 1]
    Console().print(f"{dict(states)}; evaluated again after their worker was lost: trials {again}")
    if states != {TrialState.COMPLETE: trials}:
        raise SystemExit("not every trial is complete")


def _print(finished: list[Finished]) -> None:
    table = Table("node", "trials", "last of them, in order of completion", title="one node of two killed")
    nodes = [one.outcome.metrics["node"] for one in finished]
    for node, count in Counter(nodes).items():
        last = len(nodes) - nodes[::-1].index(node)
        table.add_row(f"{int(node):06x}", str(count), f"{last} of {len(nodes)}")
    Console().print(table)


if __name__ == "__main__":
    main()
