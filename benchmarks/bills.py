"""How long a month's bills of everybody take, and the memory at its highest."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.building import Peak
from benchmarks.server import HOME, MEBIBYTE


@dataclass(frozen=True)
class Billed:
    """One run: wall-clock seconds, highest resident memory in MiB, and what the command said it made."""

    seconds: float
    peak: float
    told: str


def make(url: str, month: str) -> Billed:
    """Make the month's bills by the command that a superior would use. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "data_access.export", "--month", month, "--out", str(Path(folder)), "--database", url]
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        peak = Peak(process.pid)
        peak.start()
        told, _ = process.communicate()
        seconds = time.perf_counter() - begun
        peak.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Billed(seconds, peak.highest / MEBIBYTE, told.strip().splitlines()[-1].partition("，")[0])
