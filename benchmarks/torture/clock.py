"""A time of day that jumps for one search alone: `clock.c`, compiled here and preloaded into its processes."""

from __future__ import annotations

import mmap
import random
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")
HOUR_S, YEAR_S = 3600, 365 * 24 * 3600


def compiler() -> str | None:
    """Return a C compiler, None where there is none."""
    return shutil.which("cc") or shutil.which("gcc")


@dataclass(frozen=True, slots=True)
class JumpingClock:
    """The time of day that processes with its `environment` see; `folder` holds what they need for it.

    Monotonic clocks and times of files are the real ones, as when the clock of a machine is set.
    """

    folder: Path

    def make(self) -> None:
        """Compile the library, and let the clock tell the real time."""
        program = compiler()
        assert program is not None
        self.folder.mkdir(parents=True)
        subprocess.run([program, "-O2", "-shared", "-fPIC", "-o", str(self._library), str(SOURCE), "-ldl"], check=True)
        self._offset.write_bytes(struct.pack("=q", 0))

    @property
    def environment(self) -> dict[str, str]:
        """What to start a process with."""
        return {"LD_PRELOAD": str(self._library), "TORTURE_CLOCK": str(self._offset)}

    def set(self, seconds: int) -> None:
        """Let the clock be so many seconds ahead of the real one, from this moment on."""
        with self._offset.open("r+b") as file, mmap.mmap(file.fileno(), 8) as mapped:
            mapped[:] = struct.pack("=q", seconds)

    def jump(self, dice: random.Random) -> str:
        """Set it forth or back, by seconds or by years; return how far from the real one it is."""
        far = dice.choice((60, HOUR_S, 24 * HOUR_S, YEAR_S))
        seconds = dice.choice((-1, 1)) * dice.randint(1, far)
        self.set(seconds)
        return f"{seconds:+,d} s"

    @property
    def _library(self) -> Path:
        return self.folder / "clock.so"

    @property
    def _offset(self) -> Path:
        return self.folder / "seconds"
