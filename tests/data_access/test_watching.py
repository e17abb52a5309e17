"""The data version for walls: what changes is seen soon, a database that is gone is told, and one thread asks for everybody."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_access import watching
from data_access.engine import NoDatabase, changing, connect
from data_access.watching import latest_version

OFTEN = 0.02  # seconds from look to look
PATIENCE = 5.0  # seconds for what takes some looks


def asking() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "data-version"]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(OFTEN)


@pytest.fixture(autouse=True)
def nobody_asks_afterwards(monkeypatch: pytest.MonkeyPatch):
    until(lambda: not asking())
    monkeypatch.setattr(watching, "IDLE", 0.5)
    yield
    until(lambda: not asking())


def test_a_change_is_seen_soon(own_engine: Engine) -> None:
    before = latest_version(own_engine, OFTEN)
    with changing(own_engine):
        pass
    until(lambda: latest_version(own_engine, OFTEN) == before + 1)


def test_one_thread_asks_for_everybody_and_ends_when_nobody_wants_to_know(own_engine: Engine) -> None:
    with ThreadPoolExecutor(8) as walls:
        answers = set(walls.map(lambda _: latest_version(own_engine, OFTEN), range(40)))
    assert len(answers) == 1 and len(asking()) == 1
    until(lambda: not asking())
    assert latest_version(own_engine, OFTEN) in answers and len(asking()) == 1


def test_a_database_that_is_gone_is_told_and_so_is_one_that_is_back(own_database: Path) -> None:
    engine = connect(f"sqlite:///{own_database}")
    version = latest_version(engine, OFTEN)
    engine.dispose()
    away = own_database.rename(own_database.with_suffix(".away"))

    def gone() -> bool:
        engine.dispose()  # a connection that is open would go on reading the file
        try:
            latest_version(engine, OFTEN)
        except NoDatabase:
            return True
        return False

    until(gone)
    away.rename(own_database)
    until(lambda: not gone())
    assert latest_version(engine, OFTEN) == version


def test_a_database_that_does_not_answer_counts_as_gone(own_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    latest_version(own_engine, OFTEN)
    hung = threading.Event()

    def hang(_connection) -> int:
        hung.set()
        time.sleep(1)
        return 0

    monkeypatch.setattr(watching, "SILENT", 0.3)
    monkeypatch.setattr(watching, "version", hang)
    assert hung.wait(PATIENCE)
    with pytest.raises(NoDatabase):
        until(lambda: latest_version(own_engine, OFTEN) < 0)
