"""Meetings, dues, study and service, counted by organisation and month; those of one `branch` where its id is given."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, false, func, or_, select

from data_access.counting.meetings import none_of
from data_access.counting.numbers import count_if, month_number, numbers, sum_if
from data_access.counting.organisations import alone, number
from data_access.schema.organisations import organisation
from data_access.schema.records import course, dues, meeting, service_record, study_record
from domain.index.quarters import RatedQuarter

SOUND_DUES = (dues.c.due_cents >= 0) & (dues.c.paid_cents >= 0)  # others cannot be, and count nowhere
# A month's dues are paid when nothing of them is open; on time, when that was so by the month's end.
_PAID = dues.c.paid_cents >= dues.c.due_cents
PAID_ON_TIME = _PAID & ((dues.c.due_cents == 0) | (month_number(dues.c.paid_on) <= dues.c.month))

_WHOLE = dict.fromkeys(
    ("org_id", "month", "course_id", "study_finished", "expected", "attended", "dues_members", "dues_paid_members", "dues_on_time"), "int32"
) | {"study_minutes": "int32", "service_records": "int32", "service_minutes": "int32", "dues_cents": "int64", "dues_paid_cents": "int64"}


def paid_by(today: date) -> ColumnElement[bool]:
    """Return the condition that nothing of a month's dues is open today: a payment dated in the future is none."""
    return _PAID & ((dues.c.due_cents == 0) | _made_by(today))


def _made_by(today: date) -> ColumnElement[bool]:
    return dues.c.paid_on.is_(None) | (dues.c.paid_on <= today)


def meetings(connection: Connection, first: date, last: date, branch: int | None = None, odd: Sequence[int] = ()) -> pd.DataFrame:
    """Count the people at meetings held from `first` to `last`, but for the `odd` ones.

    Columns: org_id, month (202611), expected, attended.
    """
    month = month_number(meeting.c.held_on)
    query = (
        select(
            meeting.c.org_id,
            month.label("month"),
            func.sum(meeting.c.expected).label("expected"),
            func.sum(meeting.c.attended).label("attended"),
        )
        .where(meeting.c.held_on.between(first, last), *alone(meeting.c.org_id, branch), *none_of(odd))
        .group_by(meeting.c.org_id, month)
    )
    return numbers(connection, query, _WHOLE)


def dues_by_month(connection: Connection, first: date, last: date, branch: int | None = None) -> pd.DataFrame:
    """Count the dues of the months from `first`'s to `last`'s, today.

    Columns: org_id, month, dues_members (members due), dues_paid_members (paid in full by now), dues_on_time (by the month's end),
    dues_cents, dues_paid_cents.
    """
    query = (
        select(
            dues.c.org_id,
            dues.c.month,
            func.count().label("dues_members"),
            count_if(paid_by(last)).label("dues_paid_members"),
            count_if(PAID_ON_TIME, paid_by(last)).label("dues_on_time"),
            func.sum(dues.c.due_cents).label("dues_cents"),
            sum_if(dues.c.paid_cents, _made_by(last)).label("dues_paid_cents"),
        )
        .where(SOUND_DUES, dues.c.month.between(number(first) // 100, number(last) // 100), *alone(dues.c.org_id, branch))
        .group_by(dues.c.org_id, dues.c.month)
    )
    return numbers(connection, query, _WHOLE)


def dues_told(connection: Connection, org_ids: Sequence[int], first: date, last: date) -> pd.DataFrame:
    """List the months from `first`'s to `last`'s of which organisations said anything of dues that can be. Columns: org_id, month."""
    span = dues.c.month.between(number(first) // 100, number(last) // 100)
    return numbers(connection, select(dues.c.org_id, dues.c.month).where(SOUND_DUES, span, dues.c.org_id.in_(org_ids)).distinct(), _WHOLE)


def study(connection: Connection, first: date, last: date, branch: int | None = None) -> pd.DataFrame:
    """Sum the minutes studied. Columns: org_id, month (of the last day of study), study_minutes."""
    month = month_number(study_record.c.studied_on)
    query = (
        select(study_record.c.org_id, month.label("month"), func.sum(study_record.c.minutes).label("study_minutes"))
        .where(study_record.c.studied_on.between(first, last), study_record.c.minutes >= 0, *alone(study_record.c.org_id, branch))
        .group_by(study_record.c.org_id, month)
    )
    return numbers(connection, query, _WHOLE)


def service(connection: Connection, first: date, last: date, branch: int | None = None) -> pd.DataFrame:
    """Count service. Columns: org_id, month, service_records, service_minutes."""
    month = month_number(service_record.c.served_on)
    query = (
        select(
            service_record.c.org_id,
            month.label("month"),
            func.count().label("service_records"),
            func.sum(service_record.c.minutes).label("service_minutes"),
        )
        .where(service_record.c.served_on.between(first, last), service_record.c.minutes > 0, *alone(service_record.c.org_id, branch))
        .group_by(service_record.c.org_id, month)
    )
    return numbers(connection, query, _WHOLE)


def required_courses(connection: Connection, quarters: Sequence[RatedQuarter]) -> pd.DataFrame:
    """List the required courses (必修课) of `quarters`. Columns: course_id, quarter, sector ("" for all), due_on (date), due (bool:
    its day has passed)."""
    by_code = {quarter.code: quarter for quarter in quarters}
    query = (
        select(course.c.course_id, course.c.quarter, func.coalesce(course.c.sector, "").label("sector"), course.c.due_on)
        .where(course.c.required, course.c.quarter.in_(list(by_code)))
        .order_by(course.c.course_id)
    )
    rows = [tuple(row) for row in connection.execute(query)]
    found = pd.DataFrame(rows, columns=["course_id", "quarter", "sector", "due_on"])
    due = [day < by_code[code].today for code, day in zip(found["quarter"], found["due_on"], strict=True)]
    return found.assign(due=pd.Series(due, dtype=bool))


def finished_in_time(courses: pd.DataFrame, quarter: RatedQuarter) -> ColumnElement[bool]:
    """Return the condition that a study record finished a required course of the quarter by the last day that counts for it.

    A course that is required of one sector counts in its organisations alone. Expects `courses` of `required_courses`.
    """
    due = courses[courses["due"] & (courses["quarter"] == quarter.code)]
    asked = []
    for sector, own in due.groupby("sector"):
        listed = study_record.c.course_id.in_([int(course_id) for course_id in own["course_id"]])
        of_sector = select(organisation.c.org_id).where(organisation.c.sector == sector)
        asked.append(listed & study_record.c.org_id.in_(of_sector) if sector else listed)
    return or_(false(), *asked) & (study_record.c.finished_on <= quarter.known_until)


def courses_finished(
    connection: Connection, courses: pd.DataFrame, quarters: Sequence[RatedQuarter], branch: int | None = None
) -> pd.DataFrame:
    """Count the members who finished each required course that was due. Columns: org_id, course_id, study_finished."""
    query = (
        select(study_record.c.org_id, study_record.c.course_id, func.count().label("study_finished"))
        .where(or_(false(), *(finished_in_time(courses, quarter) for quarter in quarters)), *alone(study_record.c.org_id, branch))
        .group_by(study_record.c.org_id, study_record.c.course_id)
    )
    return numbers(connection, query, _WHOLE)
