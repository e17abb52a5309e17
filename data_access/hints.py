"""What a query tells SQLite's planner, which does not know how values are spread; PostgreSQL does, and is told nothing."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class unindexed(FunctionElement):
    """A column as it is, by which SQLite is to filter the rows that it finds by other means."""

    inherit_cache = True

    def __init__(self, column: ColumnElement) -> None:
        """Keep the column's type, so that what it is compared with is stored in the same way."""
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(unindexed, "sqlite")
def _signed(element: unindexed, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"
