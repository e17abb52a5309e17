"""Reading many rows of mixed columns quickly: days as datetime64, repeated texts as categories."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals
from sqlalchemy import Connection, Select

from data_access.counting.numbers import dated

_ROWS = 50_000  # turned into columns at a time
_PLAIN, _NUMBER, _TERM = range(3)
_NO_TERMS = pd.CategoricalDtype(pd.Index([], dtype="str"))  # without it pandas would take what is not there for something else than texts


def frame(
    connection: Connection,
    query: Select,
    *,
    days: Sequence[str] = (),
    optional: Sequence[str] = (),
    terms: Sequence[str] = (),
    floats: Sequence[str] = (),
) -> pd.DataFrame:
    """Read a query. `days` are columns made by `day_number`, `optional` whole numbers that may be missing (Int64), `terms` texts
    of which few are distinct (categories), `floats` numbers that may be missing (NaN).

    Rows come by the driver's own cursor, because millions of them pass here.
    """
    result = connection.execute(query)
    names, cursor = list(result.keys()), result.cursor
    numeric = {*days, *optional, *floats}
    kinds = [_NUMBER if name in numeric else _TERM if name in terms else _PLAIN for name in names]
    pieces: list[list[Any]] = []
    while cursor is not None and (rows := cursor.fetchmany(_ROWS)):
        pieces.append([_column(values, kind) for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)])
    result.close()
    if not pieces:
        return _empty(tuple(names), tuple(kinds), tuple(days), tuple(optional)).copy()
    return _made(names, pieces, days, optional)


@cache
def _empty(names: tuple[str, ...], kinds: tuple[int, ...], days: tuple[str, ...], optional: tuple[str, ...]) -> pd.DataFrame:
    """What has no rows, as most of what is asked about one branch or member."""
    return _made(names, [[_column((), kind) for kind in kinds]], days, optional)


def _made(names: Sequence[str], pieces: list[list[Any]], days: Sequence[str], optional: Sequence[str]) -> pd.DataFrame:
    columns = {name: _joined([piece[place] for piece in pieces]) for place, name in enumerate(names)}
    columns |= {name: dated(columns[name]) for name in days} | {name: columns[name].astype("Int64") for name in optional}
    return pd.DataFrame(columns)


def _column(values: tuple, kind: int) -> Any:
    if kind == _TERM:
        return pd.Categorical(values, dtype=None if any(value is not None for value in values) else _NO_TERMS)
    if kind == _NUMBER:
        return np.array(values, dtype=float)  # None becomes NaN
    if not values:
        return np.zeros(0, np.int64)
    return np.array(values, dtype=object if isinstance(values[0], str) else None)


def _joined(pieces: list[Any]) -> pd.Series:
    if isinstance(pieces[0], pd.Categorical):
        return pd.Series(union_categoricals(pieces, sort_categories=True))
    return pd.Series(np.concatenate(pieces))
