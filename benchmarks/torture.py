"""Kill searches 100 times at random moments, start them again each time, and look for anything lost or done twice.

    python -m benchmarks.torture                                                  # 100 kills, about 25 minutes
    python -m benchmarks.torture --engine local --storage journal --kills 30
    python -m benchmarks.torture --engine local --storage postgresql --kills 0 --outage 20

Every combination of engine and storage is one search of `--trials` candidates by `evolution`, whose parents depend on
all that ended before: a trial that is lost, doubled or out of order changes those that follow. With Ray it proposes in
batches of four, evaluated two at a time, and has to equal the search that one undisturbed process makes.

A kill is SIGKILL: of the driver (then the same command is started again), of the worker that evaluates (Ray), of both.
Its moment is in the start-up, after a random number of evaluations, or in the end of a search that ran out of
candidates. After each, no trial that was finished may be missing or changed, and no evaluation whose outcome is
recorded may start again; at the end, nothing may be unfinished, no network evaluated for two trials, and trials and
best.yaml have to equal the undisturbed run's. All the while another process reads every file that is written.
Exit code 1 where any of this is violated.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.torture_evidence import (  # noqa: E402 - the folder has to be known first
    Calls,
    Snapshot,
    ended_twice,
    networks_with_several_seeds,
    take_snapshot,
)
from benchmarks.torture_objective import LOG  # noqa: E402
from benchmarks.torture_processes import (  # noqa: E402
    Process,
    descendants_of,
    new_database,
    postgresql,
    server,
    wait_until_gone,
)
from benchmarks.torture_watch import Watcher  # noqa: E402

NAME = "torture"
BATCH, CONCURRENCY = 4, 2
STUCK_AFTER_S = 600.0
WORKERS_GONE_WITHIN_S = 30.0
ALL_GONE_WITHIN_S = 150.0  # Ray's own agents look for the rest of it for a minute


@dataclass(kw_only=True)
class Search:
    """One search that is killed again and again, and what is known of it."""

    engine: str
    storage: str
    trials: int
    folder: Path
    seed: int
    url: str | None = None
    start_up_s: float = STUCK_AFTER_S  # the shortest seen: from the start to the first evaluation
    started: float = 0.0
    driver: subprocess.Popen[bytes] | None = None
    violations: list[str] = field(default_factory=list)
    orphans: list[Process] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    calls: list[dict[str, Any]] = field(default_factory=list)
    snapshot: Snapshot = field(default_factory=lambda: Snapshot(trials={}, recorded=frozenset(), unfinished=0))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.results = self.folder / "results" / NAME / "nas"
        self.log = Calls(path=self.folder / "calls.log")

    def start(self) -> None:
        """Start the search or go on with it, by the same command every time."""
        nas = {"sampler": "evolution", "trials": self.trials, "references": ["efficientnet-b0", "mnasnet-a1"]}
        if self.engine != "local":
            nas["batch"] = BATCH
        experiment = {"seed": self.seed, "objective": {"python": "benchmarks.torture_objective:evaluate"}, "nas": nas}
        file = self.folder / "experiments.yaml"
        file.write_text(yaml.safe_dump({NAME: experiment}))
        command = [sys.executable, "-c", "from nas.cli import main; main()", "run", NAME, "--file", str(file)]
        command += ["--out", str(self.folder / "results")]
        command += ["--storage", self.url] if self.url else []
        command += ["--engine", "ray", "--concurrency", str(CONCURRENCY)] if self.engine == "ray" else []
        environment = os.environ | {LOG: str(self.log.path), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.started = time.time()
        with (self.folder / "output.txt").open("ab") as output:
            self.driver = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    @property
    def alive(self) -> bool:
        """Whether the driver runs."""
        return self.driver is not None and self.driver.poll() is None

    def read_calls(self) -> int:
        """Take in the objective's log, and find evaluations of what was recorded before; return how many are new."""
        fresh = self.log.fresh()
        for call in fresh:
            if call["event"] == "start" and (call["seed"], call["network"]) in self.snapshot.recorded:
                self.violations.append(f"evaluated again, though recorded: {call}")
            if call["time"] > self.started:
                self.start_up_s = min(self.start_up_s, call["time"] - self.started)
        self.calls += fresh
        return len(fresh)

    def check(self) -> None:
        """Compare the study with what it held before."""
        self.read_calls()
        later = take_snapshot(self.results / "study.journal", self.url, self.folder / "copy.journal")
        self.violations += self.snapshot.lost_in(later)
        self.snapshot = later

    def kill(self, target: str) -> None:
        """Kill the driver, the worker that evaluates, or both; with a driver, its workers have to go soon."""
        assert self.driver is not None
        self.kills[target] += 1
        descendants = descendants_of(self.driver.pid)
        workers = self._workers(descendants)
        if target != "worker":
            self.driver.kill()
        for worker in workers[:1] if target != "driver" else []:
            worker.kill()
        if target == "worker":
            return
        self.driver.wait()
        self.orphans += descendants
        left = wait_until_gone(workers, WORKERS_GONE_WITHIN_S)
        self.violations += [f"a worker outlived its driver: {command}" for command in left]

    def _workers(self, descendants: list[Process]) -> list[Process]:
        """Return the processes that evaluated last, the latest first."""
        self.read_calls()
        latest = dict.fromkeys(call["pid"] for call in reversed(self.calls[-20:]))
        known = {process.pid: process for process in descendants}
        return [known[pid] for pid in latest if pid in known]

    def finish(self, undisturbed: Search | None) -> None:
        """Let the search end by itself, starting it once more if it was killed, and look at what it left."""
        if not self.alive and not (self.driver is not None and self.driver.returncode == 0):
            self.start()
        assert self.driver is not None
        code = self.driver.wait(STUCK_AFTER_S)
        self.check()
        left = wait_until_gone(self.orphans, ALL_GONE_WITHIN_S)
        self.violations += [f"left running by a killed driver: {command}" for command in left]
        if code != 0:
            self.violations.append(f"ended with exit code {code}, see {self.folder / 'output.txt'}")
        if self.snapshot.unfinished:
            self.violations.append(f"{self.snapshot.unfinished} trials unfinished at the end")
        self.violations += [f"evaluated for two trials: {one}" for one in networks_with_several_seeds(self.calls)]
        if undisturbed is not None:
            self.compare(undisturbed)

    def compare(self, other: Search) -> None:
        """Compare trials and the best network with those of the run that nothing disturbed."""
        for key in sorted({*self.snapshot.trials, *other.snapshot.trials}):
            here, there = self.snapshot.trials.get(key), other.snapshot.trials.get(key)
            if here != there:
                self.violations.append(f"{key} differs from the undisturbed run: {here} instead of {there}")
        if (self.results / "best.yaml").read_bytes() != (other.results / "best.yaml").read_bytes():
            self.violations.append("best.yaml differs from the undisturbed run")


