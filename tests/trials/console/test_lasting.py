from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from trials.console.lasting import Lasting, lasting_output

EXPERIMENT = """
try:
  objective: {python: "tests.objectives:by_size"}
  nas: {sampler: random, trials: 4, references: []}
"""
NAS = f"{sys.executable} -c 'from nas.cli import main; main()' run try"


class Failing(io.StringIO):
    """A stream on which nothing can be written."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.tried = 0

    def write(self, _text: str) -> int:
        self.tried += 1
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(("number", "kept"), [(errno.ENOSPC, True), (errno.EIO, True), (errno.EPIPE, False)])
def test_writing_never_fails_and_what_was_wrong_is_known(number: int, kept: bool) -> None:
    stream = Lasting(Failing(number))
    assert stream.write("text") == 4
    stream.flush()
    assert (stream.failure is not None) == kept
    assert stream.failure is None or stream.failure.errno == number


def test_what_is_written_arrives() -> None:
    inner = io.StringIO()
    stream = Lasting(inner)
    stream.write("a")
    stream.flush()
    assert (inner.getvalue(), stream.failure, stream.isatty()) == ("a", None, False)


def test_text_that_an_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", before := io.TextIOWrapper(inner, encoding="latin-1"))
    with lasting_output():
        sys.stdout.write("\ud800 caf\u00e9 \u2714")
    assert sys.stdout is before
    assert inner.getvalue() == b"\\ud800 caf\xe9 \\u2714"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reader", "exit_code", "said"),
    [
        ("| head -1", 0, ""),
        ("> /dev/full", 1, "Error: standard output: No space left on device; what it could not print is in the files"),
        (">&-", 0, ""),
    ],
)
def test_a_run_that_nobody_reads_comes_to_its_end(tmp_path: Path, reader: str, exit_code: int, said: str) -> None:
    (tmp_path / "experiments.yaml").write_text(EXPERIMENT)
    root = str(Path(__file__).parents[3])
    command = ["bash", "-c", f"set -o pipefail; {NAS} {reader}"]
    environment = os.environ | {"PYTHONPATH": root}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (exit_code, said)
    folder = tmp_path / "results" / "try" / "nas"
    assert list(pd.read_csv(folder / "trials.csv")["state"]) == ["complete"] * 4
    assert (folder / "best.yaml").is_file()
