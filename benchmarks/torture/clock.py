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
FAR_S = (20, 60, HOUR_S, 24 * HOUR_S, YEAR_S)


def drawn_jump(dice: random.Random) -> int:
    """Return by how many seconds to set a clock: forth or back, by seconds or by up to a year."""
    return dice.choice((-1, 1)) * dice.randint(1, dice.choice(FAR_S))


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

    @property
    def ahead(self) -> int:
        """How many seconds it is ahead of the real one."""
        return int(struct.unpack("=q", self._offset.read_bytes())[0])

    def jump(self, seconds: int) -> str:
        """Set it forth by so many seconds, back where they are below 0; return what was done."""
        self.set(self.ahead + seconds)
        return f"clock set by {seconds:+,d} s to {self.ahead:+,d} s"

    @property
    def _library(self) -> Path:
        return self.folder / "clock.so"

    @property
    def _offset(self) -> Path:
        return self.folder / "seconds"
