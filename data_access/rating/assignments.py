"""Rating the assignments of tasks: progress against plan, and the light of each, written to assignment_state."""

from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, delete, select

from data_access import bulk
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.counting.reading import Reading
from data_access.rating import facts
from data_access.schema.organisations import organisation
from data_access.schema.ratings import assignment_state
from data_access.schema.records import assignment, progress_report, task, task_milestone
from domain.settings import Settings
from domain.tasks import assignment_states
from domain.vocabulary import Source

Progress = Callable[[str], None]

WRITTEN = ["assignment_id", "planned", "progress", "reported_on", "finished_on", "days_late", "light", "since"]


def rate_assignments(reading: Reading, progress: Progress) -> None:
    """Rate every assignment anew."""
    connection, today, settings = reading.connection, reading.today, reading.settings
    connection.execute(delete(assignment_state))
    ids = pd.Series(connection.scalars(select(assignment.c.org_id).distinct().order_by(assignment.c.org_id)).all(), dtype="int64")
    marks, milestones = facts.unknown(connection, Source.TASKS), milestones_of_tasks(connection)
    for first, last in facts.portions(ids):
        progress(f"评定任务进度 {int((ids < first).sum())}/{len(ids)}")
        states = states_of(connection, first, last, milestones, marks, today, settings)
        bulk.insert(connection, assignment_state, states[WRITTEN].sort_values("assignment_id"))


def milestones_of_tasks(connection: Connection) -> pd.DataFrame:
    """Return the milestones of all tasks: task_id, due_on, percent."""
    columns = task_milestone.c
    query = select(columns.task_id, day_number(columns.due_on).label("due_on"), columns.percent).order_by(columns.task_id, columns.due_on)
    return frame(connection, query, days=("due_on",))


def states_of(
    connection: Connection, first: int, last: int, milestones: pd.DataFrame, marks: pd.DataFrame, today: date, settings: Settings
) -> pd.DataFrame:
    """Return the assignments of the organisations with ids from `first` to `last`: their rows, and what `assignment_states` adds.

    Columns: those of `domain.tasks.assignment_states`, and task_id, org_id, member_id (Int64), title, start_on, due_on, dissolved_on.
    """
    columns = assignment.c
    given = frame(
        connection,
        select(
            columns.assignment_id,
            columns.task_id,
            columns.org_id,
            columns.member_id,
            task.c.title,
            day_number(columns.start_on).label("start_on"),
            day_number(columns.due_on).label("due_on"),
            day_number(organisation.c.dissolved_on).label("dissolved_on"),
        )
        .join_from(assignment, task, task.c.task_id == columns.task_id)
        .join(organisation, organisation.c.org_id == columns.org_id)
        .where(columns.org_id.between(first, last))
        .order_by(columns.assignment_id),
        days=("start_on", "due_on", "dissolved_on"),
        optional=("member_id",),
    )
    report = progress_report.c
    reports = frame(
        connection,
        select(report.assignment_id, day_number(report.reported_on).label("reported_on"), report.percent)
        .join_from(progress_report, assignment, columns.assignment_id == report.assignment_id)
        .where(columns.org_id.between(first, last))
        .order_by(report.assignment_id, report.reported_on, report.entry),
        days=("reported_on",),
    )
    states = assignment_states(given, milestones, reports, marks, today, settings)
    return given.merge(states, on="assignment_id")
