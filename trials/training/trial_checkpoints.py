"""Where the training of one trial is kept while it runs, so that one that was cut off goes on inside. No torch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trials.study.candidate import Candidate


@contextmanager
def checkpoint_of(candidate: Candidate, epochs: int, folder: Path | None) -> Iterator[Path | None]:
    """Name the file in `folder` for the checkpoints of a candidate's training; None where there is nothing to keep.

    The file goes when the training ends, by an error too; it stays when the process is ended, and whoever takes the
    trial over finds it: its name holds the trial's seed, the network and the epochs.
    """
    if folder is None or epochs == 1:
        yield None
        return
    network = hashlib.sha256(candidate.architecture.key.encode()).hexdigest()[:12]
    path = folder.absolute() / f"{candidate.seed:016x}-{network}-{epochs}.pt"
    try:
        yield path
    except Exception:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