def wait_for_the_moment(search: Search, dice: random.Random, evaluations: float) -> str:
    """Wait until a random moment of a driver's life; return which one it was."""
    if dice.random() < 0.25 and not search_ended_within(search, dice.uniform(0, search.start_up_s)):
        return "start-up"
    wanted = 2 * dice.uniform(0, 2 * evaluations)  # lines of the log, two an evaluation
    search.read_calls()
    seen = 0
    until = time.monotonic() + STUCK_AFTER_S
    while search.alive and seen < wanted + 1 and time.monotonic() < until:
        time.sleep(0.01)
        seen += search.read_calls()
    if search.alive and not search_ended_within(search, dice.uniform(0, 0.2)):
        return f"evaluation {seen // 2}"
    while not search.alive:
        search.start()
        search_ended_within(search, dice.uniform(0.5, 1.5) * search.start_up_s)  # it writes its tables once more
    return "end"


def search_ended_within(search: Search, seconds: float) -> bool:
    """Wait for a time, or until the driver ended by itself."""
    assert search.driver is not None
    try:
        search.driver.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def torture(search: Search, undisturbed: Search, kills: int, dice: random.Random) -> None:
    """Kill one search many times, print a line for each, and let it end."""
    targets = ["driver", "worker", "both"] if search.engine == "ray" else ["driver"]
    evaluations = 0.7 * search.trials / max(1, kills)
    for number in range(1, kills + 1):
        known = len(search.violations)
        if not search.alive:
            search.start()
        moment = wait_for_the_moment(search, dice, evaluations)
        target = dice.choice(targets) if moment.startswith("evaluation") else "driver"
        search.kill(target)
        search.check()
        finished = len(search.snapshot.finished)
        state = f"{finished} trials finished, {search.snapshot.unfinished} open, {len(search.violations)} violations"
        print(f"{search.engine} {search.storage} kill {number}/{kills}: {target} at {moment}, {state}", flush=True)
        for violation in search.violations[known:]:
            print(f"  {violation}", flush=True)
    search.finish(undisturbed)


