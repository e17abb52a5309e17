"""What happened in a month, counted by organisation: transfers, elections, admissions, assignments that fell due, scores."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, select

from data_access.counting.assignments import Assignments
from data_access.counting.months import Counted, month_code
from data_access.counting.numbers import count_if, month_number, numbers
from data_access.counting.organisations import alone, living
from data_access.counting.sources import unknown_in
from data_access.counting.terms import Terms
from data_access.schema.members import admission_step, applicant, member, membership, transfer
from data_access.schema.ratings import member_score, org_score
from domain.elections import ELECTED
from domain.period import Period
from domain.reported import days_since_1970
from domain.settings import Settings
from domain.vocabulary import Light, Part, Source

# The step whose day counts as the event. The application is dated by the applicant: the step may be missing.
STEPS = {"activist": "activists", "candidate": "candidates", "probation_vote": "new_probationary", "conversion_vote": "converted"}
EVENTS = (
    "transfers_in",
    "transfers_out",
    "applications",
    *STEPS.values(),
    "assignments_due",
    "assignments_done",
    "assignments_on_time",
    "elections_due",
    "elections_held",
    "elections_on_time",
)

SCORE_COUNTS = ("branches_rated", *(f"branches_{light.value}" for light in Light))
SCORE_SUMS = (
    "score_points",
    "score_members",
    *(f"{part.value}_{kind}" for part in Part for kind in ("points", "members")),
    "pioneer_points",
    "pioneer_members",
)


def events(connection: Connection, counted: Counted, assignments: Assignments, settings: Settings) -> pd.DataFrame:
    """Count every event of the counted quarters. Index: org_id, month (202611); columns: `EVENTS`."""
    pieces: list[pd.Series | pd.DataFrame] = [
        _dated(connection, transfer.c.to_org_id, transfer.c.finished_on, counted).rename("transfers_in"),
        _dated(connection, transfer.c.from_org_id, transfer.c.finished_on, counted).rename("transfers_out"),
        _dated(connection, applicant.c.org_id, applicant.c.applied_on, counted).rename("applications"),
        *(_reached(connection, step, counted).rename(name) for step, name in STEPS.items()),
        _fell_due(counted, assignments),
        elections(connection, counted, settings),
    ]
    return pd.concat(pieces, axis=1).reindex(columns=list(EVENTS)).fillna(0)


def _dated(connection: Connection, org_id: ColumnElement, day: ColumnElement, counted: Counted) -> pd.Series:
    month, (first, last) = month_number(day), counted.span
    query = (
        select(org_id.label("org_id"), month.label("month"), func.count().label("count"))
        .where(org_id.is_not(None), day.between(first, last), *alone(org_id, counted.branch))
        .group_by(org_id, month)
    )
    return _by_month(numbers(connection, query))["count"]


def _reached(connection: Connection, step: str, counted: Counted) -> pd.Series:
    """Count the applicants who reached a step, on the first day that it is recorded."""
    reached = (
        select(admission_step.c.applicant_id, func.min(admission_step.c.done_on).label("done_on"))
        .where(admission_step.c.step == step)
        .group_by(admission_step.c.applicant_id)
        .subquery()
    )
    month = month_number(reached.c.done_on)
    query = (
        select(applicant.c.org_id, month.label("month"), func.count().label("count"))
        .join_from(reached, applicant, applicant.c.applicant_id == reached.c.applicant_id)
        .where(reached.c.done_on.between(*counted.span), *alone(applicant.c.org_id, counted.branch))
        .group_by(applicant.c.org_id, month)
    )
    return _by_month(numbers(connection, query))["count"]


def _fell_due(counted: Counted, assignments: Assignments) -> pd.DataFrame:
    """Count the assignments whose last day has passed, those finished since, and those finished by that day.

    Organisations whose records of tasks are marked unknown in that month are left out.
    """
    rows, today = assignments.rows, np.datetime64(counted.today, "D").astype(np.int64)
    due = days_since_1970(rows["due_on"])
    finished = assignments.reported.finished(np.arange(len(rows)), np.full(len(rows), today))
    frame = pd.DataFrame(
        {
            "org_id": rows["org_id"],
            "month": rows["due_on"].dt.year * 100 + rows["due_on"].dt.month,
            "assignments_due": 1,
            "assignments_done": (finished <= today).astype(int),
            "assignments_on_time": (finished <= due).astype(int),
        }
    )
    spans = [Period.month(day.date()) for day in rows["due_on"].drop_duplicates()]
    unknown = {period.first.year * 100 + period.first.month: _unknown(counted, period) for period in set(spans)}
    known = [org_id not in unknown[month] for org_id, month in zip(frame["org_id"], frame["month"], strict=True)]
    return frame[(due < today) & np.array(known, dtype=bool)].groupby(["org_id", "month"]).sum()


def _unknown(counted: Counted, month: Period) -> set[int]:
    return unknown_in(counted.unknown, Source.TASKS, month.first, month.last)


def elections(connection: Connection, counted: Counted, settings: Settings) -> pd.DataFrame:
    """Count the terms that ended by the month of their end, extension included: those closed by an election, and those still open.

    A committee that was elected early counts once its predecessor's term has ended. Where a steward marks the elections unknown no
    term counts that ended in a marked month, nor one whose election may have been held in a marked one since.

    Index: org_id, month (202611); columns: elections_due (all of them), elections_held, elections_on_time.
    """
    today = pd.Timestamp(counted.today)
    terms = Terms.read(connection)
    found = counted.organisations
    elected = found[found["kind"].isin(ELECTED)]
    closed = terms.elections[(terms.elections["term_ended_on"] < today) & (terms.elections["held_on"] <= today)]
    closed = closed[closed["org_id"].isin(elected["org_id"])]
    held = pd.DataFrame(
        {
            "org_id": closed["org_id"],
            "ended": closed["term_ended_on"],
            "elections_held": 1,
            "elections_on_time": (closed["held_on"] <= closed["term_ended_on"]).astype(int),
        }
    )
    bound = elected.loc[living(elected, counted.today), "org_id"]
    ends = terms.ends(counted.today, settings)
    over = ends[ends.index.isin(bound) & (ends < today)]
    open_terms = pd.DataFrame({"org_id": over.index, "ended": over.to_numpy(), "elections_held": 0, "elections_on_time": 0})
    rows = pd.concat([held, open_terms], ignore_index=True).assign(elections_due=1)
    rows["month"] = rows["ended"].dt.year * 100 + rows["ended"].dt.month
    rows = rows[~_unheard(rows, counted)]
    return rows.drop(columns="ended").groupby(["org_id", "month"]).sum()


def _unheard(terms: pd.DataFrame, counted: Counted) -> pd.Series:
    """Say of which ended terms the elections are marked unknown: in the month of their end, or until today while they are open."""
    month = terms["ended"].dt.to_period("M")
    until = month.dt.end_time.where(terms["elections_held"] == 1, pd.Timestamp(counted.today))
    unheard = pd.Series(False, index=terms.index)
    marks = counted.unknown[counted.unknown["source"] == Source.ELECTIONS]
    for org_id, begins, ends in zip(marks["org_id"], marks["from_on"], marks["to_on"], strict=True):
        over = (until >= pd.Timestamp(begins)) & (month.dt.start_time <= pd.Timestamp(ends or counted.today))
        unheard |= (terms["org_id"] == org_id) & over
    return unheard


def _by_month(found: pd.DataFrame) -> pd.DataFrame:
    return found.astype(np.int64).set_index(["org_id", "month"])


def scores(connection: Connection, branch: int | None = None) -> pd.DataFrame:
    """Sum what the scores of all, or of one branch, add to figures.

    Index: org_id, period (a quarter); columns: `SCORE_COUNTS`, `SCORE_SUMS`.
    """
    rated = pd.read_sql_query(
        select(
            org_score.c.org_id,
            org_score.c.period,
            org_score.c.members,
            org_score.c.total,
            org_score.c.light,
            *(org_score.c[part] for part in Part),
        )
        .where(*alone(org_score.c.org_id, branch))
        .order_by(org_score.c.org_id, org_score.c.period),
        connection,
    )
    standing = rated["total"].notna()
    columns: dict[str, pd.Series] = {"branches_rated": standing.astype(int)}
    columns |= {f"branches_{light.value}": (rated["light"] == light).astype(int) for light in Light}
    columns["score_points"] = (rated["total"] * rated["members"]).round(1)
    columns["score_members"] = rated["members"].where(standing)
    for part in Part:
        columns[f"{part.value}_points"] = (rated[part.value] * rated["members"]).round(6)
        columns[f"{part.value}_members"] = rated["members"].where(rated[part.value].notna())
    frame = pd.DataFrame(columns).set_index(pd.MultiIndex.from_frame(rated[["org_id", "period"]]))
    own = pd.read_sql_query(
        select(
            member_score.c.org_id,
            member_score.c.period,
            func.sum(member_score.c.total).label("pioneer_points"),
            func.count(member_score.c.total).label("pioneer_members"),
        )
        .where(member_score.c.total.is_not(None), *alone(member_score.c.org_id, branch))
        .group_by(member_score.c.org_id, member_score.c.period),
        connection,
    )
    return frame.join(own.set_index(["org_id", "period"]).round(1), how="outer")


def away(connection: Connection, today: date, branch: int | None = None) -> pd.DataFrame:
    """Count the floating (流动) and the lost (失联) members of today, of all or of one branch. Index: org_id; columns: floating, lost."""
    here = and_(membership.c.from_on <= today, membership.c.to_on.is_(None) | (membership.c.to_on >= today))
    query = (
        select(membership.c.org_id, count_if(member.c.floating).label("floating"), count_if(member.c.lost_contact).label("lost"))
        .join_from(membership, member, member.c.member_id == membership.c.member_id)
        .where(here, *alone(membership.c.org_id, branch))
        .group_by(membership.c.org_id)
    )
    return numbers(connection, query).astype(np.int64).set_index("org_id")


def in_period(found: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Sum the events of a period's months. Index: org_id."""
    months = [month_code(month) for month in period.split_months()]
    return found[found.index.get_level_values("month").isin(months)].groupby(level="org_id").sum()
