"""One search that is disturbed again and again by the same command, and what is known of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.torture.clock import JumpingClock
from benchmarks.torture.deeds import LIMIT_S
from benchmarks.torture.evidence import (
    NOTHING,
    Calls,
    Snapshot,
    networks_with_several_seeds,
    take_snapshot,
    untruths,
)
from benchmarks.torture.objective import LOG, MISDEEDS
from benchmarks.torture.processes import Process, descendants_of, process_of, wait_until_gone

ROOT = Path(__file__).parents[2]
NAME = "torture"
BATCH, CONCURRENCY = 4, 2
STUCK_AFTER_S = 600.0
ALL_GONE_WITHIN_S = 150.0  # Ray's own agents look for the rest of it for a minute
RAY_DID_NOT_START = b"a machine on which Ray starts in half a minute"  # the documented end on a machine too busy
STARTS = 10  # until Ray has to


@dataclass(kw_only=True)
class Search:
    """A search by `nas run` with one engine on one storage: at `url`, without one in a journal.

    Of its candidates those with the seeds of `misdeeds` do what no objective should. Its processes see the time of
    `clock`, where there is one.
    """

    engine: str
    storage: str
    trials: int
    folder: Path
    seed: int
    misdeeds: Mapping[int, str]
    clock: JumpingClock | None = None
    url: str | None = None
    start_up_s: float = STUCK_AFTER_S  # the shortest seen: from the start to the first evaluation
    started: float = 0.0
    driver: subprocess.Popen[bytes] | None = None
    violations: list[str] = field(default_factory=list)
    orphans: list[Process] = field(default_factory=list)
    disturbances: Counter[str] = field(default_factory=Counter)
    calls: list[dict[str, Any]] = field(default_factory=list)
    snapshot: Snapshot = NOTHING

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.results = self.folder / "results" / NAME / "nas"
        self.log = Calls(path=self.folder / "calls.log")
        if self.clock is not None:
            self.clock.make()

    def start(self) -> None:
        """Start the search or go on with it, by the same command every time."""
        file = self.folder / "experiments.yaml"
        file.write_text(yaml.safe_dump({NAME: self._experiment()}))
        command = [sys.executable, "-c", "from nas.cli import main; main()", "run", NAME, "--file", str(file)]
        command += ["--out", str(self.folder / "results")]
        command += ["--storage", self.url] if self.url else []
        command += ["--engine", "ray", "--concurrency", str(CONCURRENCY)] if self.engine == "ray" else []
        self.started = time.monotonic()
        with (self.folder / "output.txt").open("ab") as output:
            self.driver = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def _experiment(self) -> dict[str, Any]:
        nas = {"sampler": "evolution", "trials": self.trials, "references": ["efficientnet-b0", "mnasnet-a1"]}
        if self.engine != "local":
            nas["batch"] = BATCH
        objective = {"python": "benchmarks.torture.objective:evaluate"}
        return {"seed": self.seed, "objective": objective, "limits": {"max_seconds": LIMIT_S}, "nas": nas}

    def _environment(self) -> dict[str, str]:
        own = {LOG: str(self.log.path), MISDEEDS: json.dumps(self.misdeeds)}
        clock = self.clock.environment if self.clock is not None else {}
        return {**os.environ, **own, **clock, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}

    @property
    def alive(self) -> bool:
        """Whether the driver runs."""
        return self.driver is not None and self.driver.poll() is None

    def read_calls(self) -> int:
        """Take in the objective's log, and find evaluations of what was recorded before; return how many are new."""
        fresh = self.log.fresh()
        for call in fresh:
            again = (call["seed"], call["network"]) in self.snapshot.recorded and call["time"] > self.snapshot.taken
            if call["event"] == "start" and again:
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

    def processes(self) -> dict[str, list[Process]]:
        """Return its processes: the driver, those that evaluated last, the workers they belong to, and all of them."""
        assert self.driver is not None
        self.read_calls()
        below = descendants_of(self.driver.pid)
        known = {process.pid: process for process in below}
        latest = dict.fromkeys(call["pid"] for call in reversed(self.calls[-20:]))
        candidates = [known[pid] for pid in latest if pid in known]
        parents = [known[parent] for one in candidates if (parent := one.parent) in known]
        driver = process_of(self.driver.pid)
        return {"driver": [driver], "candidate": candidates, "worker": parents, "everything": [driver, *below]}

    def finish(self, undisturbed: Search | None) -> None:
        """Let the search end by itself, starting it once more if it was killed, and look at what it left."""
        if not self.alive and not (self.driver is not None and self.driver.returncode == 0):
            self.start()
        code = self._end()
        self.check()
        left = wait_until_gone(self.orphans, ALL_GONE_WITHIN_S)
        self.violations += [f"left running by a killed driver: {command}" for command in left]
        if code != 0:
            self.violations.append(f"ended with exit code {code}, see {self.folder / 'output.txt'}")
        if self.snapshot.unfinished:
            self.violations.append(f"{self.snapshot.unfinished} trials unfinished at the end")
        self.violations += [f"evaluated for two trials: {one}" for one in networks_with_several_seeds(self.calls)]
        self.violations += untruths(self.snapshot.trials.values(), self.calls, self.misdeeds)
        if undisturbed is not None:
            self.compare(undisturbed)

    def _end(self) -> int:
        """Wait for the driver, start another where Ray did not, and return the last one's exit code."""
        for _ in range(STARTS):
            assert self.driver is not None
            code = self.driver.wait(STUCK_AFTER_S)
            told = (self.folder / "output.txt").read_bytes().splitlines()[-1:]
            if code != 2 or RAY_DID_NOT_START not in b"".join(told):
                break
            self.start()
        return code

    def compare(self, other: Search) -> None:
        """Compare trials and the best network with those of the run that nothing disturbed."""
        for key in sorted({*self.snapshot.trials, *other.snapshot.trials}):
            here, there = self.snapshot.trials.get(key), other.snapshot.trials.get(key)
            if here != there:
                self.violations.append(f"{key} differs from the undisturbed run: {here} instead of {there}")
        if (self.results / "best.yaml").read_bytes() != (other.results / "best.yaml").read_bytes():
            self.violations.append("best.yaml differs from the undisturbed run")

    @property
    def misdeeds_done(self) -> int:
        """How many candidates did what they should not; a network that was known before is not evaluated."""
        return len({call["seed"] for call in self.calls if call.get("deed")})


@contextmanager
def ended_with(search: Search) -> Iterator[None]:
    """Leave no driver behind where this process is interrupted."""
    try:
        yield
    finally:
        if search.driver is not None:
            search.driver.kill()
            search.driver.wait()
