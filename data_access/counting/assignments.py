"""Assignments with their plans and reports, ready to be asked about any day."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Connection, or_, select

from data_access.counting.membership import ever_in
from data_access.counting.numbers import dated, day_number, numbers
from data_access.schema.records import assignment, progress_report, task_milestone
from domain.reported import Reported
from domain.tasks import Plan


@dataclass(frozen=True)
class Assignments:
    """All assignments by id, the plan of each and what was reported of each, in one order.

    `rows` has columns: assignment_id, task_id, org_id, member_id (NaN where nobody was named), weight, start_on, due_on.
    """

    rows: pd.DataFrame
    plan: Plan
    reported: Reported

    @classmethod
    def read(
        cls,
        connection: Connection,
        *,
        org_id: int | None = None,
        member_id: int | None = None,
        task_id: int | None = None,
        around: int | None = None,
        among: Sequence[int] | None = None,
    ) -> "Assignments":
        """Read every assignment, milestone and report; with an id, those of one organisation, member or task.

        `around` a branch are its own, and those of its members elsewhere; `among` are those of several organisations.
        """
        columns = assignment.c
        given = ((columns.org_id, org_id), (columns.member_id, member_id), (columns.task_id, task_id))
        chosen: list[ColumnElement[bool]] = [column == number for column, number in given if number is not None]
        if among is not None:
            chosen.append(columns.org_id.in_(among))
        if around is not None:
            chosen.append(or_(columns.org_id == around, columns.member_id.in_(ever_in(around))))
        query = (
            select(
                columns.assignment_id,
                columns.task_id,
                columns.org_id,
                columns.member_id,
                columns.weight,
                day_number(columns.start_on).label("start_on"),
                day_number(columns.due_on).label("due_on"),
            )
            .where(*chosen)
            .order_by(columns.assignment_id)
        )
        whole = dict.fromkeys(("assignment_id", "task_id", "org_id"), "int64")
        rows = _dated(numbers(connection, query, whole), "start_on", "due_on")
        report = progress_report.c
        told = select(report.assignment_id, day_number(report.reported_on).label("reported_on"), report.percent)
        if chosen:
            told = told.where(report.assignment_id.in_(select(columns.assignment_id).where(*chosen)))
        told = told.order_by(report.assignment_id, report.reported_on, report.entry)
        reports = numbers(connection, told, {"assignment_id": "int64", "reported_on": "int32", "percent": "int16"})
        milestone = task_milestone.c
        points = select(milestone.task_id, day_number(milestone.due_on).label("due_on"), milestone.percent)
        if chosen:
            points = points.where(milestone.task_id.in_(select(columns.task_id).where(*chosen)))
        milestones = numbers(connection, points, {"task_id": "int64", "percent": "int64"})
        return cls(
            rows,
            Plan.drawn(rows, _dated(milestones, "due_on")),
            Reported.of(rows["assignment_id"], _dated(reports, "reported_on")),
        )


def last_of_day() -> ColumnElement[bool]:
    """Return the condition that a row of `progress_report` counts, being the last entry of its day. It looks every row up: for few rows."""
    report, later = progress_report.c, progress_report.alias("later").c
    same_day = (later.assignment_id == report.assignment_id, later.reported_on == report.reported_on)
    return ~select(later.entry).where(*same_day, later.entry > report.entry).correlate(progress_report).exists()


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.assign(**{name: dated(frame[name]) for name in columns})
