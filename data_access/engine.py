"""Connections to the party database, what is known of the installation, and the two errors that leave this room.

`NoDatabase` and `WrongSchema` carry one sentence in Chinese that says what to do. The details go to the log and nowhere else,
because a connection error names hosts and accounts.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, insert, inspect, make_url, select, update
from sqlalchemy.exc import ArgumentError

from data_access.schema import metadata, organisations, places

LOG = logging.getLogger("party.database")
VARIABLE = "PARTY_DATABASE_URL"
HOME = Path(__file__).resolve().parents[1]
DEFAULT_FILE = HOME / "var" / "party.db"

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30  # for readers; builders wait as long as it takes
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # China has kept one offset, without summer time, since 1992
DEMO_HOUR = time(9)  # of the as-of date, when a demo's data has changed last

UNREACHABLE = "连接不上数据库。请确认数据库服务已启动、PARTY_DATABASE_URL 填写正确，然后刷新本页。"
UNREADABLE_URL = "数据库地址（PARTY_DATABASE_URL）无法识别。请按 sqlite:///路径 或 postgresql://用户@主机/库名 填写后重新启动。"
NO_FILE = "找不到数据库文件。请检查 PARTY_DATABASE_URL 中的路径，或用 python -m seed 建立数据库，然后刷新本页。"
OVERLOADED = "数据库在规定时间内没有答复。请稍后刷新本页；如多次出现，请联系系统管理员。"
FOREIGN = "连接到的不是党建云看板的数据库。请检查 PARTY_DATABASE_URL，或用 python -m seed 建立数据库，然后刷新本页。"
INCOMPLETE = "数据库缺少系统需要的表或字段，可能由其他版本建立。请恢复备份（演示库可用 python -m seed --replace 重建），然后刷新本页。"


class NoDatabase(Exception):
    """The database cannot be reached. The only argument is the Chinese sentence for the reader."""


class WrongSchema(Exception):
    """The database answers, but is not (or no longer) one of ours. The only argument is the Chinese sentence for the reader."""


@dataclass(frozen=True)
class Installation:
    """The installation as data: its title, where its tree and map begin, and whether its data is synthetic (演示数据)."""

    title: str
    root_org: int
    root_place: str
    demo: bool
    as_of: date | None

    @property
    def today(self) -> date:
        """The day that every rule counts from: the as-of date where there is one, otherwise the date in Asia/Shanghai."""
        return self.as_of or datetime.now(SHANGHAI).date()


def location(url: str | None = None) -> URL:
    """Return where the database is: `url`, else PARTY_DATABASE_URL, else the SQLite file var/party.db.

    Raises NoDatabase for an address that cannot be read, or for a database other than SQLite and PostgreSQL.
    """
    given = url or os.environ.get(VARIABLE) or f"sqlite:///{DEFAULT_FILE}"
    try:
        found = make_url(given)
    except (ArgumentError, ValueError) as error:
        LOG.error("the database URL cannot be parsed: %s", type(error).__name__)
        raise NoDatabase(UNREADABLE_URL) from error
    kind = found.get_backend_name()
    if kind == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return found.set(drivername="sqlite")
    LOG.error("no driver for the database URL's scheme %r", found.drivername)
    raise NoDatabase(UNREADABLE_URL)


def connect(url: str | None = None, *, building: bool = False) -> Engine:
    """Return an engine for `url` (see `location`); nothing is opened yet.

    A builder's engine may create an SQLite file and waits for long statements; a reader's does neither.
    Faults of the database surface as NoDatabase or WrongSchema from whatever statement meets them; errors of the statements
    themselves (a broken constraint, a mistake in SQL) stay what they are.
    """
    place = location(url)
    engine = _sqlite(place, building) if place.get_backend_name() == "sqlite" else _postgresql(place, building)
    event.listen(engine, "handle_error", _translate)
    if not building:
        event.listen(engine, "before_cursor_execute", _readable, retval=True)
    return engine


def check(engine: Engine) -> None:
    """Raise WrongSchema unless every table and column is there and the installation is described and rooted."""
    with engine.connect() as connection:
        found = {name: {column["name"] for column in columns} for (_, name), columns in inspect(connection).get_multi_columns().items()}
        if 2 * len(set(metadata.tables) & set(found)) < len(metadata.tables):  # others have an `account` or a `task`, too
            LOG.error("a foreign database: few or none of our tables among %s", sorted(found))
            raise WrongSchema(FOREIGN)
        lacking = [
            f"{table.name}.{column.name}"
            for table in metadata.sorted_tables
            for column in table.columns
            if column.name not in found.get(table.name, ())
        ]
        if lacking:
            LOG.error("the database lacks %s", ", ".join(lacking))
            raise WrongSchema(INCOMPLETE)
        root = installation(connection).root_org
        if connection.scalar(select(organisations.organisation.c.org_id).where(organisations.organisation.c.org_id == root)) is None:
            LOG.error("the installation's root organisation %s does not exist", root)
            raise WrongSchema(INCOMPLETE)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction in which facts, rules or ratings change; it raises the data version exactly once.

    The version is raised first, so that two changes follow one another. An exception rolls everything back, the version too.
    """
    with engine.begin() as connection:
        counter = places.data_version
        moment = _moment(connection)
        raised = connection.execute(update(counter).where(counter.c.id == 1).values(version=counter.c.version + 1, changed_at=moment))
        if raised.rowcount == 0:
            connection.execute(insert(counter).values(id=1, version=1, changed_at=moment))
        yield connection


