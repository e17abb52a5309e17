"""The reader: what a page asks. Nothing can be read without a scope, and the scope is in every cache key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy import Engine

from data_access.engine import Installation, check, connect, location
from data_access.watching import latest_version
from domain.scope import Scope

Answer = TypeVar("Answer")
FORGET = 10_000  # questions, of which some megabytes of locks remain


@dataclass(frozen=True)
class Reader:
    """A signed-in person's way to the data.

    `today` is the database's as-of date in a demo, otherwise the date in Asia/Shanghai; pages take it from here and never
    from the clock. `version` is the data version: a change of facts, rules or ratings makes every cached answer stale.
    `theme` ("dark" or "light") is part of the key of what is drawn, and of nothing that is read. `changed_at` is when the data last
    changed, in Asia/Shanghai; None where that is not known.
    """

    scope: Scope
    username: str
    display_name: str
    today: date
    version: int
    installation: Installation
    theme: str
    engine: Engine = field(repr=False, compare=False)
    finish: Callable[[Any], Any] = field(repr=False, compare=False)
    changed_at: datetime | None = None

    @property
    def as_of(self) -> str:
        """Up to when the data reaches (数据截至), to the minute where that is known."""
        return f"{self.changed_at:%Y-%m-%d %H:%M}" if self.changed_at else self.today.isoformat()

    def read(self, query: Callable[..., Answer], *values: Any) -> Answer:
        """Answer `query(connection, scope, *values)`, from the cache where the data has not changed since.

        Values are plain (text, numbers, dates, periods, enumerations, tuples of them): they are part of the key by `repr`.
        The answer is the caller's own copy.
        """
        _forget_at_times()
        return _answer(self._key(query, values), lambda: self._ask(query, values))

    def drawn(self, draw: Callable[..., Any], query: Callable[..., Any], *values: Any, **looks: Any) -> Any:
        """Return the finished drawing `finish(draw(read(query, *values), **looks))`, from the cache where nothing changed."""
        key = _joined(self._key(query, values), _name(draw), repr(sorted(looks.items())), self.theme)
        return _answer(key, lambda: self.finish(draw(self.read(query, *values), **looks)))

    def stamp(self, every: float) -> tuple[int, date]:
        """Return the data version as it was at most about `every` seconds ago, past every cache, and the day.

        Raises NoDatabase or WrongSchema.
        """
        return latest_version(self.engine, every), self.installation.today

    @property
    def sight(self) -> tuple[str, ...]:
        """All that what this reader is shown depends on: database, scope, data version, day and theme, for caches of finished things."""
        database = self.engine.url.render_as_string(hide_password=True)
        return (database, repr(self.scope), str(self.version), str(self.today), self.theme)

    def _ask(self, query: Callable[..., Answer], values: tuple[Any, ...]) -> Answer:
        _memory.asked += 1
        with self.engine.connect() as connection:
            return query(connection, self.scope, *values)

    def _key(self, query: Callable[..., Any], values: tuple[Any, ...]) -> str:
        database = self.engine.url.render_as_string(hide_password=True)
        return _joined(database, repr(self.scope), str(self.version), str(self.today), _name(query), repr(values))


def opened() -> Engine:
    """Return the engine of the database that this process serves, checked when it was first opened.

    A database file that was replaced by another is opened anew, and nothing read from the old one is remembered.
    Raises NoDatabase or WrongSchema.
    """
    place = location()
    return _opened(place.render_as_string(hide_password=False), _identity(place.database) if place.get_backend_name() == "sqlite" else None)


def _identity(path: str | None) -> tuple[int, int] | None:
    file = Path(path or "")
    return (file.stat().st_dev, file.stat().st_ino) if file.is_file() else None


@st.cache_resource(max_entries=4, show_spinner=False, on_release=Engine.dispose)
def _opened(url: str, identity: tuple[int, int] | None) -> Engine:
    engine = connect(url)
    check(engine)
    _answer.clear()
    return engine


def _name(function: Callable[..., Any]) -> str:
    name = f"{function.__module__}.{function.__qualname__}"
    if "<" in name:
        raise TypeError(f"{name} has no name of its own that could be a cache key")
    return name


def _joined(*parts: str) -> str:
    """Return one text for a key: a tuple would be hashed text by text. No part holds a line break, which `repr` writes out."""
    return "\n".join(parts)


@dataclass
class _Memory:
    asked: int = 0  # questions to a database since everything was forgotten last


_memory = _Memory()


def _forget_at_times() -> None:
    """Forget everything after `FORGET` questions: Streamlit keeps a lock for every key that it has ever seen, and frees it only so.

    A wall asks some twenty questions whenever the data changes, each under a new key; without this its server would grow for months.
    """
    if _memory.asked >= FORGET:
        _memory.asked = 0
        _answer.clear()


# Entries are small (rolled-up rows, one organisation's records, chart specs); the bound keeps a busy server's memory flat.
@st.cache_data(max_entries=600, show_spinner=False)
def _answer(key: str, _work: Callable[[], Any]) -> Any:
    return _work()
