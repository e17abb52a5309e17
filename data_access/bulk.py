"""Bulk insertion: whole columns into a table, on the raw driver but inside the connection's own transaction."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from psycopg import sql
from sqlalchemy import Column, Connection, DateTime, Dialect, Integer, Table

from data_access.schema.base import Day

_CHUNK = 100_000  # rows turned into Python objects at a time; bounds the memory of a load
_SQLITE_VARIABLES = 32_000  # of one statement; SQLite allows 32,766
_SQLITE_ROWS = 250


def insert(connection: Connection, table: Table, frame: pd.DataFrame) -> int:
    """Insert every row of `frame` into `table` and return how many there were.

    The frame's columns are named as the table's; a column of the table that the frame lacks takes its default or NULL.
    NaN, NaT, NA and None become NULL. `Day` columns take dates, datetime64 or ISO text; `Integer` columns take integers, or floats
    that are whole; text columns take strings or categories. The index of the frame is ignored, and rows keep their order.

    Nothing is committed: the rows belong to the connection's transaction (one is begun where there is none).
    Raises ValueError for a column that the table does not have, or a fraction in an `Integer` column.
    The database's own checks raise the driver's errors (`sqlite3.IntegrityError`, `psycopg.errors.IntegrityError`).
    """
    unknown = [name for name in frame.columns if name not in table.c]
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(map(str, unknown))}")
    if frame.empty:
        return 0
    if not connection.in_transaction():
        connection.begin()
    columns = [table.c[name] for name in frame.columns]
    write = _copy if connection.dialect.name == "postgresql" else _execute
    write(connection, table, columns, frame)
    return len(frame)


def _execute(connection: Connection, table: Table, columns: list[Column], frame: pd.DataFrame) -> None:
    """Write through `executemany` of a statement that takes many rows: half the time of one that takes a single row."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    head, row = f"INSERT INTO {quote(table.name)} ({names}) VALUES ", f"({', '.join('?' * len(columns))})"
    width = len(columns)
    batch = min(_SQLITE_VARIABLES // width, _SQLITE_ROWS) * width
    cursor = connection.connection.cursor()
    try:
        for rows in _chunks(connection.dialect, columns, frame):
            values = list(chain.from_iterable(zip(*rows, strict=True)))
            whole = len(values) - len(values) % batch
            if whole:
                many = head + ", ".join([row] * (batch // width))
                cursor.executemany(many, [values[start : start + batch] for start in range(0, whole, batch)])
            if whole < len(values):
                cursor.execute(head + ", ".join([row] * ((len(values) - whole) // width)), values[whole:])
    finally:
        cursor.close()


def _copy(connection: Connection, table: Table, columns: list[Column], frame: pd.DataFrame) -> None:
    """Write through COPY, PostgreSQL's bulk door."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver = connection.connection.driver_connection
    assert driver is not None  # a pooled connection that is checked out has its driver's connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for rows in _chunks(connection.dialect, columns, frame):
            for row in zip(*rows, strict=True):
                copy.write_row(row)


def _chunks(dialect: Dialect, columns: list[Column], frame: pd.DataFrame) -> Iterator[list[list]]:
    """Yield the frame as lists of driver values, one list a column, `_CHUNK` rows at a time."""
    series = [frame[column.name] for column in columns]
    turn = [_converter(column, dialect) for column in columns]
    for start in range(0, len(frame), _CHUNK):
        yield [convert(values.iloc[start : start + _CHUNK]) for convert, values in zip(turn, series, strict=True)]


def _converter(column: Column, dialect: Dialect) -> Callable[[pd.Series], list]:
    if isinstance(column.type, DateTime):
        return lambda values: _moments(values, "%Y-%m-%d %H:%M:%S.%f")
    if isinstance(column.type, Day):
        store = column.type.process_bind_param
        return lambda values: _days(values, lambda day: store(day, dialect))
    if isinstance(column.type, Integer):
        return lambda values: _whole(values, column.name)
    return _plain


def _moments(values: pd.Series, form: str) -> list:
    """Return moments as text: what SQLite stores, and what PostgreSQL reads."""
    codes, distinct = _factorized(values)
    return _looked_up(distinct.strftime(form), codes)


def _days(values: pd.Series, stored: Callable[[date], Any]) -> list:
    """Return days as the database stores them."""
    codes, distinct = _factorized(values)
    return _looked_up(pd.Index([stored(day) for day in distinct.date], dtype=object), codes)


def _factorized(values: pd.Series) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Return codes and the distinct moments, which are few: each is converted once."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        values = pd.to_datetime(values)
    codes, distinct = pd.factorize(values)
    return codes, pd.DatetimeIndex(distinct)


def _whole(values: pd.Series, name: str) -> list:
    missing = values.isna().to_numpy()
    if not missing.any() and pd.api.types.is_integer_dtype(values):
        return values.tolist()
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    whole = np.where(missing, 0, numbers)
    if (whole != np.floor(whole)).any():
        raise ValueError(f"{name} takes whole numbers")
    return _nulled(whole.astype(np.int64).astype(object), missing)


def _plain(values: pd.Series) -> list:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _looked_up(values.cat.categories, values.cat.codes.to_numpy())
    missing = values.isna().to_numpy()
    if not missing.any():
        return values.tolist()
    return _nulled(values.to_numpy(dtype=object, copy=True), missing)


def _looked_up(distinct: pd.Index, codes: np.ndarray) -> list:
    """Return the value of each code; a missing value has code −1, which is the None at the end."""
    return np.array([*distinct, None], dtype=object)[codes].tolist()


def _nulled(objects: np.ndarray, missing: np.ndarray) -> list:
    objects[missing] = None
    return objects.tolist()