def _moment(connection: Connection) -> datetime:
    """The moment of a change, in UTC without an offset: now, or nine o'clock of the as-of date, so that a demo is always the same."""
    described = places.installation
    as_of = connection.scalar(select(described.c.value).where(described.c.key == "as_of"))
    moment = datetime.combine(date.fromisoformat(as_of), DEMO_HOUR, SHANGHAI) if as_of else datetime.now(SHANGHAI)
    return moment.astimezone(UTC).replace(tzinfo=None)


def version(connection: Connection) -> int:
    """Return the data version; 0 before the first change."""
    return connection.scalar(select(places.data_version.c.version).where(places.data_version.c.id == 1)) or 0


def changed_at(connection: Connection) -> datetime | None:
    """Return when the data last changed, in Asia/Shanghai without an offset; None before the first change."""
    moment = connection.scalar(select(places.data_version.c.changed_at).where(places.data_version.c.id == 1))
    return moment and moment.replace(tzinfo=UTC).astimezone(SHANGHAI).replace(tzinfo=None)


def installation(connection: Connection) -> Installation:
    """Return what the database says about itself. Raises WrongSchema where it says too little or nothing."""
    table = places.installation
    told: dict[str, str] = {row.key: row.value for row in connection.execute(select(table.c.key, table.c.value))}
    try:
        return Installation(
            title=told["title"],
            root_org=int(told["root_org"]),
            root_place=told["root_place"],
            demo=told.get("demo") == "1",
            as_of=date.fromisoformat(told["as_of"]) if told.get("as_of") else None,
        )
    except (KeyError, ValueError) as error:
        LOG.error("the table `installation` lacks or misstates %s", error)
        raise WrongSchema(INCOMPLETE) from error


def _sqlite(place: URL, building: bool) -> Engine:
    """Open the file for reading and writing, but create it for builders only: a mistyped path must not leave an empty file."""
    if place.database in (None, "", ":memory:"):
        engine = create_engine(place)
    else:
        address = f"{Path(str(place.database)).absolute().as_uri()}?mode={'rwc' if building else 'rw'}"

        def open_file() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False)

        engine = create_engine(place, creator=open_file)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -16384")  # KiB a connection
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    return engine


def _postgresql(place: URL, building: bool) -> Engine:
    """Connect with a limit on every wait, so that a dead server is an answer and not a hanging page."""
    limits: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "party"}
    if not building:
        limits["tcp_user_timeout"] = CONNECT_SECONDS * 1000
        if "options" not in place.query:
            limits["options"] = f"-c statement_timeout={STATEMENT_SECONDS * 1000}"
    given = {name: value for name, value in limits.items() if name not in place.query}
    return create_engine(place, connect_args=given, pool_pre_ping=True, pool_timeout=CONNECT_SECONDS)


def _readable(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> tuple[str, Any]:
    """Replace the character that no text of a database holds (NUL): what a URL asks for with one is then simply not there.

    PostgreSQL refuses the whole statement for one, and SQLite takes a pattern to end there.
    """
    return statement, [_replaced(row) for row in parameters] if many else _replaced(parameters)


def _replaced(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _without_nul(value) for name, value in values.items()}
    return tuple(_without_nul(value) for value in values)


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _translate(context: ExceptionContext) -> None:
    """Turn a fault of the database into one of the two named errors, wherever it is met."""
    error = context.original_exception
    fault = None if context.is_pre_ping else _fault(error)
    if fault is not None:
        LOG.error("%s: %s", type(error).__name__, " ".join(str(error).split()))  # drivers tell in several lines
        raise fault from error


def _fault(error: BaseException) -> NoDatabase | WrongSchema | None:
    """Name the fault behind a driver's error; None where the statement is to blame and not the database."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return WrongSchema(INCOMPLETE)
    if isinstance(error, psycopg.errors.QueryCanceled):
        return NoDatabase(OVERLOADED)
    if isinstance(error, psycopg.OperationalError | psycopg.errors.InsufficientPrivilege):
        return NoDatabase(UNREACHABLE)
    if isinstance(error, sqlite3.OperationalError):
        text = str(error)
        if text.startswith(("no such table", "no such column")):
            return WrongSchema(INCOMPLETE)
        if text.startswith(("unable to open", "disk I/O")):
            return NoDatabase(NO_FILE)
        return NoDatabase(OVERLOADED) if "locked" in text else None
    if type(error) is sqlite3.DatabaseError:  # none of its subclasses: "file is not a database", "… malformed"
        return WrongSchema(FOREIGN if "not a database" in str(error) else INCOMPLETE)
    return None
