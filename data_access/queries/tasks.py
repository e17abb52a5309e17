"""Tasks (挂图作战): progress against plan by task, district and responsible unit; one task's burn-up.

A node above branches is read from the rolled-up `task_figure`; a branch from its own assignments.
"""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Select, Subquery, and_, case, func, select, true, union_all
from sqlalchemy.sql.elements import ColumnElement

from data_access.queries import tasks_then
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation
from data_access.schema.places import place
from data_access.schema.ratings import assignment_state, task_figure
from data_access.schema.records import assignment, progress_report, task
from data_access.scoping import right_below, within
from domain.progress import COUNTS, against_plan
from domain.scope import Scope
from domain.tasks import planned_progress
from domain.vocabulary import Light, OrgKind, Term

ALL_DISTRICTS = ""
_UNIT = ("org_code", "name", "kind")
_TASK = ("task_code", "title", "category", "start_on", "due_on")
_SUMS = ("assignments", "weight", "planned_points", "progress_points", "finished", "green", "yellow", "red", "grey")


@dataclass(frozen=True)
class Task:
    """One task as it was issued."""

    task_code: str
    title: str
    category: str
    start_on: date
    due_on: date
    issuer: str


class Stage(Term):
    """Which tasks a board is about: those under way, or those past their end that somebody still owes."""

    CURRENT = "current", "在办"
    OVERDUE = "overdue", "逾期未清"


@dataclass(frozen=True)
class Chosen:
    """What of the tasks a page shows on `today`; None shows all. Plain values, so that they can be part of a cache key."""

    today: date
    stage: Stage | None = None
    task: str | None = None  # task_code
    district: str | None = None
    category: str | None = None
    light: str | None = None  # of assignments
    due_by: date | None = None  # assignments due from today to this day
    past: bool = False  # `today` is the end of a past quarter


def standing(connection: Connection, scope: Scope, org_id: int, chosen: Chosen) -> pd.DataFrame:
    """Where every task stands at and below an organisation, one row a task and district, in the order of due dates.

    Columns: task_code, title, category, start_on, due_on, district_code, district_name, assignments, weight, planned_points and
    progress_points (Σ percent × weight), finished, green, yellow, red, grey (assignments by light).
    Of `chosen`, stage, task, district and category count.
    """
    if chosen.past:
        return _standing_then(connection, scope, org_id, chosen)
    latest = _latest(scope, organisation.c.org_id == org_id, chosen)
    sums = (latest.c[name] for name in _SUMS)
    return pd.read_sql_query(
        select(*(task.c[name] for name in _TASK), latest.c.district_code, place.c.name.label("district_name"), *sums)
        .join_from(latest, task, task.c.task_id == latest.c.task_id)
        .outerjoin(place, place.c.code == latest.c.district_code)
        .order_by(task.c.due_on, task.c.task_code, latest.c.district_code),
        connection,
        parse_dates=["start_on", "due_on"],
    )


def war_map(connection: Connection, scope: Scope, org_id: int, chosen: Chosen, rows: str) -> pd.DataFrame:
    """Tasks, or their categories, by district, with the line of all districts, as the map of tasks shows them.

    `rows` is "task" or "category". What most districts have stands first, then what is due first.
    Columns: row (task's code or category), title, note (due date or count of tasks, in words), district ("" for all), name, then those
    of `progress.against_plan`. Of `chosen`, stage and category count: the map shows a chosen task or district among the others.
    """
    told = standing(connection, scope, org_id, replace(chosen, task=None, district=None))
    told["district_name"] = told["district_name"].fillna("未填")
    key = {"task": "task_code", "category": "category"}[rows]
    heads = told.groupby(key, as_index=False).agg(
        title=("title", "first"), tasks=("task_code", "nunique"), places=("district_code", "nunique"), due_on=("due_on", "min")
    )
    heads["note"] = [f"{due:%m-%d} 到期" for due in heads["due_on"]]
    if rows == "category":
        heads["title"], heads["note"] = heads[key], [f"{tasks} 项任务" for tasks in heads["tasks"]]
    cells = pd.concat([told.assign(district_code=ALL_DISTRICTS, district_name="合计"), told])
    cells = against_plan(cells, [key, "district_code", "district_name"], settings(connection, scope)).merge(heads, on=key)
    cells = cells.sort_values(["places", "due_on", key, "district_code"], ascending=[False, True, True, True], ignore_index=True)
    cells = cells.rename(columns={key: "row", "district_code": "district", "district_name": "name"})
    return cells[["row", "title", "note", "district", "name", "value", "plan", "lead", "light", *COUNTS]]


def totals(connection: Connection, scope: Scope, org_id: int, chosen: Chosen) -> pd.DataFrame:
    """All chosen assignments in one row: the columns of `progress.against_plan` and tasks (how many). Empty where there are none."""
    rows = standing(connection, scope, org_id, chosen).assign(all="")
    return against_plan(rows, ["all"], settings(connection, scope)).assign(tasks=rows["task_code"].nunique())


