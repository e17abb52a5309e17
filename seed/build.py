"""Build a database: beside the place where it will stand, then put there in one step; once, however many ask for it."""

import fcntl
import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, func, inspect, select, text, update
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from data_access.command import Refused
from data_access.counting.reading import Reading
from data_access.engine import WrongSchema, changing, connect, installation, location, version
from data_access.rating import rate_within
from data_access.rollup import roll_up_within
from data_access.schema import metadata
from data_access.schema.places import data_version
from seed import fujian, fuzhou
from seed.atlas import Atlas
from seed.facts import fill

SCALES = ("demo", "city", "province")
Tell = Callable[[float, str], None]

_FACTS, _RATED = 0.35, 0.75  # shares of a build's time, about
_DRAFT = "party_building"  # the schema in PostgreSQL that a database is built in
_LOCK = 7_269_001  # PostgreSQL's advisory lock of builders
_PRAGMAS = ("synchronous = OFF", "journal_mode = OFF", "cache_size = -200000", "foreign_keys = OFF", "ignore_check_constraints = ON")


def build(url: str | Path, scale: str, progress: Tell, *, replace: bool = False) -> None:
    """Build and rate the database at `url` (a URL or the path of an SQLite file), unless it is there already.

    `progress` hears the share done in 0–1 and what is being done, in Chinese. Two processes that build the same place build
    it once: the second waits and finds it there. Nothing half-built is ever seen, and what a killed build left is cleared.
    `replace` puts the new database in the place of the old one, which stays until then,
    and goes on from its data version: an app that runs meanwhile does not answer from what it remembers.
    Raises NoDatabase where the place cannot be reached, Refused where it cannot be built in.
    """
    place = location(f"sqlite:///{url.absolute()}" if isinstance(url, Path) else url)
    if place.get_backend_name() == "postgresql":
        _in_postgresql(place, atlas(scale), progress, replace)
    else:
        _in_file(_file(place), atlas(scale), progress, replace)


def atlas(scale: str) -> Atlas:
    """Return the installation of a scale. Raises Refused for a scale that there is none of."""
    if scale not in (*SCALES, "test"):
        raise Refused(f"没有“{scale}”这个规模，请选择 {'、'.join(SCALES)}。")
    return fujian.atlas() if scale == "province" else fuzhou.atlas(scale)


def rate_again(engine: Engine, progress: Tell, begun: float = 0.0) -> None:
    """Rate a database and roll it up; `progress` goes on from `begun`. Raises what the two rooms raise."""
    middle = begun + (1 - begun) * (_RATED - _FACTS) / (1 - _FACTS)
    with changing(engine) as connection:
        reading = Reading.of(connection)
        rate_within(reading, _creeping(progress, begun, middle))
        roll_up_within(reading, _creeping(progress, middle, 1.0))


