"""Databases and pages for tests.

`engine` is the small installation (tests/small.py), built, rated and rolled up once a session, on SQLite and on PostgreSQL: a
test that takes it runs on both, and must not write. `own_engine` is a copy for one test that writes. `open_page` opens a page
of the app as a role, without a browser.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access import audit
from data_access.engine import VARIABLE, check, connect
from data_access.rating import rate
from data_access.rollup import roll_up
from tests import opening, postgres, small
from tests.opening import OpenPage


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A running PostgreSQL of our own."""
    with postgres.cluster() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: postgres.Cluster) -> str:
    """The URL of the cluster's maintenance database."""
    return postgres_cluster.url


class Copies:
    """The small installation of one kind of database, and copies of it."""

    def __init__(self, make: Callable[[str], str], copy: Callable[[str, str], str]) -> None:
        self._copy = copy
        self._numbers = count(1)
        self._template = make("small")
        engine = connect(self._template, building=True)
        small.build(engine)
        rate(engine)
        roll_up(engine)
        check(engine)
        engine.dispose()

    def url(self) -> str:
        """Return the URL of a new copy."""
        return self._copy(self._template, f"small_{next(self._numbers)}")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Copies of the small installation as SQLite files."""
    return _sqlite_copies(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def databases(postgres_cluster: postgres.Cluster) -> Copies:
    """Copies of the small installation as databases of the cluster."""
    return _postgresql_copies(postgres_cluster)


@pytest.fixture(scope="session", params=["files", "databases"], ids=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest) -> Copies:
    """Copies of the small installation, on either kind of database; a worker that goes from one to the other and back builds none anew."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def engine(copies: Copies) -> Iterator[Engine]:
    """The small installation, rated and rolled up, on either kind of database; for reading only."""
    shared = connect(copies.url())
    yield shared
    shared.dispose()


@pytest.fixture
def own_engine(copies: Copies) -> Iterator[Engine]:
    """A copy of the small installation that one test may change, on either kind of database."""
    own = connect(copies.url(), building=True)
    yield own
    own.dispose()


@pytest.fixture(scope="session")
def small_database(files: Copies) -> Path:
    """The small installation as an SQLite file, rated and rolled up, for pages; for reading only."""
    return _file_of(files.url())


@pytest.fixture
def own_database(small_database: Path, tmp_path: Path) -> Path:
    """A copy of `small_database` that one test may change."""
    return Path(shutil.copy(small_database, tmp_path / "own.db"))


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, built once for the whole run, however many workers share it; for reading only."""
    from seed.build import build

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # of this run, and of no earlier one
    build(shared / "party-demo.db", "demo", lambda _share, _doing: None)
    return shared / "party-demo.db"


@pytest.fixture
def open_page(small_database: Path, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Return `open_page(role, path, database=…, **params)`: what is at `path`, run once for the account of that name."""

    def opened(role: str, path: str, *, database: Path | str = small_database, **params: str | list[str]) -> AppTest:
        monkeypatch.setenv(VARIABLE, database if isinstance(database, str) else f"sqlite:///{database}")
        return opening.visit(path, params, authentication_status=True, username=role, signed_in_at=audit.now()).run()

    return opened


def _sqlite_copies(folder: Path) -> Copies:
    return Copies(
        lambda name: f"sqlite:///{folder / name}.db",
        lambda template, name: f"sqlite:///{shutil.copy(_file_of(template), folder / f'{name}.db')}",
    )


def _postgresql_copies(server: postgres.Cluster) -> Copies:
    def make(name: str) -> str:
        server.execute(f'CREATE DATABASE "{name}"')
        return server.database(name)

    def copy(template: str, name: str) -> str:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.rpartition("/")[2]}"')
        return server.database(name)

    return Copies(make, copy)


def _file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
