"""The published figures that the demo is calibrated on, and tables of shares that reproduce them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import pandas as pd

from seed.atlas import DATA

Figures = Literal["national", "fuzhou"]


class NotPublished(LookupError):
    """A figure was asked for that the reference data does not hold."""


@lru_cache(maxsize=2)
def _table(of: Figures) -> pd.DataFrame:
    table = pd.read_csv(DATA / f"party_statistics_{of}.csv", dtype={"year": str, "period": str})
    return table.rename(columns={"period": "year"})


def published(of: Figures, indicator: str, category: str = "合计") -> float:
    """Return the newest published value of an indicator, in its own unit. Raises NotPublished."""
    return float(_newest(of, indicator, category)["value"])


def source(of: Figures, indicator: str, category: str = "合计") -> str:
    """Return where the newest value of an indicator was published. Raises NotPublished."""
    return str(_newest(of, indicator, category)["source"])


def _newest(of: Figures, indicator: str, category: str) -> pd.Series:
    table = _table(of)
    found = table[(table["indicator"] == indicator) & (table["category"] == category)].sort_values("year", kind="stable")
    if found.empty:
        raise NotPublished(f"{of}: {indicator} {category}")
    return found.iloc[-1]


def fitted(likely: Sequence[Sequence[float]], rows: Sequence[float], columns: Sequence[float]) -> list[list[float]]:
    """Return a table close to `likely` whose margins are `rows` and `columns` (any scale; they are brought to 1).

    Iterative proportional fitting: zeros stay zeros. Plain Python floats in a fixed order, so that it is the same everywhere.
    """
    table = [list(map(float, row)) for row in likely]
    row_aims = [row / sum(rows) for row in rows]
    column_aims = [column / sum(columns) for column in columns]
    for _ in range(60):
        for at, aim in enumerate(row_aims):
            total = sum(table[at])
            table[at] = [value * aim / total if total else 0.0 for value in table[at]]
        for at, aim in enumerate(column_aims):
            total = sum(row[at] for row in table)
            for row in table:
                row[at] = row[at] * aim / total if total else 0.0
    return table
