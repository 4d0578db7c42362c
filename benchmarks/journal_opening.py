"""Time and memory of opening a journal of 20,000 trials, by this project's reader and by Optuna's own.

    python -m benchmarks.journal_opening [--trials 20000]

The lines are those of a real search of 200 trials, again and again with other numbers of trials. Each reader has a
process of its own (on Linux); time is its CPU time, memory its peak above what the imports take. Exits with 1
where ours takes more than 5 s or 300 MB.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

SEARCHED = 200
MOST_SECONDS, MOST_MB = 5.0, 300.0
READERS = ("optuna", "ours")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--open", nargs=2, metavar=("READER", "JOURNAL"), help="measure one reader: used by itself")
    arguments = parser.parse_args()
    if arguments.open:
        return measure(arguments.open[0], Path(arguments.open[1]))
    with tempfile.TemporaryDirectory() as folder:
        journal = write_journal(Path(folder), arguments.trials)
        print(f"{arguments.trials} trials, {journal.stat().st_size / 1e6:.0f} MB")
        figures = {reader: opened(reader, journal, arguments.trials) for reader in READERS}
    (old_seconds, old_mb), (seconds, mb) = figures["optuna"], figures["ours"]
    print(f"ratio: {old_seconds / seconds:.1f} times faster, {old_mb / mb:.1f} times less memory")
    return int(seconds > MOST_SECONDS or mb > MOST_MB)


def write_journal(folder: Path, trials: int) -> Path:
    """Search, then repeat the lines of the trials until there are enough of them."""
    from nas.config import NasConfig, NasExperiment
    from nas.search.run import run_search
    from trials.experiment import ObjectiveConfig

    experiment = NasExperiment(
        name="many",
        objective=ObjectiveConfig(python="benchmarks.many_trials:trivial"),
        nas=NasConfig(sampler="random", trials=SEARCHED, references=()),
    )
    run_search(experiment, folder, console=Console(file=io.StringIO()), command="benchmark")
    journal = folder / "many" / "nas" / "study.journal"
    logs = [json.loads(line) for line in journal.read_text().splitlines()]
    of_trials = [log for log in logs if "trial_id" in log or log["op_code"] == 4]
    target = folder / "study.journal"
    with target.open("w") as stream:
        for log in logs:
            stream.write(json.dumps(log, separators=(",", ":")) + "\n")
        for start in range(SEARCHED, trials, SEARCHED):
            for log in of_trials:
                moved = {**log, "trial_id": log["trial_id"] + start} if "trial_id" in log else log
                stream.write(json.dumps(moved, separators=(",", ":")) + "\n")
    return target


def opened(reader: str, journal: Path, trials: int) -> tuple[float, float]:
    """Open the journal in a process of its own; return seconds of CPU and MB."""
    command = [sys.executable, "-m", "benchmarks.journal_opening", "--open", reader, str(journal)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["trials"] == trials, found
    print(f"{reader:>8}: {found['seconds']:6.2f} s, {found['mb']:6.0f} MB")
    return found["seconds"], found["mb"]


def measure(reader: str, journal: Path) -> int:
    import optuna
    from optuna.storages.journal import JournalFileBackend

    from trials.study.storage import open_storage

    importlib.import_module("sqlalchemy")
    importlib.import_module("optuna.storages.journal")
    before, started = peak_mb(), time.process_time()
    if reader == "optuna":
        storage: optuna.storages.BaseStorage = optuna.storages.JournalStorage(JournalFileBackend(str(journal)))
    else:
        storage = open_storage(None, journal)
    study = optuna.load_study(study_name="many/nas/candidates", storage=storage)
    trials = len(study.get_trials(deepcopy=False))
    print(json.dumps({"trials": trials, "seconds": time.process_time() - started, "mb": peak_mb() - before}))
    return 0


def peak_mb() -> float:
    """Return the largest memory of this process in MB; what it inherits of its parent does not count."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


if __name__ == "__main__":
    sys.exit(main())
