"""Organisation life of a node: attainment by kind and period, terms of office, dues by month."""

import pandas as pd
from sqlalchemy import Connection

from data_access.queries import rolled
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from domain import figures
from domain.period import Period
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Duty, OrgKind

_HELD = ("due", "held", "on_time")


def attainment(connection: Connection, scope: Scope, org_id: int, cut: Cut, months: tuple[str, ...]) -> pd.DataFrame:
    """Attainment (达标率) of each kind of duty in `months`, each figure under the period that its duty answers.

    A quarterly duty falls due in its quarter's last month and is shown under the quarter; a yearly one under the year.
    Columns: duty, name, period (code), value (percent; NaN where all of it is unknown), base (duties due), late, missed, unknown
    (counts); kinds in the order of `Duty`, periods in order. Only periods with a duty that was due, or is unknown, have a row.
    """
    numbers = settings(connection, scope)
    rows = rolled.duties(connection, scope, org_id, cut, months, ("duty", "period"))
    rows = rows[rows[["due", "unknown"]].sum(axis=1) > 0]
    rows["period"] = [_answered(duty, month, numbers) for duty, month in zip(rows["duty"], rows["period"], strict=True)]
    counts = rows.groupby(["duty", "period"])[["late", "missed", "unknown"]].sum().reset_index()
    cells = figures.indicator(rows, "attainment", ["duty", "period"], numbers).merge(counts, on=["duty", "period"])
    labels = Duty.labels()
    order = {duty: place for place, duty in enumerate(labels)}
    cells = cells.sort_values(["duty", "period"], key=lambda column: column.map(order) if column.name == "duty" else column)
    cells.insert(1, "name", cells["duty"].map(labels))
    return cells.reset_index(drop=True)


def _answered(duty: str, month: str, numbers: Settings) -> str:
    due = Period.parse(month)
    every = numbers.whole(f"duty.{duty}.every")
    return {1: due, 3: Period.quarter(due.first), 12: Period.year(due.first)}[every].code


def terms(connection: Connection, scope: Scope, org_id: int, cut: Cut) -> pd.DataFrame:
    """Where the terms of office (届期) stand on the as-of date, and the elections (换届) of the last twelve months, by kind.

    Columns: kind, name, state (a `TermState`), label, count (organisations); due (terms of the kind that ended), held (closed by an
    election since), on_time (closed by then); a row a kind that exists and state, the highest kind first.
    """
    rows = rolled.counts(connection, scope, org_id, cut, ["election", "elections"])
    states = rows["dimension"].str.startswith("election:")
    rows = rows.assign(kind=[dimension.partition(":")[2] for dimension in rows["dimension"]])
    parts = figures.composition(rows[states], "terms", ["kind"])
    if parts.empty:
        return pd.DataFrame(columns=["kind", "name", "state", "label", "count", *_HELD])
    held = rows[~states].pivot_table(index="kind", columns="category", values="count", aggfunc="sum")
    held = held.reindex(index=parts["kind"].unique(), columns=list(_HELD)).fillna(0).astype(int).reset_index()
    order = {kind: place for place, kind in enumerate(OrgKind.labels())}
    parts = parts.merge(held, on="kind").assign(name=parts["kind"].map(OrgKind.labels()), place=parts["kind"].map(order))
    parts = parts.sort_values("place", kind="stable").rename(columns={"category": "state"})
    return parts[["kind", "name", "state", "label", "count", *_HELD]].reset_index(drop=True)


def dues(connection: Connection, scope: Scope, org_id: int, cut: Cut, months: tuple[str, ...]) -> pd.DataFrame:
    """Dues paid in full, by month. Columns: period, value (percent; NaN where nothing is known), base (member-months due)."""
    rows = rolled.figures(connection, scope, org_id, cut, months, ["dues_paid"])
    return figures.over_periods(figures.indicator(rows, "dues_paid", ["period"]), months)[["period", "value", "base"]]