def occupant(url: str | None) -> str | None:
    """Say what is at `url` already: None for nothing, "demo" for a demo of ours, "other" for anything else. Raises NoDatabase."""
    place = location(url)
    if place.get_backend_name() == "sqlite":
        file = _file(place)
        if not file.exists() or (file.is_file() and file.stat().st_size == 0):
            return None
    engine = connect(place.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            if not inspect(connection).get_table_names():
                return None
            return "demo" if installation(connection).demo else "other"
    except WrongSchema:
        return "other"
    finally:
        engine.dispose()


def _file(place: URL) -> Path:
    if place.database in (None, "", ":memory:"):
        raise Refused("请给出 SQLite 数据库文件的路径，例如 sqlite:///var/party.db。")
    return Path(str(place.database))


def _creeping(progress: Tell, begun: float, end: float) -> Callable[[str], None]:
    """Return a teller for steps of an unknown number: each goes a twelfth of the way that is left."""
    share = begun

    def tell(doing: str) -> None:
        nonlocal share
        share += (end - share) / 12
        progress(share, doing)

    return tell


def _in_file(target: Path, installed: Atlas, progress: Tell, replace: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".building")
    with _alone(target):
        if target.exists() and target.stat().st_size and not replace:
            return
        _clear(draft)
        engine = connect(f"sqlite:///{draft}", building=True)
        event.listen(engine, "connect", hurried)
        try:
            _construct(engine, installed, progress)
            with engine.begin() as connection:
                _go_on(connection, _standing(target))
            engine.dispose()
            compact = draft.with_name(draft.name + ".compact")
            _compact(draft, compact)
            compact.replace(target)
        finally:
            engine.dispose()
            _clear(draft)
    progress(1.0, "完成")


def _standing(file: Path) -> int:
    """Return the data version of the database in a file; 0 for no file."""
    if not file.exists() or not file.stat().st_size:
        return 0
    engine = connect(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return _version(connection)
    finally:
        engine.dispose()


def _version(connection: Connection) -> int:
    return version(connection) if inspect(connection).has_table(data_version.name) else 0


def _go_on(connection: Connection, before: int) -> None:
    """Let the new database go on from the data version of the one that it replaces, so that no app finds what it remembers of that."""
    if before:
        connection.execute(update(data_version).values(version=data_version.c.version + before))


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the place's lock; the kernel lets go of it when a process ends, however it ends."""
    with target.with_name(target.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear(draft: Path) -> None:
    for stale in draft.parent.glob(draft.name + "*"):
        stale.unlink()


def _compact(draft: Path, compact: Path) -> None:
    """Write the draft without the room that filling left in its pages, a tenth of it, and make sure that it is on the disk."""
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("VACUUM INTO ?", (str(compact),))
    with compact.open("rb") as written:
        os.fsync(written.fileno())


def hurried(connection: sqlite3.Connection, _record: Any) -> None:
    """Write without a journal, for a draft that fails is thrown away; and unchecked, for the generator's tests check its rows."""
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _in_postgresql(place: URL, installed: Atlas, progress: Tell, replace: bool) -> None:
    """Build in a schema of its own, then move the tables to where the database's user looks for them, in one transaction."""
    address = place.render_as_string(hide_password=False)
    options = " ".join(filter(None, [str(place.query.get("options", "")), f"-c search_path={_DRAFT}"]))
    front, back = (
        connect(address, building=True),
        connect(place.update_query_dict({"options": options}).render_as_string(hide_password=False), building=True),
    )
    try:
        with front.connect() as guard:
            guard.execute(select(func.pg_advisory_lock(_LOCK)))  # until this connection ends
            if inspect(guard).get_table_names() and not replace:
                return
            guard.execute(text(f"DROP SCHEMA IF EXISTS {_DRAFT} CASCADE"))
            guard.execute(text(f"CREATE SCHEMA {_DRAFT}"))
            guard.commit()
            _construct(back, installed, progress)
            back.dispose()
            _move(guard)
            guard.commit()
    finally:
        back.dispose()
        front.dispose()
    progress(1.0, "完成")


def _move(connection: Connection) -> None:
    """Put the draft's tables in the place of what was there of the same names."""
    before = _version(connection)
    home = connection.scalar(select(func.current_schema()))
    for table in reversed(metadata.sorted_tables):
        connection.execute(text(f'DROP TABLE IF EXISTS "{home}"."{table.name}" CASCADE'))
    for table in metadata.sorted_tables:
        connection.execute(text(f'ALTER TABLE {_DRAFT}."{table.name}" SET SCHEMA "{home}"'))
    connection.execute(text(f"DROP SCHEMA {_DRAFT}"))
    _go_on(connection, before)


def furnish(engine: Engine, installed: Atlas, progress: Tell) -> None:
    """Create the tables in an empty database, fill the facts, then add what slows filling down: indexes and foreign keys.

    Nothing is rated. `progress` hears the share of this part.
    """
    aside = engine.dialect.name == "postgresql"  # SQLite has foreign keys in the table or not at all; there they rest instead
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, include_foreign_key_constraints=[] if aside else None))
    with engine.begin() as connection:
        fill(connection, installed, progress)
    progress(1.0, "建立索引")
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                connection.execute(CreateIndex(index))
            for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)) if aside else ():
                connection.execute(AddConstraint(key, isolate_from_table=False))
        connection.execute(text("ANALYZE"))


def _construct(engine: Engine, installed: Atlas, progress: Tell) -> None:
    with _uncollected():
        furnish(engine, installed, lambda share, doing: progress(share * _FACTS, doing))
        rate_again(engine, progress, _FACTS)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the cycle collector from going over millions of fresh rows, which make no cycles: a twentieth of a build's time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