def outage(search: Search, folder: Path, seconds: float) -> None:
    """Stop the server for a while when a third of the search is done."""
    search.start()
    seen = 0
    while search.alive and seen < 2 * search.trials / 3:
        time.sleep(0.02)
        seen += search.read_calls()
    server("stop", folder, "immediate")
    print(
        f"{search.engine} {search.storage}: server stopped for {seconds:g} s after {seen // 2} evaluations", flush=True
    )
    time.sleep(seconds)
    server("start", folder)


def undisturbed_run(engine: str, options: argparse.Namespace, folder: Path) -> Search:
    """Make the run that others have to equal, in one process."""
    engine = "local" if engine == "local" else "local in batches"
    search = Search(engine=engine, storage="journal", trials=options.trials, folder=folder, seed=options.seed)
    search.start()
    search.finish(None)
    trials, took = len(search.snapshot.trials), search.start_up_s
    print(f"{engine}, undisturbed: {trials} trials, first evaluation after {took:.1f} s", flush=True)
    if search.violations:
        raise SystemExit("\n".join(search.violations))
    return search


@contextmanager
def ended_with(search: Search) -> Iterator[None]:
    """Leave no driver behind where this process is interrupted."""
    try:
        yield
    finally:
        if search.driver is not None:
            search.driver.kill()
            search.driver.wait()


def run_combination(
    engine: str, storage: str, kills: int, options: argparse.Namespace, folder: Path, reference: Search
) -> tuple[Search, int]:
    """Torture one engine on one storage; return the search and how many times a file of it was read."""
    search = Search(engine=engine, storage=storage, trials=options.trials, folder=folder, seed=options.seed)
    search.start_up_s = reference.start_up_s
    dice = random.Random(f"{options.seed} {engine} {storage}")
    with Watcher(folder / "results", folder / "watch.log") as watcher, ended_with(search):
        if storage == "postgresql":
            with postgresql() as place:
                search.url = new_database(place, "torture")
                if options.outage:
                    outage(search, place, options.outage)
                torture(search, reference, kills, dice)
        else:
            torture(search, reference, kills, dice)
    search.violations += watcher.violations
    return search, watcher.reads


def main() -> None:
    """Torture every combination that was asked for and print a table."""
    options = parse()
    combinations = [(engine, storage) for engine in options.engine for storage in options.storage]
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="compound-nas-torture-"))
    references = {
        engine: undisturbed_run(engine, options, folder / f"undisturbed-{engine}") for engine in options.engine
    }
    done = []
    for index, (engine, storage) in enumerate(combinations):
        kills = options.kills // len(combinations) + (index < options.kills % len(combinations))
        done.append(
            run_combination(engine, storage, kills, options, folder / f"{engine}-{storage}", references[engine])
        )
    print_table(done)
    print(f"{options.kills} kills, {(time.monotonic() - started) / 60:.1f} minutes")
    if any(search.violations for search, _ in done):
        raise SystemExit(f"violations; everything is kept in {folder}")
    shutil.rmtree(folder)


def print_table(done: list[tuple[Search, int]]) -> None:
    """Print what became of each search."""
    heading = ("engine", "storage", "driver", "worker", "both", "trials", "evaluations", "ended twice", "files read")
    print("".join(f"{name:>13}" for name in (*heading, "violations")))
    for search, reads in done:
        starts = sum(call["event"] == "start" for call in search.calls)
        kills = [search.kills[target] for target in ("driver", "worker", "both")]
        finished = len(search.snapshot.finished)
        row = (search.engine, search.storage, *kills, finished, starts, ended_twice(search.calls), reads)
        print("".join(f"{value:>13}" for value in (*row, len(search.violations))))
    for search, _ in done:
        for violation in search.violations[:50]:
            print(f"{search.engine} {search.storage}: {violation}")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Kill searches at random moments; see the head of this file.")
    parser.add_argument("--engine", choices=["local", "ray"], action="append", help="may be repeated; default: both")
    parser.add_argument("--storage", choices=["journal", "postgresql"], action="append", help="the same")
    parser.add_argument("--kills", type=int, default=100, help="in all, over the combinations")
    parser.add_argument("--trials", type=int, default=300, help="candidates of each search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outage", type=float, default=0.0, help="stop PostgreSQL for so many seconds, too")
    options = parser.parse_args()
    options.engine = options.engine or ["local", "ray"]
    options.storage = options.storage or ["journal", "postgresql"]
    return options


if __name__ == "__main__":
    main()
