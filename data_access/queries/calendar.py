"""The duties calendar: a branch's year by month, and the same for everybody below an organisation as shares.

Organisation life, dues and elections side by side. What is not reported is missing here as everywhere: grey, and never zero.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data_access.queries import branch, life, rolled
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from data_access.schema.organisations import election, organisation
from data_access.scoping import within
from domain import figures
from domain.calendar import DUES, ELECTION, ROWS, dues_by_month, elections_of_year, year_of_duties
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Source

SHOWN = 15  # organisations on a heat map
_CELL = ["duty", "period", "status", "due_on", "done_on"]


def of_branch(connection: Connection, scope: Scope, org_id: int, year: int, today: date) -> pd.DataFrame:
    """A branch's year laid out over its months: the columns of `domain.calendar.year_of_duties`."""
    kept = branch.duties(connection, scope, org_id, year)[_CELL]
    pieces = [kept, _dues(connection, scope, org_id, year, today), _elections(connection, scope, org_id, year, today)]
    rows = pd.concat([piece for piece in pieces if len(piece)] or pieces[:1], ignore_index=True)
    return year_of_duties(rows, year, today)


def _dues(connection: Connection, scope: Scope, org_id: int, year: int, today: date) -> pd.DataFrame:
    """The months of the year that have begun; those that the steward marks unknown are unknown."""
    months = [month for month in Period.parse(str(year)).split_months() if month.first <= today]
    sums = rolled.figures(connection, scope, org_id, Cut(), [month.code for month in months], ["dues_paid", "dues_punctual", "members"])
    found = sums[sums["members"] > 0].rename(columns={"dues_members": "due", "dues_paid_members": "paid", "dues_on_time": "on_time"})
    marks = branch.unknown_sources(connection, scope, org_id, date(year, 1, 1), date(year, 12, 31))
    for mark in marks[marks["source"] == Source.DUES].to_dict("records"):
        inside = [_overlaps(Period.parse(code), mark["from_on"], mark["to_on"]) for code in found["period"]]
        found = found.assign(due=found["due"].mask(np.array(inside, dtype=bool)))
    return dues_by_month(found[["period", "due", "paid", "on_time"]], today)


def _overlaps(month: Period, from_on: pd.Timestamp, to_on: pd.Timestamp) -> bool:
    return bool(from_on <= pd.Timestamp(month.last) and (pd.isna(to_on) or to_on >= pd.Timestamp(month.first)))


def _elections(connection: Connection, scope: Scope, org_id: int, year: int, today: date) -> pd.DataFrame:
    record = branch.record(connection, scope, org_id)
    held = pd.read_sql_query(
        select(election.c.held_on, election.c.term_ended_on)
        .join_from(election, organisation, organisation.c.org_id == election.c.org_id)
        .where(election.c.org_id == org_id, within(scope, organisation.c.path), election.c.held_on <= today)
        .order_by(election.c.held_on, election.c.election_id),
        connection,
        parse_dates=["held_on", "term_ended_on"],
    )
    if record is None or record.dissolved_on is not None:
        return pd.DataFrame(columns=_CELL)
    return elections_of_year(held, record.term_end, year, today)


@dataclass(frozen=True)
class Heat:
    """How far the organisations right below one kept their duties, by month: the weakest of the `whole`, at most `SHOWN`.

    `cells`: org_code, name, period (a month's code: the one in which a duty fell due), value (percent held on time, late ones half; NaN
    where all of it is unknown), base (duties that were due); the one that kept least first, those of whom nothing is known last.
    """

    cells: pd.DataFrame
    whole: int


def of_those_below(connection: Connection, scope: Scope, org_id: int, months: tuple[str, ...]) -> Heat:
    """Lay organisation life of `months` out by the organisations right below one; nothing from outside the scope."""
    numbers = settings(connection, scope)
    rows = rolled.duties_below(connection, scope, org_id, months)
    rows = rows[rows[["due", "unknown"]].sum(axis=1) > 0]
    whole = figures.indicator(rows, "attainment", ["org_id"], numbers).set_index("org_id")["value"]
    codes = select(organisation.c.org_id, organisation.c.org_code, organisation.c.name).where(organisation.c.superior_id == org_id)
    named = pd.read_sql_query(codes, connection, index_col="org_id")
    order = named.join(whole, how="inner").sort_values(["value", "org_code"], na_position="last").index
    cells = figures.indicator(rows, "attainment", ["org_id", "period"], numbers)
    cells = cells[cells["org_id"].isin(order[:SHOWN])].join(named, on="org_id")
    place = {int(number): at for at, number in enumerate(order.to_numpy())}
    cells = cells.sort_values(["org_id", "period"], key=lambda column: column.map(place) if column.name == "org_id" else column)
    return Heat(cells[["org_code", "name", "period", "value", "base"]].reset_index(drop=True), len(order))


def below(connection: Connection, scope: Scope, org_id: int, months: tuple[str, ...], today: date) -> pd.DataFrame:
    """How far everybody below an organisation kept the duties of `months`: organisation life, then dues and elections on time.

    Columns: duty (of `domain.calendar.ROWS`), name, period (code), value (percent; NaN where all of it is unknown), base (duties,
    member-months or terms that were due).
    """
    columns = ["duty", "name", "period", "value", "base"]
    pieces = [life.attainment(connection, scope, org_id, Cut(), months)[columns]]
    for duty, code in ((DUES, "dues_punctual"), (ELECTION, "elections_punctual")):
        ended = [month for month in months if Period.parse(month).ended(today)]  # of a month that runs nobody can be late yet
        sums = rolled.figures(connection, scope, org_id, Cut(), ended, [code])
        found = figures.indicator(sums, code, ["period"])
        found = found[found["base"] > 0].sort_values("period").assign(duty=duty, name=ROWS[duty])
        pieces.append(found[columns])
    return pd.concat([piece for piece in pieces if len(piece)] or pieces[:1], ignore_index=True)
