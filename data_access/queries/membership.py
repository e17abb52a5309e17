"""Members of a node: who they are, who moves, who is being admitted; and any other composition of the tally."""

import pandas as pd
from sqlalchemy import Connection, select

from data_access.queries import rolled
from data_access.queries.rolled import Cut
from data_access.schema.places import sector
from domain import figures
from domain.indicators import INDICATORS
from domain.period import Period
from domain.scope import Scope

COMPOSITIONS = ("by_age", "by_party_age", "by_sex", "by_education", "by_sector")
MOVEMENTS = ("floating", "lost", "transfers_in", "transfers_out")
ADMISSIONS = ("applications", "new_probationary", "converted")


def composition(connection: Connection, scope: Scope, org_id: int, cut: Cut, code: str) -> pd.DataFrame:
    """Who or what a composition of `domain.indicators` counts, on the as-of date.

    Columns: category, label, count, share (percent); categories in their order. "unknown", and the categories that are the
    installation's own data, are there only where they are counted. Empty where nothing is counted.
    """
    labels = None
    if code == "by_sector":
        rows = connection.execute(select(sector.c.code, sector.c.name).order_by(sector.c.rank, sector.c.code))
        labels = {row.code: row.name for row in rows}
    counted = rolled.counts(connection, scope, org_id, cut, [str(INDICATORS[code].dimension)])
    parts = figures.composition(counted, code, labels=labels)
    own = set(labels or ()) | {"unknown"}
    return parts[~parts["category"].isin(own) | (parts["count"] > 0)].reset_index(drop=True)


def movements(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: Period) -> pd.DataFrame:
    """Floating, lost and transferring members in `period` (a quarter), against the one before.

    Columns: code (of `MOVEMENTS`), value, previous; NaN where the source says nothing of the period.
    """
    span = [period.shift(-1).code, period.code]
    rows = rolled.figures(connection, scope, org_id, cut, span, MOVEMENTS)
    lines = []
    for code in MOVEMENTS:
        before, now = figures.over_periods(figures.indicator(rows, code, ["period"]), span)["value"]
        lines.append((code, now, before))
    return pd.DataFrame(lines, columns=["code", "value", "previous"])


def admissions(connection: Connection, scope: Scope, org_id: int, cut: Cut, months: tuple[str, ...]) -> pd.DataFrame:
    """Applicants, new probationary members and conversions by month.

    Columns: period, series (of `ADMISSIONS`), count (NaN where the node has no figures of the month).
    """
    rows = rolled.figures(connection, scope, org_id, cut, months, ADMISSIONS)
    lines = [
        figures.over_periods(figures.indicator(rows, code, ["period"]), months).assign(series=code).rename(columns={"value": "count"})
        for code in ADMISSIONS
    ]
    return pd.concat(lines, ignore_index=True)[["period", "series", "count"]]
