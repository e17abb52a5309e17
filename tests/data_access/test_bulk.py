"""Bulk insertion on both databases: every kind of column, every kind of missing value, inside the caller's transaction."""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    select,
)

from data_access import bulk
from data_access.engine import connect
from data_access.schema.base import Day
from tests.postgres import Cluster

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("thing_id", Integer, primary_key=True),
    Column("name", String(80)),
    Column("on", Day),
    Column("at", DateTime),
    Column("count", Integer),
    Column("share", Float),
    Column("good", Boolean),
    Column("kind", String(8), server_default="plain"),
    CheckConstraint("count <> 13", name="lucky"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with the table `thing`."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'bulk.db'}")
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("DROP DATABASE IF EXISTS bulk", "CREATE DATABASE bulk")
        engine = connect(cluster.database("bulk"), building=True)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def rows(engine: Engine, *columns: str) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*(thing.c[name] for name in columns)).order_by(thing.c.thing_id))]


def insert(engine: Engine, frame: pd.DataFrame) -> int:
    with engine.begin() as connection:
        return bulk.insert(connection, thing, frame)


def test_every_type_comes_back_as_it_went_in(database):
    frame = pd.DataFrame(
        {
            "thing_id": [1, 2],
            "name": ["\\N\t\n'\"𠮷", ""],
            "on": [date(2026, 11, 20), date(1890, 1, 1)],
            "at": [datetime(2026, 11, 20, 8, 30, 1), datetime(2026, 1, 1)],
            "count": [7, -1],
            "share": [0.125, 1e-9],
            "good": [True, False],
        }
    )
    assert insert(database, frame) == 2
    assert rows(database, *frame.columns) == [
        (1, "\\N\t\n'\"𠮷", date(2026, 11, 20), datetime(2026, 11, 20, 8, 30, 1), 7, 0.125, True),
        (2, "", date(1890, 1, 1), datetime(2026, 1, 1), -1, 1e-9, False),
    ]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_missing_becomes_null(database, missing):
    columns = ("name", "on", "at", "count", "share", "good")
    frame = pd.DataFrame({"thing_id": [1], **{name: pd.Series([missing], dtype=object) for name in columns}})
    insert(database, frame)
    assert rows(database, *columns) == [(None,) * len(columns)]


@pytest.mark.parametrize(
    ("column", "values", "stored"),
    [
        ("on", np.array(["2026-11-20", "NaT"], dtype="datetime64[D]"), [date(2026, 11, 20), None]),
        ("on", ["2026-11-20", None], [date(2026, 11, 20), None]),
        ("count", [7.0, np.nan], [7, None]),
        ("count", pd.array([7, None], dtype="Int64"), [7, None]),
        ("count", np.array([7, 8], dtype=np.int8), [7, 8]),
        ("name", pd.Categorical(["宋", None]), ["宋", None]),
        ("name", pd.Categorical.from_codes([1, 0], ["a", "b"]), ["b", "a"]),
        ("share", [1, 2], [1.0, 2.0]),
        ("good", np.array([True, False]), [True, False]),
    ],
)
def test_columns_may_be_held_in_many_ways(database, column, values, stored):
    insert(database, pd.DataFrame({"thing_id": [1, 2], column: values}))
    assert rows(database, column) == [(value,) for value in stored]


def test_a_column_that_the_frame_lacks_takes_its_default(database):
    insert(database, pd.DataFrame({"thing_id": [1]}))
    assert rows(database, "kind", "name") == [("plain", None)]


@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 100_001])
def test_no_row_is_lost_between_batches(database, count):
    frame = pd.DataFrame({"thing_id": np.arange(count), "count": np.arange(count) + 100})
    assert insert(database, frame) == count
    stored = rows(database, "thing_id", "count")
    assert len(stored) == count
    assert all(number == thing_id + 100 for thing_id, number in stored)


def test_the_index_of_the_frame_does_not_matter(database):
    insert(database, pd.DataFrame({"thing_id": [1, 2], "name": ["a", "b"]}, index=[5, 5]))
    assert rows(database, "name") == [("a",), ("b",)]


def test_rows_belong_to_the_callers_transaction(database):
    with database.connect() as connection:
        bulk.insert(connection, thing, pd.DataFrame({"thing_id": [1]}))
        connection.rollback()
    assert rows(database, "thing_id") == []
    with database.connect() as connection:
        bulk.insert(connection, thing, pd.DataFrame({"thing_id": [1]}))
        connection.commit()
    assert rows(database, "thing_id") == [(1,)]


def test_unknown_columns_and_fractions_are_refused(database):
    with pytest.raises(ValueError, match="no column colour"):
        insert(database, pd.DataFrame({"thing_id": [1], "colour": ["red"]}))
    with pytest.raises(ValueError, match="whole numbers"):
        insert(database, pd.DataFrame({"thing_id": [1], "count": [0.5]}))


def test_the_databases_own_checks_hold(database):
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError)):
        insert(database, pd.DataFrame({"thing_id": [1], "count": [13]}))
    assert rows(database, "thing_id") == []
