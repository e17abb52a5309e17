"""Laying rows by hand into a copy of the small installation, and asking about them."""

import pytest
from sqlalchemy import Engine, delete, insert

from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import ORG

CITY = Scope(ORG["root"], "/1/", Role.LEADER)


@pytest.fixture
def lay(own_engine: Engine):
    """Return `lay(table, rows)`, which replaces a table's rows; the engine is `lay.engine`."""

    class Lay:
        engine = own_engine

        def __call__(self, table, rows):
            with own_engine.begin() as connection:
                connection.execute(delete(table))
                # Rows of one statement must have the same columns in either database.
                columns = dict.fromkeys(name for row in rows for name in row)
                connection.execute(insert(table), [dict.fromkeys(columns) | row for row in rows])

        def ask(self, query, *values, scope=CITY):
            with own_engine.connect() as connection:
                return query(connection, scope, *values)

    return Lay()
