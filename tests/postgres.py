"""A PostgreSQL cluster of our own, from the installed binaries: in a temporary folder, on a free loopback port, ended by its own pid."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "postgres" if os.geteuid() == 0 else None  # initdb refuses to run as root
MISSING = "PostgreSQL's binaries are missing: install the Debian package `postgresql`"
HASTY = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_connections=50",
    "logging_collector=off",
)


class Cluster:
    """A cluster that can be stopped and started again on the same port. `url` names its maintenance database."""

    def __init__(self, folder: Path) -> None:
        self._binaries = binaries()
        self._folder = folder
        self._data = folder / "data"
        self._process: subprocess.Popen | None = None
        self.port = _free_port()
        self.url = self.database("postgres")
        self._run("initdb", "-D", str(self._data), "-U", "party", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def database(self, name: str) -> str:
        """Return the URL of a database of the cluster."""
        return f"postgresql+psycopg://party@127.0.0.1:{self.port}/{name}"

    def execute(self, *statements: str) -> None:
        """Execute statements in the maintenance database, each on its own."""
        with psycopg.connect(host="127.0.0.1", port=self.port, user="party", dbname="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RuntimeError where it does not."""
        settings = [part for setting in HASTY for part in ("-c", setting)]
        command = [
            str(self._binaries / "postgres"),
            "-D",
            str(self._data),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-k",
            str(self._folder),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *settings], user=OWNER, cwd=self._folder, stdout=log, stderr=log)
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the server at once, as one that fails: clients are cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([str(self._binaries / program), *arguments], user=OWNER, cwd=self._folder, check=True, capture_output=True)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Yield a running cluster and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="party-pg-"))  # a short path: a socket's may have 107 bytes
    if OWNER:
        shutil.chown(folder, OWNER)
    server = Cluster(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def binaries() -> Path:
    """Return the folder of the newest installed server. Raises RuntimeError, saying what to install, where there is none."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    found = versions[-1] if versions else shutil.which("postgres")
    if not found:
        raise RuntimeError(MISSING)
    return Path(found).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
