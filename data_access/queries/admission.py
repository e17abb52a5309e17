"""Admissions under way (发展党员): how many stand at which step and for how long, which clock runs out when, where it stalls.

Counts are aggregates of `admission_state` and hold every applicant. Lists never reach a reader who may not list people, and show
names as the scope says; they are pages of at most `PAGE` rows. An application dated in the future stands nowhere yet: it is among the
odd records only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, case, false, func, select

from data_access.counting.numbers import count_if
from data_access.queries.settings import settings
from data_access.schema.members import applicant
from data_access.schema.organisations import organisation
from data_access.schema.places import place, sector
from data_access.schema.ratings import admission_state
from data_access.scoping import as_seen, beneath, within
from domain.admission import STEPS
from domain.rules import RULES
from domain.scope import Scope
from domain.vocabulary import Light

PAGE = 50
WEEKS = 8  # that are looked ahead
LIGHTS = [light.value for light in (Light.RED, Light.YELLOW, Light.GREY, Light.GREEN)]
_SEVERITY = case({light: place for place, light in enumerate(LIGHTS)}, value=admission_state.c.light)


@dataclass(frozen=True)
class Chosen:
    """Which admissions a page shows; None shows all. Plain values, so that they can be part of a cache key."""

    place: str | None = None
    sector: str | None = None
    step: str | None = None
    light: str | None = None


def steps(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> pd.DataFrame:
    """How many stand at each of the steps, in their order, whatever step is chosen; every step has a row.

    Columns: step, name, stage (a `Stage`), count, median and longest (days that they have stood there; NaN where nobody stands), then a
    column a light (how many have it as their worst).
    """
    state = admission_state.c
    days = pd.read_sql_query(
        _counted(scope, path, today, Chosen(chosen.place, chosen.sector, None, chosen.light), state.step, state.since)
        .group_by(state.step, state.since)
        .order_by(state.step, state.since),
        connection,
        parse_dates=["since"],
    )
    days["days"] = (pd.Timestamp(today) - days["since"]).dt.days
    counts = days.groupby("step")[["count", *LIGHTS]].sum().reindex(list(STEPS), fill_value=0)
    spans = pd.DataFrame({step: _spans(rows) for step, rows in days.groupby("step")}, index=["median", "longest"], dtype=float).T
    rows = counts.join(spans.reindex(list(STEPS))).rename_axis("step").reset_index()
    rows.insert(1, "name", [STEPS[step].name for step in rows["step"]])
    rows.insert(2, "stage", [STEPS[step].stage.value for step in rows["step"]])
    return rows[["step", "name", "stage", "count", "median", "longest", *LIGHTS]]


def _spans(rows: pd.DataFrame) -> list[float]:
    """Return the median and the longest of days that are counted; two in the middle give their mean."""
    ordered = rows.sort_values("days")
    reached, whole = ordered["count"].cumsum().to_numpy(), int(ordered["count"].sum())
    middle = [ordered["days"].iloc[int(np.searchsorted(reached, place))] for place in ((whole + 1) // 2, whole // 2 + 1)]
    return [float(np.mean(middle)), float(ordered["days"].iloc[-1])]


def clocks(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> pd.DataFrame:
    """How many clocks run, by rule, in the order of the rules: only the one that runs out first of each applicant.

    Columns: clock, title, overdue, soon (within the days that a clock warns), later.
    """
    state = admission_state.c
    soon = today + timedelta(days=settings(connection, scope).whole("clock.warn_days"))
    rows = pd.read_sql_query(
        _of(
            [*_conditions(scope, path, today, chosen), state.clock.is_not(None)],
            state.clock,
            count_if(state.due_on < today).label("overdue"),
            count_if(state.due_on >= today, state.due_on <= soon).label("soon"),
            count_if(state.due_on > soon).label("later"),
        ).group_by(state.clock),
        connection,
    )
    rows = rows[rows["clock"].isin(list(RULES))]
    rows = rows.sort_values("clock", key=lambda codes: codes.map({rule: order for order, rule in enumerate(RULES)}), ignore_index=True)
    rows.insert(1, "title", [RULES[clock].title for clock in rows["clock"]])
    return rows


def due(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> pd.DataFrame:
    """How many clocks run out in each of the coming `WEEKS` weeks of seven days, today first, and how many have run out before.

    Columns: week (0 is overdue, 1 the seven days from today), clock, title, count; by week, then rule; only what occurs.
    """
    state = admission_state.c
    ends = [today + timedelta(days=7 * week - 1) for week in range(1, WEEKS + 1)]
    week = case((state.due_on < today, 0), *((state.due_on <= end, number) for number, end in enumerate(ends, 1)))
    shown = [*_conditions(scope, path, today, chosen), state.due_on <= ends[-1]]
    counted = _of(shown, week.label("week"), state.clock, func.count().label("count"))
    rows = pd.read_sql_query(counted.group_by(week, state.clock).order_by(week, state.clock), connection)
    rows.insert(2, "title", [RULES[clock].title if clock in RULES else clock for clock in rows["clock"]])
    return rows


def by_district(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> pd.DataFrame:
    """Admissions by the place where the branch stands, the most red ones first, whatever place is chosen.

    Columns: district_code, name, count, then a column a light.
    """
    everywhere = Chosen(None, chosen.sector, chosen.step, chosen.light)
    rows = pd.read_sql_query(
        _counted(scope, path, today, everywhere, organisation.c.district_code, place.c.name)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .group_by(organisation.c.district_code, place.c.name),
        connection,
    )
    rows["name"] = rows["name"].fillna("未填")
    return rows.sort_values(["red", "yellow", "count", "district_code"], ascending=[False, False, False, True], ignore_index=True)


def below(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, org_id: int) -> pd.DataFrame:
    """Admissions by the organisation right below the node (按隶属), where it stalls most first; `path` is that of `org_id`.

    Columns: org_code, name, kind, count, then a column a light, odd (applicants with odd records), longest (days at the present step). The
    node itself has a row where it is a branch.
    """
    state = admission_state.c
    extra = (count_if(state.oddities > 0).label("odd"), func.min(state.since).label("since"))
    counted = _counted(scope, path, today, chosen, organisation.c.path).add_columns(*extra).group_by(organisation.c.path)
    branches = pd.read_sql_query(counted, connection, parse_dates=["since"])
    depth = path.count("/") - 1  # where in a branch's path the organisation right below the node stands
    ways = branches["path"].str.strip("/").str.split("/")
    branches["org_id"] = pd.Series([way[min(depth, len(way) - 1)] for way in ways], index=branches.index, dtype="int64")
    sums = branches.groupby("org_id").agg({**dict.fromkeys(["count", *LIGHTS, "odd"], "sum"), "since": "min"}).reset_index()
    sums["longest"] = (pd.Timestamp(today) - sums["since"]).dt.days
    named = (organisation.c.org_id, organisation.c.org_code, organisation.c.name, organisation.c.kind)
    near = (organisation.c.superior_id == org_id) | (organisation.c.org_id == org_id)
    rows = pd.read_sql_query(select(*named).where(within(scope, organisation.c.path), near), connection).merge(sums, on="org_id")
    rows = rows.sort_values(["red", "yellow", "count", "org_code"], ascending=[False, False, False, True], ignore_index=True)
    return rows[["org_code", "name", "kind", "count", *LIGHTS, "odd", "longest"]]


def odd_count(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> int:
    """How many applicants have odd records, those with an application dated in the future included."""
    return connection.scalar(_of(_odd(scope, path, chosen), func.count())) or 0


def listed_count(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, odd: bool) -> int:
    """How many rows `listed` has on all its pages; none for readers who may not list people."""
    return connection.scalar(_of(_listed(scope, path, today, chosen, odd), func.count())) or 0


def listed(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, odd: bool, page: int) -> pd.DataFrame:
    """Applicants one by one: the worst light first, then the longest at their step; page `page` (from 1) of `PAGE` rows.

    With `odd` only those with odd records. Empty for readers who may not list people.
    Columns: applicant_id, person (in full or masked, as the scope says), org_code, org_name, district_name, sector_name, step, step_name,
    since, days (at the step; NaN where it lies ahead), clock, title (of the clock; None where none runs), due_on (NaT likewise),
    left (days until it runs out, negative once it has), light, oddities.
    """
    state = admission_state.c
    columns = (
        *(state[name] for name in ("applicant_id", "step", "since", "clock", "due_on", "light", "oddities")),
        applicant.c.name.label("person"),
        organisation.c.org_code,
        organisation.c.name.label("org_name"),
        place.c.name.label("district_name"),
        sector.c.name.label("sector_name"),
    )
    query = (
        _of(_listed(scope, path, today, chosen, odd), *columns)
        .join(applicant, applicant.c.applicant_id == state.applicant_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .order_by(_SEVERITY, state.since, state.applicant_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = pd.read_sql_query(query, connection, parse_dates=["since", "due_on"])
    day = pd.Timestamp(today)
    rows["person"] = as_seen(scope, rows["person"])
    rows["step_name"] = [STEPS[step].name if step in STEPS else step for step in rows["step"]]
    rows["days"] = (day - rows["since"]).dt.days.where(rows["since"] <= day)
    rows["left"] = (rows["due_on"] - day).dt.days
    rows["title"] = [RULES[clock].title if clock in RULES else None for clock in rows["clock"]]
    return rows


def _counted(scope: Scope, path: str, today: date, chosen: Chosen, *keys: ColumnElement) -> Select:
    """Columns: *keys, count, then a column a light; the caller groups."""
    lights = [count_if(admission_state.c.light == light).label(light) for light in LIGHTS]
    return _of(_conditions(scope, path, today, chosen), *keys, func.count().label("count"), *lights)


def _of(conditions: Iterable[ColumnElement[bool]], *columns: ColumnElement) -> Select:
    return (
        select(*columns)
        .select_from(admission_state)
        .join(organisation, organisation.c.org_id == admission_state.c.org_id)
        .where(*conditions)
    )


def _listed(scope: Scope, path: str, today: date, chosen: Chosen, odd: bool) -> list[ColumnElement[bool]]:
    """What a list holds: nobody for readers who may not list people."""
    if not scope.lists_members:
        return [false()]
    return _odd(scope, path, chosen) if odd else _conditions(scope, path, today, chosen)


def _odd(scope: Scope, path: str, chosen: Chosen) -> list[ColumnElement[bool]]:
    return [*_chosen(scope, path, chosen), admission_state.c.oddities > 0]


def _conditions(scope: Scope, path: str, today: date, chosen: Chosen) -> list[ColumnElement[bool]]:
    return [*_chosen(scope, path, chosen), admission_state.c.since <= today]


def _chosen(scope: Scope, path: str, chosen: Chosen) -> list[ColumnElement[bool]]:
    given = {
        organisation.c.district_code: chosen.place,
        organisation.c.sector: chosen.sector,
        admission_state.c.step: chosen.step,
        admission_state.c.light: chosen.light,
    }
    here = and_(within(scope, organisation.c.path), beneath(path, organisation.c.path))
    return [here, *(column == code for column, code in given.items() if code)]
