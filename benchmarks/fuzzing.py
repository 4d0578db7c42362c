"""Every kind of fuzzed input in a process of its own, and a table of findings: `python -m benchmarks.fuzzing`.

Exit code 1 where anything was found. What pytest said of each kind is kept in `--logs`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = "| {kind} | {inputs} | {findings} | {peak} | {minutes} |"
TOLD = re.compile(r"fuzz: (\d+) inputs, peak (\d+) MB")
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def main() -> None:
    """Try all kinds, or those that are named."""
    options = parse()
    print("| kind | inputs | findings | peak, MB | minutes |\n|---|---|---|---|---|", flush=True)
    found = [test_id for test_id in kinds(options.kind) if tried(test_id, options.examples, options.logs)]
    if found:
        raise SystemExit(f"findings in {', '.join(found)}: see {options.logs}")


def kinds(named: list[str]) -> list[str]:
    """Return the tests, as pytest names them."""
    return [
        f"{file}::{test}"
        for file in sorted((ROOT / "tests" / "fuzz").glob("test_*.py"))
        for test in TEST.findall(file.read_text())
        if not named or test.removeprefix("test_") in named
    ]


def tried(test_id: str, examples: int, logs: Path) -> bool:
    """Try one kind, print its row, and tell whether anything was found."""
    kind = test_id.rpartition("::test_")[2]
    command = [sys.executable, "-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider", test_id]
    started = time.monotonic()
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "FUZZ_EXAMPLES": str(examples)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (logs / f"{kind}.log").write_text(ended.stdout)
    told = TOLD.search(ended.stdout)
    inputs, peak = told.groups() if told else ("?", "?")
    minutes = f"{(time.monotonic() - started) / 60:.1f}"
    row = ROW.format(
        kind=kind.replace("_", " "), inputs=inputs, findings=int(ended.returncode != 0), peak=peak, minutes=minutes
    )
    print(row, flush=True)
    return ended.returncode != 0


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Try every kind of fuzzed input in a process of its own.")
    parser.add_argument("kind", nargs="*", help="a test's name without test_; default: all")
    parser.add_argument("--examples", type=int, default=1000, help="of each kind")
    parser.add_argument("--logs", type=Path, help="a folder for what pytest says; default: a new one")
    options = parser.parse_args()
    options.logs = options.logs or Path(tempfile.mkdtemp(prefix="compound-nas-fuzz-"))
    options.logs.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    main()