def by_task(connection: Connection, scope: Scope, org_id: int, chosen: Chosen) -> pd.DataFrame:
    """Every task in one row, the furthest behind first, of equals the latest due.

    Columns: those of `standing` that name the task, and those of `progress.against_plan`.
    """
    rows = against_plan(standing(connection, scope, org_id, chosen), list(_TASK), settings(connection, scope))
    return rows.sort_values(["lead", "due_on", "task_code"], ascending=[True, False, True], ignore_index=True)


def units(connection: Connection, scope: Scope, org_id: int, chosen: Chosen) -> pd.DataFrame:
    """How far the organisations right below this one (按隶属) are with the chosen tasks, the furthest before plan first.

    Columns: rank (1, 2, 2, 4), org_code, name, kind, then those of `progress.against_plan`. Of `chosen`, task, district and category count.
    """
    if chosen.past:
        rows = _then(connection, scope, right_below(scope, org_id), chosen)
        named = pd.read_sql_query(select(organisation.c.org_id, *(organisation.c[name] for name in _UNIT)), connection)
        rows = rows.merge(named, on="org_id").sort_values("org_code", ignore_index=True)
    else:
        latest = _latest(scope, right_below(scope, org_id), chosen)
        rows = pd.read_sql_query(
            select(*(organisation.c[name] for name in _UNIT), *(latest.c[name] for name in _SUMS))
            .join_from(latest, organisation, organisation.c.org_id == latest.c.org_id)
            .order_by(organisation.c.org_code),
            connection,
        )
    standings = against_plan(rows, list(_UNIT), settings(connection, scope))
    standings.insert(0, "rank", standings["lead"].rank(method="min", ascending=False))
    return standings.sort_values(["rank", "org_code"], ignore_index=True)


