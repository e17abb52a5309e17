"""The data version as the walls of a server see it: one thread asks the database for all of them, and none where no wall hangs."""

import logging
import threading
import time
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from data_access.engine import UNREACHABLE, NoDatabase, WrongSchema, version

LOG = logging.getLogger(__name__)
IDLE = 60.0  # seconds without a question after which the thread ends
SILENT = 15.0  # seconds without an answer of the database after which it counts as out of reach


class Watched:
    """The data version of one database, asked for every so often as long as somebody wants to know it."""

    def __init__(self) -> None:
        """Nothing is asked before the first question."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = self._seen = 0.0  # on the monotonic clock: the last question, and the last answer
        self._version = 0
        self._fault: NoDatabase | WrongSchema | None = None

    def latest(self, engine: Engine, every: float) -> int:
        """Return the data version, at most about `every` seconds old.

        Raises what the database raised where it did not answer: NoDatabase or WrongSchema.
        """
        self._wanted = time.monotonic()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._look(engine)
                self._thread = threading.Thread(target=self._watch, args=(engine, every), name="data-version", daemon=True)
                self._thread.start()
        if self._fault is not None:
            raise self._fault.with_traceback(None)
        if time.monotonic() - self._seen > max(SILENT, 3 * every):
            LOG.error("the database has not answered for %.0f seconds", SILENT)
            raise NoDatabase(UNREACHABLE)
        return self._version

    def _watch(self, engine: Engine, every: float) -> None:
        pause = threading.Event()
        while time.monotonic() - self._wanted < IDLE:
            pause.wait(every)
            self._look(engine)

    def _look(self, engine: Engine) -> None:
        try:
            with engine.connect() as connection:
                self._version, self._fault = version(connection), None
        except (NoDatabase, WrongSchema) as fault:
            self._fault = fault
        self._seen = time.monotonic()


_watched: WeakKeyDictionary[Engine, Watched] = WeakKeyDictionary()


def latest_version(engine: Engine, every: float) -> int:
    """Return the data version of a database as `Watched.latest` does, from the one thread that asks for it."""
    return _watched.setdefault(engine, Watched()).latest(engine, every)
