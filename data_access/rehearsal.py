"""Rehearsals: what happens on a presenter's stage happens in a copy of the demo, which the next reset throws away.

The copy is an SQLite file of its own, in the system's directory for temporary files, made in the background: of an SQLite demo by the
database's own backup, of one on PostgreSQL table by table. The demo itself is only read.

One account has one rehearsal of a demo in a process: two windows of one presenter follow each other, two presenters do not meet.
"""

import atexit
import fcntl
import logging
import shutil
import sqlite3
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock

import pandas as pd
import streamlit as st
from sqlalchemy import Engine, event, select

from data_access import bulk
from data_access.cache import Reader
from data_access.engine import NoDatabase, connect, version
from data_access.schema import metadata
from data_access.what_if import Event, play

LOG = logging.getLogger("party.rehearsal")
PATIENCE = 120  # seconds that an event waits for the copy that is still being made
_ROWS = 50_000  # of a table copied at a time
_PREFIX = "party-rehearsal-"
_HELD = "held"  # the file of a folder that its process keeps locked as long as it lives
_numbers = count(1)
NO_COPY = "演示库的副本没有建成，现场演示暂不可用。请检查服务器临时目录的剩余空间，然后按 Home 键重试。"


@dataclass
class Rehearsal:
    """Where one presenter's story stands, and what has happened on stage; shared by all windows of the account."""

    step: int = 0
    events: tuple[Event, ...] = ()
    turns: int = 0  # how often the stage has changed: a window that has drawn another number draws anew
    _copy: "Future[Engine] | None" = None
    _based_on: int | None = None  # data version of the demo that the copy was made of
    _lock: Lock = field(default_factory=Lock)

    def go(self, step: int) -> None:
        """Turn to a step, counted from 0."""
        if step != self.step:
            self.step = step
            self.turns += 1

    def follow(self, reader: Reader) -> None:
        """Put everything back where the demo has changed since the copy was made."""
        with self._lock:
            if self._based_on not in (None, reader.version):
                self.end()

    def prepare(self, reader: Reader) -> None:
        """Have the copy made in the background, unless it is there or under way; another one where the demo itself has changed."""
        with self._lock:
            if self._based_on != reader.version or self._copy is None or (self._copy.done() and self._copy.exception()):
                self._put_back(reader)

    def ready(self) -> bool:
        """True once something may happen on stage without waiting."""
        return self._copy is not None and self._copy.done() and self._copy.exception() is None

    def play(self, reader: Reader, happening: Event) -> None:
        """Let an event happen in the copy, once. Waits for a copy that is still being made.

        Raises Impossible, NoDatabase or WrongSchema; nothing has happened then.
        """
        self.prepare(reader)
        with self._lock:
            if happening in self.events:
                return
            assert self._copy is not None
            play(self._copy.result(PATIENCE), happening)
            self.events += (happening,)
            self.turns += 1

    def reset(self, reader: Reader) -> None:
        """Turn to the first step; what has happened on stage has not happened. The demo is shown at once, another copy is made."""
        with self._lock:
            self.step = 0
            self.turns += 1
            if self.events:
                self._put_back(reader)

    def seen(self, reader: Reader) -> Reader:
        """Return the reader of what is on stage: the demo itself until something has happened, the copy from then on."""
        with self._lock:
            if not self.events or self._copy is None:
                return reader
            engine = self._copy.result(PATIENCE)
        with engine.connect() as connection:
            return replace(reader, engine=engine, version=version(connection))

    def end(self) -> None:
        """Throw the copy away."""
        if self._copy is not None:
            self._copy.add_done_callback(_discard)
        self._copy, self.events, self._based_on = None, (), None

    def _put_back(self, reader: Reader) -> None:
        self.end()
        self._based_on = reader.version
        self._copy = _makers().submit(copied, reader.engine, _folder() / f"{next(_numbers)}.db")


def rehearsal(reader: Reader) -> Rehearsal:
    """Return the rehearsal of the reader's account."""
    return _rehearsal(reader.engine.url.render_as_string(hide_password=True), reader.username)


@st.cache_resource(max_entries=8, show_spinner=False, on_release=Rehearsal.end)
def _rehearsal(database: str, username: str) -> Rehearsal:
    return Rehearsal()


def copied(source: Engine, path: Path) -> Engine:
    """Copy a database into a new SQLite file and return its engine. The source is read in one transaction and not written.

    Raises NoDatabase or WrongSchema.
    """
    try:
        if source.dialect.name == "sqlite":
            _backed_up(source, path)
        else:
            _written_out(source, path)
    except sqlite3.Error as error:
        LOG.error("the demo could not be copied: %s", error)
        raise NoDatabase(NO_COPY) from error
    return connect(f"sqlite:///{path}")


def _backed_up(source: Engine, path: Path) -> None:
    with source.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        target = sqlite3.connect(path)
        try:
            driver.backup(target)
        finally:
            target.close()


def _written_out(source: Engine, path: Path) -> None:
    """Write every table in the order of its references, which are as sound as those that they are read from and not checked again."""
    target = connect(f"sqlite:///{path}", building=True)
    event.listen(target, "connect", _unchecked)
    metadata.create_all(target)
    with source.connect() as connection, target.begin() as written:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", stream_results=True)
        for table in metadata.sorted_tables:
            for rows in connection.execute(select(table)).partitions(_ROWS):
                bulk.insert(written, table, pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in table.c]))
    target.dispose()


def _unchecked(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")


def _discard(made: "Future[Engine]") -> None:
    """Delete a copy that nobody looks at any more."""
    if made.cancelled() or made.exception():
        return
    engine = made.result()
    engine.dispose()
    Path(str(engine.url.database)).unlink(missing_ok=True)


@cache
def _makers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal")


@cache
def _folder() -> Path:
    """Return the folder of this process's copies, and throw away what servers left that were stopped by a signal."""
    sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    held = (folder / _HELD).open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(held.close)
    return folder


def sweep(place: Path) -> None:
    """Delete the folders of copies in `place` that no living process holds."""
    for left in place.glob(f"{_PREFIX}*/{_HELD}"):
        with suppress(OSError), left.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)
