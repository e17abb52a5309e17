"""Reading counts quickly: days as whole numbers that both databases make alike, and results as columns of numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Integer, Select, case, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_ROWS = 50_000  # turned into numbers at a time


class day_number(FunctionElement):
    """A date column as a whole number, 20261120: it sorts as the day does, and divided by 100 it is the month."""

    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _sqlite(element: day_number, compiler: Any, **more: Any) -> str:
    return compiler.process(element.clauses, **more)  # so it is stored


@compiles(day_number, "postgresql")
def _postgresql(element: day_number, compiler: Any, **more: Any) -> str:
    return f"CAST(to_char({compiler.process(element.clauses, **more)}, 'YYYYMMDD') AS INTEGER)"


def month_number(day: ColumnElement) -> ColumnElement[int]:
    """Return the month of a date column as a whole number, 202611."""
    return day_number(day) // 100


def count_if(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many rows meet every condition."""
    return sum_if(1, *conditions)


def sum_if(value: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the sum of `value` over the rows that meet every condition; 0 where none does."""
    return func.coalesce(func.sum(case((_all(conditions), value), else_=0)), 0)


def numbers(connection: Connection, query: Select, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read a query whose columns are all numbers: one float column each, NaN for NULL. Raises ValueError for text.

    `kinds` names the types (such as "int32") of columns that are never NULL and should be smaller or whole.
    It goes by the driver's own cursor, because millions of rows pass here.
    """
    result = connection.execute(query)
    names, cursor = list(result.keys()), result.cursor
    types = [(kinds or {}).get(name, "float64") for name in names]
    pieces: list[list[np.ndarray]] = []
    while cursor is not None and (rows := cursor.fetchmany(_ROWS)):
        columns = np.array(rows, dtype=float).T
        pieces.append([column.astype(kind) for column, kind in zip(columns, types, strict=True)])
    result.close()
    pieces = pieces or [[np.empty(0, kind) for kind in types]]
    return pd.DataFrame({name: np.concatenate([piece[place] for piece in pieces]) for place, name in enumerate(names)})


def _all(conditions: tuple[ColumnElement[bool], ...]) -> ColumnElement[bool]:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = whole & condition
    return whole


def dated(days: pd.Series) -> pd.Series:
    """Turn day numbers (20261120) into days (datetime64); NaN becomes NaT."""
    if days.empty:
        return pd.Series(np.empty(0, "datetime64[s]"), index=days.index)
    known = days.notna().to_numpy()
    whole = np.where(known, days.to_numpy(dtype=float), 19700101).astype(np.int64)
    months = ((whole // 10_000 - 1970) * 12 + whole // 100 % 100 - 1).astype("datetime64[M]")
    found = months.astype("datetime64[D]") + (whole % 100 - 1).astype("timedelta64[D]")
    return pd.Series(found.astype("datetime64[s]"), index=days.index).where(known)
