"""Which source speaks of a period: installed at all, and not marked unknown by the steward."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, case, func, select

from data_access.engine import installation
from data_access.schema.counts import branch_count
from data_access.schema.organisations import coverage
from data_access.schema.ratings import figure
from domain.index.quarters import RatedQuarter
from domain.vocabulary import Source

Months = Mapping[Source, Iterable[int]]


def installed(recorded: Months, quarters: Sequence[RatedQuarter]) -> dict[str, set[Source]]:
    """Return, by quarter's code, the sources that anybody in the installation has a record of in it.

    `recorded` holds the months (202611) with a record, for each source that has records by day; the others are always there. A
    quarter that is still open has what the quarter before it had, because its records may be to come.
    """
    always = {source for source in Source if source not in recorded}
    found: dict[str, set[Source]] = {}
    before: set[Source] = set()
    for quarter in quarters:
        span = {month.first.year * 100 + month.first.month for month in quarter.period.split_months()}
        here = always | {source for source, months in recorded.items() if span & {int(month) for month in months}}
        if not quarter.period.ended(quarter.today):
            here |= before
        found[quarter.code] = before = here
    return found


def as_rated(connection: Connection, quarters: Sequence[RatedQuarter]) -> dict[str, set[Source]]:
    """Return the sources that the last rating found installed, by quarter's code.

    For one branch anew: whether anybody else has records is not asked of all facts again.
    """
    flags = [branch_count.c[f"{source.value}_installed"] for source in Source]
    of_quarter = select(branch_count.c.period, *(func.max(case((flag, 1), else_=0)).label(flag.name) for flag in flags))
    rows = {row.period: row for row in connection.execute(of_quarter.group_by(branch_count.c.period))}
    return {
        quarter.code: {source for source in Source if quarter.code in rows and getattr(rows[quarter.code], f"{source.value}_installed")}
        for quarter in quarters
    }


def paying(connection: Connection) -> set[int]:
    """Return the months (202611) in which the last rating found any dues."""
    months = (
        select(figure.c.period)
        .where(figure.c.org_id == installation(connection).root_org, figure.c.period.like("____-__"))
        .group_by(figure.c.period)
        .having(func.sum(figure.c.dues_members) > 0)
    )
    return {int(code.replace("-", "")) for code in connection.scalars(months)}


def unknown_spans(connection: Connection, org_ids: Sequence[int] | None = None) -> pd.DataFrame:
    """List what the stewards have marked as unknown, of all organisations or of these.

    Columns: org_id, source, from_on, to_on (date or None).
    """
    columns = coverage.c
    query = select(columns.org_id, columns.source, columns.from_on, columns.to_on).order_by(columns.org_id, columns.source, columns.from_on)
    if org_ids is not None:
        query = query.where(columns.org_id.in_(org_ids))
    return pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=["org_id", "source", "from_on", "to_on"])


def unknown_in(spans: pd.DataFrame, source: Source, first: date, last: date) -> set[int]:
    """Return the organisations whose `source` is marked unknown on any day from `first` to `last`."""
    rows = zip(spans["org_id"], spans["source"], spans["from_on"], spans["to_on"], strict=True)
    return {org_id for org_id, of, begins, ends in rows if of == source and begins <= last and (not ends or ends >= first)}
