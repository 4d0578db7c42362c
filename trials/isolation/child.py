"""What the process for candidates does: it waits for one, evaluates it and tells how that ended. No torch.

Between candidates folder and outputs are put back as they were; what else a candidate leaves behind (memory, modules,
threads) stays in this process. It ends with its parent, however that ends: see `end_with`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from search_spaces.errors import InvalidInput, described
from trials.study.candidate import Candidate, Evaluate, Stopped

GUARD = "read -r _; kill -9 0"  # the end of the pipe is the end of the parent; 0 is this process and all it started


def main(channel: int, life: int) -> None:
    """Serve the parent at the other end of a pipe; `life` is a pipe that it holds open as long as it lives."""
    end_with(life)
    sys.argv[1:] = []
    connection = Connection(channel)
    folder, outputs = Path.cwd(), (os.dup(1), os.dup(2))
    evaluate = connection.recv()
    with contextlib.suppress(EOFError):  # the parent needs no more
        while True:
            candidate: Candidate | None = connection.recv()
            put_back(folder, outputs)
            answer = prepared(evaluate) if candidate is None else evaluated(evaluate, candidate, connection)
            connection.send_bytes(json.dumps(answer, default=repr).encode())


def end_with(life: int) -> None:
    """Let a shell kill this process, and all that it started, once nobody holds the other end of a pipe.

    A thread could not: code that keeps Python's lock keeps every thread waiting.
    """
    nowhere = subprocess.DEVNULL
    subprocess.Popen(["/bin/sh", "-c", GUARD], stdin=life, stdout=nowhere, stderr=nowhere)
    os.close(life)


def put_back(folder: Path, outputs: tuple[int, int]) -> None:
    """Go back to the folder that the process began in, and open what a candidate closed."""
    with contextlib.suppress(OSError):  # the folder is gone
        os.chdir(folder)
    for number, kept in enumerate(outputs, start=1):
        os.dup2(kept, number)
    for number, name in enumerate(("stdout", "stderr"), start=1):
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, open(number, "w", buffering=1, closefd=False))  # noqa: SIM115 - a descriptor


def prepared(evaluate: Any) -> dict[str, Any]:
    """Prepare the evaluation: import the function, fetch the data."""
    try:
        evaluate.prepare()
    except InvalidInput as refusal:
        return {"refused": (refusal.key, refusal.value, refusal.accepted)}
    except BaseException as error:
        return {"failure": described(error)}
    return {"prepared": True}


def evaluated(evaluate: Evaluate, candidate: Candidate, connection: Connection) -> dict[str, Any]:
    """Evaluate a candidate; its reports go out one by one, and each is answered before it goes on."""

    def report(step: int, value: float) -> None:
        connection.send_bytes(json.dumps({"report": (step, value)}).encode())
        if connection.recv():
            raise Stopped

    start = time.monotonic()
    try:
        metrics = evaluate(candidate, report)
    except Stopped:
        return {"stopped": True}
    except BaseException as error:  # SystemExit and KeyboardInterrupt: nobody but the candidate can have raised them
        return {"failure": described(error)}
    return {"metrics": metrics, "seconds": time.monotonic() - start}
