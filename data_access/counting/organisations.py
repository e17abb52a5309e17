"""Who lived when, where it stands on the map, and which superiors it had."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from data_access.counting.numbers import day_number
from data_access.schema.organisations import organisation, organisation_history

FOREVER = 99991231


def number(day: date) -> int:
    """Return a day as the number that `day_number` makes of it."""
    return day.year * 10_000 + day.month * 100 + day.day


def organisations(connection: Connection, org_ids: tuple[int, ...] | None = None) -> pd.DataFrame:
    """List every organisation, or those of these ids, by id.

    Columns: org_id, org_code, kind, sector, district_code ("" where there is none), path, founded, dissolved (day numbers;
    `FOREVER` while it lives).
    """
    columns = organisation.c
    query = select(
        columns.org_id,
        columns.org_code,
        columns.kind,
        func.coalesce(columns.sector, "").label("sector"),
        func.coalesce(columns.district_code, "").label("district_code"),
        columns.path,
        day_number(columns.founded_on).label("founded"),
        func.coalesce(day_number(columns.dissolved_on), FOREVER).label("dissolved"),
    ).order_by(columns.org_id)
    if org_ids is not None:
        query = query.where(columns.org_id.in_(org_ids))
    return pd.read_sql_query(query, connection)


def alone(org_id: ColumnElement, branch: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions that rows are those of one branch; none where all are wanted."""
    return [] if branch is None else [org_id == branch]


def living(found: pd.DataFrame, day: date) -> pd.Series:
    """Return which organisations live on `day`; the day of dissolution is the last."""
    return (found["founded"] <= number(day)) & (found["dissolved"] >= number(day))


def whole_months(found: pd.DataFrame, months: list) -> np.ndarray:
    """Count how many of `months` (periods) each organisation lived through from the first day to the last."""
    lived = np.zeros(len(found), dtype=int)
    for month in months:
        lived += (found["founded"] <= number(month.first)).to_numpy() & (found["dissolved"] >= number(month.last)).to_numpy()
    return lived


def former_paths(connection: Connection, found: pd.DataFrame) -> pd.DataFrame:
    """List where organisations stood in the tree before, other than today. Columns: org_id, path, first, last (day numbers)."""
    history = organisation_history.c
    query = select(
        history.org_id,
        history.path,
        day_number(history.from_on).label("first"),
        func.coalesce(day_number(history.to_on), FOREVER).label("last"),
    ).order_by(history.org_id, history.from_on)
    rows = pd.read_sql_query(query, connection)
    today = rows["org_id"].map(found.set_index("org_id")["path"])
    return rows[rows["path"] != today].reset_index(drop=True)
