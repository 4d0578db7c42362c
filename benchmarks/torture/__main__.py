"""Disturb searches 200 times at random moments, and look for anything lost, done twice or told wrongly.

    python -m benchmarks.torture                                                  # 200 disturbances
    python -m benchmarks.torture --engine local --storage journal --kills 30 --stops 0 --jumps 0 --misdeeds 0
    python -m benchmarks.torture --engine local --storage postgresql --kills 0 --outage 20

Every combination of engine and storage is one search of `--trials` candidates by `evolution`, whose parents depend on
all that ended before: a trial that is lost, doubled or out of order changes those that follow. With Ray it proposes in
batches of four, evaluated two at a time, and has to equal the search that one undisturbed process makes.

A kill is SIGKILL: of the driver (then the same command is started again), of a worker of Ray, of both. A stop is
SIGSTOP and, seconds or minutes later, SIGCONT: of the driver, of a worker, of a candidate's process, of everything. A
jump sets the clock of all processes of a search forth or back, by seconds or by a year (`clock.c`). Ray waits for times
of day, and stands still for as long as its clock is set back; so with Ray a clock is set back by more than 20 s only
when its driver was killed, before the next one starts. The moments of all these are
in the start-up, after a random number of evaluations, or in the end of a search that ran out of candidates. Misdeeds
are candidates that hang, exit, crash, eat memory, are killed, leave the folder or print 20 MiB.

After each, no trial that was finished may be missing or changed, and no evaluation whose outcome is recorded may start
again. At the end, nothing may be unfinished, no network evaluated for two trials, every outcome has to be what the
objective said or what its misdeed has to come to, trials and best.yaml have to equal the undisturbed run's, and the
exit code has to be 0. All the while another process reads every file that is written.
Exit code 1 where any of this is violated.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.torture.clock import JumpingClock, compiler
from benchmarks.torture.deeds import chosen
from benchmarks.torture.disturbances import Schedule, disturb
from benchmarks.torture.outage import outage
from benchmarks.torture.processes import new_database, postgresql
from benchmarks.torture.search import Search, ended_with
from benchmarks.torture.table import print_table
from benchmarks.torture.watch import Watcher
from trials.study.candidate import derive_seed


def main() -> None:
    """Torture every combination that was asked for and print a table."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that no search is left behind
    options = parse()
    combinations = [(engine, storage) for engine in options.engine for storage in options.storage]
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="compound-nas-torture-"))
    misdeeds = chosen(options.misdeeds // len(combinations), seeds(options))
    references = {
        engine: undisturbed_run(engine, options, folder / f"undisturbed-{engine}", misdeeds)
        for engine in options.engine
    }
    done = []
    for index, (engine, storage) in enumerate(combinations):
        schedule = part_of(options, index, len(combinations))
        search = Search(
            engine=engine,
            storage=storage,
            trials=options.trials,
            folder=folder / f"{engine}-{storage}",
            seed=options.seed,
            misdeeds=misdeeds,
            clock=JumpingClock(folder / f"clock-{engine}-{storage}") if schedule.jumps else None,
        )
        done.append((search, torture(search, references[engine], schedule, options.outage)))
    print_table(done)
    print(f"{(time.monotonic() - started) / 60:.1f} minutes")
    if any(search.violations for search, _ in done):
        raise SystemExit(f"violations; everything is kept in {folder}")
    shutil.rmtree(folder)


def part_of(options: argparse.Namespace, index: int, parts: int) -> Schedule:
    """Return what one of several searches has to bear, so that they bear all together."""
    share = {
        name: count // parts + (index < count % parts)
        for name, count in vars(options).items()
        if name in ("kills", "stops", "long", "jumps")
    }
    return Schedule(**share, long_s=options.long_seconds)


def seeds(options: argparse.Namespace) -> list[int]:
    """Return the seeds of a search's candidates but for the first, whose numbers the references have, too."""
    return [derive_seed(options.seed, number) for number in range(5, options.trials)]


def undisturbed_run(engine: str, options: argparse.Namespace, folder: Path, misdeeds: Mapping[int, str]) -> Search:
    """Make the run that others have to equal, in one process on a journal."""
    engine = "local" if engine == "local" else "local in batches"
    search = Search(
        engine=engine, storage="journal", trials=options.trials, folder=folder, seed=options.seed, misdeeds=misdeeds
    )
    with ended_with(search):
        search.start()
        search.finish(None)
    trials, took = len(search.snapshot.trials), search.start_up_s
    told = f"{trials} trials, {search.misdeeds_done} misdeeds, first evaluation after {took:.1f} s"
    print(f"{engine}, undisturbed: {told}", flush=True)
    if search.violations:
        raise SystemExit("\n".join(search.violations))
    return search


def torture(search: Search, reference: Search, schedule: Schedule, seconds_away: float) -> int:
    """Torture one search; return how many times a file of it was read."""
    search.start_up_s = reference.start_up_s
    dice = random.Random(f"{search.seed} {search.engine} {search.storage}")
    with Watcher(search.folder / "results", search.folder / "watch.log") as watcher, ended_with(search):
        if search.storage == "postgresql":
            with postgresql() as place:
                search.url = new_database(place, "torture")
                if seconds_away:
                    outage(search, place, seconds_away)
                disturb(search, reference, schedule, dice)
        else:
            disturb(search, reference, schedule, dice)
    search.violations += watcher.violations
    return watcher.reads


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Disturb searches at random moments; see the head of this file.")
    parser.add_argument("--engine", choices=["local", "ray"], action="append", help="may be repeated; default: both")
    parser.add_argument("--storage", choices=["journal", "postgresql"], action="append", help="the same")
    parser.add_argument("--kills", type=int, default=60, help="in all, over the combinations, as the next four")
    parser.add_argument("--stops", type=int, default=40)
    parser.add_argument("--jumps", type=int, default=40, help="without a C compiler there are none, which is said")
    parser.add_argument("--misdeeds", type=int, default=60, help="of candidates")
    parser.add_argument("--long", type=int, default=4, help="so many of the stops are long ...")
    parser.add_argument("--long-seconds", type=float, default=120.0, help="... and last so long")
    parser.add_argument("--trials", type=int, default=300, help="candidates of each search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outage", type=float, default=0.0, help="stop PostgreSQL for so many seconds, too")
    options = parser.parse_args()
    options.engine = options.engine or ["local", "ray"]
    options.storage = options.storage or ["journal", "postgresql"]
    if options.jumps and compiler() is None:
        print("no C compiler on this machine: the clock does not jump")
        options.jumps = 0
    return options


if __name__ == "__main__":
    main()
