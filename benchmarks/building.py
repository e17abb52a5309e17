"""How long a database takes to build and rate, what it holds on disk, and the memory at its highest."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.server import HOME, MEBIBYTE


@dataclass(frozen=True)
class Built:
    """One build: wall-clock seconds, highest resident memory and size on disk, both in MiB."""

    scale: str
    seconds: float
    peak: float
    disk: float


def build(scale: str, file: Path) -> Built:
    """Build and rate `scale` into the SQLite file, by the command that a steward would use. Raises CalledProcessError."""
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "seed", "--scale", scale, "--database", f"sqlite:///{file}"]
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.DEVNULL)
    peak = Peak(process.pid)
    peak.start()
    status = process.wait()
    seconds = time.perf_counter() - begun
    peak.join()
    if status:
        raise subprocess.CalledProcessError(status, command)
    return Built(scale, seconds, peak.highest / MEBIBYTE, file.stat().st_size / MEBIBYTE)


class Peak(threading.Thread):
    """Samples the resident memory of a process and its children until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.highest = 0
        self._process = psutil.Process(pid)

    def run(self) -> None:
        """Sample until the process has ended."""
        while True:
            try:
                family = [self._process, *self._process.children(recursive=True)]
                self.highest = max(self.highest, sum(one.memory_info().rss for one in family))
            except psutil.NoSuchProcess:
                return
            time.sleep(0.1)
