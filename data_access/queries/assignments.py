"""Assignments (任务分解): who is behind with what, what falls due, and one branch's own. Lists are pages of at most `PAGE` rows.

Names of the responsible are shown as the scope says.
"""

import pandas as pd
from sqlalchemy import Connection, Select, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.queries.tasks import Chosen, of_district, of_task
from data_access.schema.members import member
from data_access.schema.organisations import organisation
from data_access.schema.places import place
from data_access.schema.ratings import assignment_state
from data_access.schema.records import assignment, task
from data_access.scoping import as_seen, beneath, within
from domain.scope import Scope
from domain.vocabulary import Light

PAGE = 50


def listed(connection: Connection, scope: Scope, path: str, chosen: Chosen, page: int) -> pd.DataFrame:
    """Unfinished assignments at and below `path`, the furthest behind plan first, those without data last: page `page` (from 1) of `PAGE`
    rows.

    Columns: assignment_id, task_code, title, org_code, org_name, district_name, responsible (name as the scope shows it; None where
        nobody was named or persons are not shown), due_on, planned, progress (percent; NaN where nothing was reported), gap (points behind
    plan; NaN where the records are marked unknown), days_left (negative: overdue), reported_on, light, since.
    """
    state = assignment_state.c
    gap = case((state.light != Light.GREY, state.planned - func.coalesce(state.progress, 0)))
    rows = pd.read_sql_query(
        _open(
            scope,
            path,
            chosen,
            assignment.c.assignment_id,
            task.c.task_code,
            task.c.title,
            organisation.c.org_code,
            organisation.c.name.label("org_name"),
            place.c.name.label("district_name"),
            member.c.name.label("responsible"),
            assignment.c.due_on,
            *(assignment_state.c[name] for name in ("planned", "progress", "reported_on", "light", "since")),
            gap.label("gap"),
        )
        .order_by(gap.is_(None), gap.desc(), assignment.c.due_on, assignment.c.assignment_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE),
        connection,
        parse_dates=["due_on", "reported_on", "since"],
    )
    rows["responsible"] = as_seen(scope, rows["responsible"])
    rows = rows.astype({"progress": float, "gap": float})
    rows["days_left"] = (rows["due_on"] - pd.Timestamp(chosen.today)).dt.days
    return rows


def of_branch(connection: Connection, scope: Scope, org_id: int, chosen: Chosen | None = None) -> pd.DataFrame:
    """A branch's own assignments, those `chosen` (by task and light) or all, unfinished ones first, the furthest behind plan on top.

    Columns: task_code, title, category, due_on, planned, progress (percent; NaN where nothing was reported), finished_on, days_late, light,
    responsible (name as the scope shows it).
    """
    state = assignment_state.c
    rows = pd.read_sql_query(
        select(
            task.c.task_code,
            task.c.title,
            task.c.category,
            assignment.c.due_on,
            *(state[name] for name in ("planned", "progress", "finished_on", "days_late", "light")),
            member.c.name.label("responsible"),
        )
        .join_from(assignment_state, assignment, assignment.c.assignment_id == state.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .outerjoin(member, member.c.member_id == assignment.c.member_id)
        .where(assignment.c.org_id == org_id, within(scope, organisation.c.path), *_chosen(chosen))
        .order_by(
            state.finished_on.is_not(None),
            (state.planned - func.coalesce(state.progress, 0)).desc(),
            assignment.c.due_on.desc(),
            assignment.c.assignment_id,
        ),
        connection,
        parse_dates=["due_on", "finished_on"],
    )
    rows["responsible"] = as_seen(scope, rows["responsible"])
    rows["progress"] = rows["progress"].astype(float)
    return rows


def count(connection: Connection, scope: Scope, path: str, chosen: Chosen) -> int:
    """How many rows `listed` has on all its pages."""
    return connection.execute(_open(scope, path, chosen, func.count())).scalar_one()


def due_soon(connection: Connection, scope: Scope, path: str, chosen: Chosen) -> pd.DataFrame:
    """The unfinished assignments due from today to `chosen.due_by`, summed by task in the order of their due dates.

    Columns: task_code, title, due_on, assignments, progress (mean percent, what was never reported counted as 0), red, yellow.
    """
    colours = {colour.value: func.sum(case((assignment_state.c.light == colour.value, 1), else_=0)) for colour in (Light.RED, Light.YELLOW)}
    return pd.read_sql_query(
        _open(
            scope,
            path,
            chosen,
            task.c.task_code,
            task.c.title,
            func.min(assignment.c.due_on).label("due_on"),
            func.count().label("assignments"),
            func.avg(func.coalesce(assignment_state.c.progress, 0)).label("progress"),
            *(total.label(name) for name, total in colours.items()),
        )
        .group_by(task.c.task_code, task.c.title)
        .order_by(func.min(assignment.c.due_on), task.c.task_code),
        connection,
        parse_dates=["due_on"],
    )


def _chosen(chosen: Chosen | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a choice makes on tasks and on the light of an assignment."""
    if chosen is None:
        return []
    return [*of_task(chosen), *([assignment_state.c.light == chosen.light] if chosen.light else [])]


def _open(scope: Scope, path: str, chosen: Chosen, *columns: ColumnElement) -> Select:
    """Unfinished assignments that were chosen, at and below `path`, with everything they refer to; a dissolved organisation owes none."""
    conditions = [
        within(scope, organisation.c.path),
        beneath(path, organisation.c.path),
        assignment_state.c.finished_on.is_(None),
        or_(organisation.c.dissolved_on.is_(None), organisation.c.dissolved_on > chosen.today),
        assignment.c.start_on <= chosen.today,
        *of_district(organisation.c.district_code, chosen),
        *_chosen(chosen),
    ]
    if chosen.due_by:
        conditions.append(assignment.c.due_on.between(chosen.today, chosen.due_by))
    return (
        select(*columns)
        .select_from(assignment_state)
        .join(assignment, assignment.c.assignment_id == assignment_state.c.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .outerjoin(member, member.c.member_id == assignment.c.member_id)
        .where(*conditions)
    )
