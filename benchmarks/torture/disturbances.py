"""What is done to a search from outside, and when: SIGKILL, SIGSTOP, a clock that is set forth or back."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.torture.clock import drawn_jump
from benchmarks.torture.processes import wait_until_gone
from benchmarks.torture.search import ALL_GONE_WITHIN_S, STUCK_AFTER_S, Search

WORKERS_GONE_WITHIN_S = 30.0
RAY_SET_BACK_S = 20  # Ray's timers wait for a time of day: set back by so much, it stands still for as long
SHORT_STOP_S = (0.5, 4.0)  # below LIMIT_S: a candidate alone may be stopped for so long and still be in time
EVALUATING = "evaluation"
Disturbance = Callable[[Search, str, random.Random], str]  # takes the moment, returns what was done


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """How many disturbances of each kind one search is to bear; of the stops, `long` last `long_s` (s)."""

    kills: int
    stops: int
    long: int
    long_s: float
    jumps: int

    def drawn(self, dice: random.Random) -> list[Disturbance]:
        """Return them all in a random order."""
        long = [partial(stop, seconds=self.long_s)] * self.long
        drawn: list[Disturbance] = [kill] * self.kills + long + [stop] * (self.stops - self.long) + [jump] * self.jumps
        dice.shuffle(drawn)
        return drawn


def disturb(search: Search, undisturbed: Search, schedule: Schedule, dice: random.Random) -> None:
    """Disturb one search many times, print a line for each, and let it end."""
    drawn = schedule.drawn(dice)
    evaluations = 0.7 * search.trials / max(1, len(drawn))
    for number, disturbance in enumerate(drawn, start=1):
        known = len(search.violations)
        if not search.alive:
            search.start()
        moment = wait_for_the_moment(search, dice, evaluations)
        what = disturbance(search, moment, dice)
        search.check()
        finished = len(search.snapshot.finished)
        state = f"{finished} trials finished, {search.snapshot.unfinished} open, {len(search.violations)} violations"
        print(f"{search.engine} {search.storage} {number}/{len(drawn)}: {what} at {moment}, {state}", flush=True)
        for violation in search.violations[known:]:
            print(f"  {violation}", flush=True)
    search.finish(undisturbed)


def wait_for_the_moment(search: Search, dice: random.Random, evaluations: float) -> str:
    """Wait until a random moment of a driver's life; return which one it was."""
    if dice.random() < 0.25 and not search_ended_within(search, dice.uniform(0, search.start_up_s)):
        return "start-up" if time.monotonic() - search.started < search.start_up_s else EVALUATING
    wanted = 2 * dice.uniform(0, 2 * evaluations)  # lines of the log, two an evaluation
    search.read_calls()
    seen = 0
    until = time.monotonic() + STUCK_AFTER_S
    while search.alive and seen < wanted + 1 and time.monotonic() < until:
        time.sleep(0.01)
        seen += search.read_calls()
    if search.alive and not search_ended_within(search, dice.uniform(0, 0.2)):
        return f"{EVALUATING} {seen // 2}"
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


def kill(search: Search, moment: str, dice: random.Random, target: str | None = None) -> str:
    """Kill the driver, a worker of Ray, or both; with a driver, all that evaluates has to go soon."""
    assert search.driver is not None
    processes = search.processes()
    if target is None:
        target = dice.choice(("driver", "worker", "both")) if _has_workers(search, moment) else "driver"
        search.disturbances[f"kill {target}"] += 1
    if target != "worker":
        search.driver.kill()
    for worker in processes["worker"][:1] if target != "driver" else []:
        worker.kill()
    if target != "worker":
        search.driver.wait()
        search.orphans += processes["everything"][1:]
        left = wait_until_gone([*processes["candidate"], *processes["worker"]], WORKERS_GONE_WITHIN_S)
        search.violations += [f"a worker outlived its driver: {command}" for command in left]
    return f"SIGKILL of {target}"


def stop(search: Search, moment: str, dice: random.Random, seconds: float | None = None) -> str:
    """Stop the driver, a worker of Ray, a candidate or everything for a while; a candidate alone for a short one."""
    processes = search.processes()
    targets = ["driver", "everything"]
    targets += ["worker"] if _has_workers(search, moment) else []
    targets += ["candidate"] if processes["candidate"] and seconds is None else []
    target = dice.choice(targets)
    lasts = dice.uniform(*SHORT_STOP_S) if seconds is None else seconds
    search.disturbances[f"stop {target}"] += 1
    stopped = processes[target][:1] if target in ("worker", "candidate") else processes[target]
    for process in stopped:
        process.send(signal.SIGSTOP)
    try:
        time.sleep(lasts)
    finally:
        for process in stopped:
            process.send(signal.SIGCONT)
    return f"SIGSTOP of {target} for {lasts:.1f} s"


def jump(search: Search, moment: str, dice: random.Random) -> str:
    """Set the clock that the search's processes see; further back than Ray bears only between two of its lives."""
    assert search.clock is not None
    seconds = drawn_jump(dice)
    search.disturbances["jump"] += 1
    told = ""
    if search.engine == "ray" and seconds < -RAY_SET_BACK_S:
        told = f"{kill(search, moment, dice, 'driver')}, then "
        left = wait_until_gone(search.orphans, ALL_GONE_WITHIN_S)
        search.violations += [f"left running by a killed driver: {command}" for command in left]
    return f"{told}{search.clock.jump(seconds)}"


def _has_workers(search: Search, moment: str) -> bool:
    return search.engine == "ray" and moment.startswith(EVALUATING) and bool(search.processes()["worker"])