def details(connection: Connection, scope: Scope, task_code: str) -> Task | None:
    """Return a task by its code; None where there is none, or none with an assignment inside the scope."""
    inside = (
        select(assignment.c.assignment_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(assignment.c.task_id == task.c.task_id, within(scope, organisation.c.path))
    )
    issuer = organisation.alias("issuer")
    found = connection.execute(
        select(*(task.c[name] for name in _TASK), issuer.c.name.label("issuer"))
        .join_from(task, issuer, issuer.c.org_id == task.c.issuer_id)
        .where(task.c.task_code == task_code, inside.exists())
    ).one_or_none()
    return None if found is None else Task(**found._mapping)


def burn_up(connection: Connection, scope: Scope, org_id: int, kind: str, task_code: str, today: date) -> pd.DataFrame:
    """One task's progress against its plan by week, at and below an organisation; the plan goes on to the task's end.

    Columns: week (datetime64, its last day or today), plan and value (percent; value is NaN after today), in order. For a branch the
    weeks are counted back from today, from its own reports.
    """
    found = details(connection, scope, task_code)
    if found is None:
        return pd.DataFrame({"week": pd.to_datetime([]), "plan": [], "value": []})
    read = _branch_weeks if kind == OrgKind.BRANCH else _node_weeks
    weeks = read(connection, scope, org_id, found, today)
    if len(weeks) and found.due_on > today:
        end = pd.DataFrame({"week": [pd.Timestamp(found.due_on)], "plan": [100.0], "value": [float("nan")]})
        weeks = pd.concat([weeks, end], ignore_index=True)
    return weeks


def _node_weeks(connection: Connection, scope: Scope, org_id: int, found: Task, today: date) -> pd.DataFrame:
    rows = pd.read_sql_query(
        select(task_figure.c.week, *(func.sum(task_figure.c[name]).label(name) for name in ("weight", "planned_points", "progress_points")))
        .join_from(task_figure, task, task.c.task_id == task_figure.c.task_id)
        .join(organisation, organisation.c.org_id == task_figure.c.org_id)
        .where(
            task.c.task_code == found.task_code,
            task_figure.c.org_id == org_id,
            task_figure.c.week <= today,
            within(scope, organisation.c.path),
        )
        .group_by(task_figure.c.week)
        .order_by(task_figure.c.week),
        connection,
        parse_dates=["week"],
    )
    whole = rows["weight"].astype(float)
    return pd.DataFrame({"week": rows["week"], "plan": rows["planned_points"] / whole, "value": rows["progress_points"] / whole})


def _branch_weeks(connection: Connection, scope: Scope, org_id: int, found: Task, today: date) -> pd.DataFrame:
    own = pd.read_sql_query(
        select(*(assignment.c[name] for name in ("assignment_id", "task_id", "start_on", "due_on", "weight")))
        .join_from(assignment, task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(task.c.task_code == found.task_code, assignment.c.org_id == org_id, within(scope, organisation.c.path)),
        connection,
        parse_dates=["start_on", "due_on"],
    )
    if own.empty or own["start_on"].min() > pd.Timestamp(today):
        return pd.DataFrame({"week": pd.to_datetime([]), "plan": [], "value": []})
    milestones = tasks_then.milestones_of(connection, own["task_id"].unique().tolist())
    reports = pd.read_sql_query(
        select(progress_report.c.assignment_id, progress_report.c.reported_on.label("week"), progress_report.c.percent)
        .where(progress_report.c.assignment_id.in_(own["assignment_id"].tolist()), progress_report.c.reported_on <= today)
        .order_by(progress_report.c.reported_on, progress_report.c.entry),
        connection,
        parse_dates=["week"],
    )
    reports = reports.astype({"assignment_id": "int64", "percent": float})  # where nothing was ever reported, columns have no type
    first, last = own["start_on"].min(), pd.Timestamp(today)
    weeks = {first, *(last - pd.Timedelta(weeks=back) for back in range((last - first).days // 7 + 1))}
    grid = own.merge(pd.DataFrame({"week": sorted(weeks)}), how="cross").sort_values("week", ignore_index=True)
    told = pd.merge_asof(grid, reports.astype({"week": grid["week"].dtype}), on="week", by="assignment_id")
    told["value"] = told["percent"].fillna(0) * told["weight"]
    told["plan"] = planned_progress(told, milestones, told["week"]) * told["weight"]
    sums = told.groupby("week")[["plan", "value", "weight"]].sum().reset_index()
    return sums.assign(plan=sums["plan"] / sums["weight"], value=sums["value"] / sums["weight"])[["week", "plan", "value"]]


def _standing_then(connection: Connection, scope: Scope, org_id: int, chosen: Chosen) -> pd.DataFrame:
    """The columns of `standing`, at the end of a past day."""
    rows = _then(connection, scope, organisation.c.org_id == org_id, chosen)
    known = pd.read_sql_query(select(task.c.task_id, *(task.c[name] for name in _TASK)), connection, parse_dates=["start_on", "due_on"])
    places = dict(connection.execute(select(place.c.code, place.c.name)).all())
    told = rows.merge(known, on="task_id").assign(district_name=lambda frame: frame["district_code"].map(places))
    told = told.sort_values(["due_on", "task_code", "district_code"], ignore_index=True)
    return told[[*_TASK, "district_code", "district_name", *_SUMS]]


def _then(connection: Connection, scope: Scope, which: ColumnElement[bool], chosen: Chosen) -> pd.DataFrame:
    rows = tasks_then.sums(connection, scope, which, chosen.today, of_task(chosen), chosen.district)
    return rows[rows["finished"] < rows["assignments"]] if chosen.stage is Stage.OVERDUE else rows


def _latest(scope: Scope, which: ColumnElement[bool], chosen: Chosen) -> Subquery:
    """Sums of the organisations that are `which`, inside the scope, by chosen task and district, on the as-of date."""
    inside = and_(within(scope, organisation.c.path), which)
    nodes = select(organisation.c.org_id).where(inside, organisation.c.kind != OrgKind.BRANCH)
    # Named tasks let the database walk the key (task, organisation) instead of the whole table.
    wanted = task_figure.c.task_id.in_(select(task.c.task_id).where(*of_task(chosen)))
    rolled = select(*(task_figure.c[name] for name in ("task_id", "org_id", "district_code", *_SUMS))).where(
        wanted, task_figure.c.org_id.in_(nodes), task_figure.c.week == chosen.today, *of_district(task_figure.c.district_code, chosen)
    )
    both = union_all(rolled, _own(inside, chosen)).subquery()
    unsettled = both.c.finished < both.c.assignments if chosen.stage is Stage.OVERDUE else true()
    return select(both).where(unsettled).subquery()


def _own(inside: ColumnElement[bool], chosen: Chosen) -> Select:
    """The same sums over branches' own assignments."""
    state, given = assignment_state.c, assignment.c
    return (
        select(
            given.task_id,
            given.org_id,
            organisation.c.district_code,
            func.count().label("assignments"),
            func.sum(given.weight).label("weight"),
            func.sum(state.planned * given.weight).label("planned_points"),
            func.sum(func.coalesce(state.progress, 0) * given.weight).label("progress_points"),
            func.count(state.finished_on).label("finished"),
            *(
                func.sum(case((state.light == colour.value, 1), else_=0)).label(colour.value)
                for colour in (Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)
            ),
        )
        .join_from(assignment, assignment_state, state.assignment_id == given.assignment_id)
        .join(task, task.c.task_id == given.task_id)
        .join(organisation, organisation.c.org_id == given.org_id)
        .where(inside, organisation.c.kind == OrgKind.BRANCH, *of_task(chosen), *of_district(organisation.c.district_code, chosen))
        .group_by(given.task_id, given.org_id, organisation.c.district_code)
    )


def of_task(chosen: Chosen) -> list[ColumnElement[bool]]:
    """Return the conditions on `task` that the choice makes."""
    conditions = []
    if chosen.stage is Stage.CURRENT:
        conditions += [task.c.start_on <= chosen.today, task.c.due_on >= chosen.today]
    if chosen.stage is Stage.OVERDUE:
        conditions.append(task.c.due_on < chosen.today)
    if chosen.task:
        conditions.append(task.c.task_code == chosen.task)
    if chosen.category:
        conditions.append(task.c.category == chosen.category)
    return conditions


def of_district(column: ColumnElement[str], chosen: Chosen) -> list[ColumnElement[bool]]:
    """Return the condition on a district's code that the choice makes."""
    return [column == chosen.district] if chosen.district else []
