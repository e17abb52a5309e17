"""Tasks as they stood at the end of a past day: organisations above branches from what was rolled up by week, branches from their reports.

What single assignments showed is not kept, so counts of lights are 0 here and pages leave them out.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.schema.organisations import organisation
from data_access.schema.ratings import task_figure
from data_access.schema.records import assignment, progress_report, task, task_milestone
from data_access.scoping import within
from domain.scope import Scope
from domain.tasks import planned_progress
from domain.vocabulary import Light, OrgKind

_KEYS = ("task_id", "org_id", "district_code")
_SUMS = ("assignments", "weight", "planned_points", "progress_points", "finished")


def sums(
    connection: Connection,
    scope: Scope,
    which: ColumnElement[bool],
    day: date,
    tasks: Sequence[ColumnElement[bool]],
    district: str | None,
) -> pd.DataFrame:
    """Sum the assignments of the organisations that are `which`, inside the scope, of the `tasks` meant, as they stood on `day`.

    Columns: task_id, org_id, district_code, assignments, weight, planned_points, progress_points (Σ percent × weight), finished, and
    green, yellow, red, grey, which are 0. Weeks are rolled up to their Sunday, so a node stands as on the last one until `day`.
    """
    inside = and_(within(scope, organisation.c.path), which)
    rows = pd.concat([_rolled(connection, scope, inside, day, tasks), _own(connection, inside, day, tasks)], ignore_index=True)
    if district:
        rows = rows[rows["district_code"] == district]
    return rows.assign(**{light.value: 0 for light in Light})


def milestones_of(connection: Connection, task_ids: Sequence[int]) -> pd.DataFrame:
    """Return the milestones of these tasks: task_id, due_on, percent."""
    return pd.read_sql_query(
        select(task_milestone.c.task_id, task_milestone.c.due_on, task_milestone.c.percent).where(task_milestone.c.task_id.in_(task_ids)),
        connection,
        parse_dates=["due_on"],
        dtype={"percent": "int64"},
    )


def _rolled(
    connection: Connection, scope: Scope, inside: ColumnElement[bool], day: date, tasks: Sequence[ColumnElement[bool]]
) -> pd.DataFrame:
    """The last week until `day` of every task; the weeks of the scope's own root are those of all below it."""
    wanted = task_figure.c.task_id.in_(select(task.c.task_id).where(*tasks))
    last = (
        select(task_figure.c.task_id, func.max(task_figure.c.week).label("week"))
        .where(wanted, task_figure.c.org_id == scope.org_id, task_figure.c.week <= day)
        .group_by(task_figure.c.task_id)
        .subquery()
    )
    nodes = select(organisation.c.org_id).where(inside, organisation.c.kind != OrgKind.BRANCH)
    return pd.read_sql_query(
        select(*(task_figure.c[name] for name in (*_KEYS, *_SUMS)))
        .join_from(task_figure, last, and_(task_figure.c.task_id == last.c.task_id, task_figure.c.week == last.c.week))
        .where(wanted, task_figure.c.org_id.in_(nodes)),
        connection,
    )


def _own(connection: Connection, inside: ColumnElement[bool], day: date, tasks: Sequence[ColumnElement[bool]]) -> pd.DataFrame:
    """Branches' own assignments that had begun, each by its latest report until `day`; nothing reported counts as nothing done."""
    ours = [inside, organisation.c.kind == OrgKind.BRANCH, assignment.c.start_on <= day, *tasks]
    given = pd.read_sql_query(
        select(*(assignment.c[name] for name in ("assignment_id", "task_id", "org_id", "start_on", "due_on", "weight")))
        .add_columns(organisation.c.district_code)
        .join_from(assignment, task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(*ours),
        connection,
        parse_dates=["start_on", "due_on"],
    )
    if given.empty:
        return pd.DataFrame(columns=[*_KEYS, *_SUMS])
    report = progress_report.c
    latest = pd.read_sql_query(
        select(report.assignment_id, report.percent)
        .join_from(progress_report, assignment, assignment.c.assignment_id == report.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(*ours, report.reported_on <= day)
        .order_by(report.assignment_id, report.reported_on, report.entry),
        connection,
    ).drop_duplicates("assignment_id", keep="last")
    percent = given["assignment_id"].map(latest.set_index("assignment_id")["percent"]).fillna(0).astype(float)
    milestones = milestones_of(connection, given["task_id"].unique().tolist())
    planned = planned_progress(given, milestones, pd.Series(pd.Timestamp(day), index=given.index))
    rows = given.assign(
        assignments=1,
        planned_points=planned * given["weight"],
        progress_points=percent * given["weight"],
        finished=(percent == 100).astype(int),
    )
    return rows.groupby(list(_KEYS), as_index=False)[list(_SUMS)].sum()
