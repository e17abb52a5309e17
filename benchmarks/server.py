"""Servers to measure: a Streamlit process of our own on a free loopback port, its memory, and its end."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

HOME = Path(__file__).resolve().parents[1]
START_SECONDS = 60
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and the process to look at."""

    url: str
    process: psutil.Process

    def resident(self) -> float:
        """Return the memory that it holds, in MiB."""
        return self.process.memory_info().rss / MEBIBYTE


@contextmanager
def serving(script: Path, environment: Mapping[str, str], log: Path, *, timed: bool = False) -> Iterator[Server]:
    """Serve `script` with these variables beside our own; end that process, and only that, on leaving.

    `timed` has Streamlit tell its readers how long each run of the script took (`benchmarks.timed`).

    Raises RuntimeError with the log's end where it does not answer within START_SECONDS.
    """
    port = _free_port()
    program = "benchmarks.timed" if timed else "streamlit"
    command = [sys.executable, "-m", program, "run", str(script), "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as written:
        started = subprocess.Popen(command, cwd=HOME, env=os.environ | environment, stdout=written, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(url, started, log)
        yield Server(url, psutil.Process(started.pid))
    finally:
        started.terminate()
        started.wait(20)


def _await(url: str, started: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and started.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
