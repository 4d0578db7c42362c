"""One command on one fuzzed input, in a folder of its own, with bounds on time, memory and where files appear."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from search_spaces.errors import InvalidInput

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")  # of each test; 500 take an hour
CPU_SECONDS = 20
EXTRA_BYTES = 3 << 30
PEAK_BYTES = 1_500_000_000  # of the whole process, with all that it imports
GROWTH_BYTES = 800_000_000  # where tests before these left more in the process than that allows
LONGEST_LINE = 4000
# what a command is told to write to: its --out, and data.folder where nothing else is said
WRITTEN_TO = ("out", "data")
TRIALS_FAILED = "\nfiles:  "  # what a run says below its result, also where it ends with exit code 1


@dataclass(kw_only=True)
class Measured:
    """How many inputs this process has tried, and the most memory that it needed for one of them (bytes)."""

    inputs: int = 0
    peak: int = 0


MEASURED = Measured()


class TookTooLong(BaseException):
    """An input that keeps the program busy for longer than any of its size may."""


def fuzzed(quick: int) -> settings:
    """Return how many inputs to try: `quick` of them, always the same, or FUZZ_EXAMPLES random ones."""
    return settings(
        max_examples=int(EXAMPLES or quick),
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def sandbox() -> Iterator[Path]:
    """Give a folder `work` to work in; beside it nothing may appear or change, inside it only WRITTEN_TO may."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name).resolve() / "neighbours" / "work"
        work.mkdir(parents=True)
        (work.parent / "file").write_text("untouched")
        os.chdir(work)
        try:
            yield work
        finally:
            os.chdir(before)


def snapshot(work: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file around and inside `work` but for WRITTEN_TO."""
    root = work.parents[1]
    seen = {}
    for folder, folders, files in os.walk(root):
        if Path(folder) == work:
            folders[:] = [name for name in folders if name not in WRITTEN_TO]
        for name in (*folders, *files):
            path = Path(folder, name)
            facts = path.lstat()
            seen[str(path)] = (facts.st_size, facts.st_mtime_ns) if name in files else (0, 0)
    return seen


@contextmanager
def bounded() -> Iterator[None]:
    """Bound the processor time (an exception ends it) and the memory (an allocation fails) of a block.

    Memory that is reserved may be more than memory that is used: the process's peak of that is held, too.
    """
    allowed = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    handler = signal.signal(signal.SIGPROF, _too_long)
    held = resident_bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux, proc(5))
    resource.setrlimit(resource.RLIMIT_AS, (used + EXTRA_BYTES, allowed[1]))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, allowed)
        signal.signal(signal.SIGPROF, handler)
    peak = resident_bytes("VmHWM")
    MEASURED.inputs += 1
    MEASURED.peak = max(MEASURED.peak, peak)
    most = max(PEAK_BYTES, held + GROWTH_BYTES)
    assert peak < most, f"{peak / 1e6:.0f} MB of memory at its peak, {held / 1e6:.0f} MB before"


def resident_bytes(figure: str) -> int:
    """Return the memory in use (VmRSS), or the most since the peak began anew (VmHWM), of this process in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition(f"{figure}:")[2].split()[0])


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLong


def check_command(main: click.Command, work: Path, *arguments: str) -> int:
    """Run a command; hold that it succeeds or says in one line what is wrong, and writes nothing outside WRITTEN_TO."""
    before = snapshot(work)
    with bounded():
        result = CliRunner().invoke(main, [*arguments])
    assert snapshot(work) == before, "a file appeared or changed outside the output directory"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    expected = (0, 1, 2) if TRIALS_FAILED in result.output else (0, 2)
    assert result.exit_code in expected, (result.exit_code, result.output)
    if result.exit_code == 2:
        told = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        assert len(told) == 1 and result.stderr.rstrip("\n").endswith(told[0]), result.stderr
        if not result.stderr.startswith("Usage: "):
            check_line(told[0])
    return result.exit_code


def check_call(work: Path, call: Callable[[], object]) -> bool:
    """Run a function; hold that it returns (True) or raises InvalidInput, and writes nothing outside WRITTEN_TO."""
    before = snapshot(work)
    told = None
    try:
        with bounded():
            try:
                call()
            except InvalidInput as error:  # inside of the bounds: what is refused may not need much memory either
                told = str(error)
    finally:
        assert snapshot(work) == before, "a file appeared or changed outside the output directory"
    if told is not None:
        check_line(told)
    return told is None


def check_line(text: str) -> None:
    """Hold that a mistake is told in one line that a terminal can show: key, value, what is accepted."""
    assert text.isprintable(), repr(text)
    assert ": got " in text and ", accepted: " in text, text
    assert len(text) < LONGEST_LINE, len(text)
