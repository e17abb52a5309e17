"""What if: one thing happens in a branch, and every figure that hangs on it changes. For a copy of the demo, never for real data.

A real row is written, the branch is rated anew by the functions that rate, and what it adds to the figures above changes with it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, func, insert, select

from data_access.counting.reading import Reading
from data_access.engine import changing
from data_access.rating.branch import rate_branch
from data_access.rollup.branch import BranchRoll
from data_access.schema.members import membership
from data_access.schema.organisations import organisation
from data_access.schema.records import assignment, attendance, meeting, progress_report
from domain.period import Period
from domain.reported import DONE
from domain.vocabulary import Duty, Presence

WHAT_IF = "现场演示"  # stands as the topic or note of what was made up


class Impossible(Exception):
    """The event cannot happen in this database: the branch or assignment is not there."""


@dataclass(frozen=True)
class MeetingHeld:
    """A branch holds the meeting that a duty (a `Duty` with meetings) of a period asks for, today and with all its members."""

    org_id: int
    duty: str
    period: str


@dataclass(frozen=True)
class TaskFinished:
    """An assignment is reported as finished today."""

    assignment_id: int


Event = MeetingHeld | TaskFinished


def play(engine: Engine, event: Event) -> None:
    """Let the event happen: write its rows, rate its branch anew and change the figures above, in one transaction.

    Raises Impossible, and then nothing has changed.
    """
    with changing(engine) as connection:
        org_id, due_on, tasks = _concerned(connection, event)
        before = Reading.of(connection, org_id, due_on)
        rolled = BranchRoll.before(before)
        if isinstance(event, MeetingHeld):
            _hold(connection, event, before.today)
        else:
            _finish(connection, event, before.today)
        reading = Reading.of(connection, org_id, due_on)
        rate_branch(reading)
        rolled.roll_up(reading, tasks)


def _concerned(connection: Connection, event: Event) -> tuple[int, date, list[int]]:
    """Return the branch that the event happens in, the last day of what it answers, and the tasks that are reported on.

    Quarters that ended before that day, and before today, cannot change.
    """
    if isinstance(event, MeetingHeld):
        found = connection.scalar(select(organisation.c.org_id).where(organisation.c.org_id == event.org_id))
        if found is None:
            raise Impossible("没有这个支部")
        return event.org_id, Period.parse(event.period).last, []
    row = connection.execute(
        select(assignment.c.org_id, assignment.c.task_id, assignment.c.due_on).where(assignment.c.assignment_id == event.assignment_id)
    ).one_or_none()
    if row is None:
        raise Impossible("没有这项任务")
    return row.org_id, row.due_on, [row.task_id]


def _hold(connection: Connection, event: MeetingHeld, today: date) -> None:
    here = (membership.c.org_id == event.org_id, membership.c.from_on <= today)
    present = select(membership.c.member_id).where(*here, membership.c.to_on.is_(None) | (membership.c.to_on >= today))
    people = list(connection.scalars(present.order_by(membership.c.member_id)))
    if not people:
        raise Impossible("支部没有党员")
    meeting_id = (connection.scalar(select(func.max(meeting.c.meeting_id))) or 0) + 1
    row = {"meeting_id": meeting_id, "org_id": event.org_id, "kind": event.duty, "period": event.period, "held_on": today}
    count = len(people)
    connection.execute(insert(meeting).values(**row, expected=count, attended=count, topic=f"{Duty(event.duty).label}（{WHAT_IF}）"))
    marks = [{"meeting_id": meeting_id, "member_id": member_id, "presence": Presence.PRESENT} for member_id in people]
    connection.execute(insert(attendance), marks)


def _finish(connection: Connection, event: TaskFinished, today: date) -> None:
    report = progress_report.c
    last = select(func.max(report.entry)).where(report.assignment_id == event.assignment_id, report.reported_on == today)
    entry = (connection.scalar(last) or 0) + 1
    values = {"assignment_id": event.assignment_id, "reported_on": today, "entry": entry, "percent": DONE, "note": WHAT_IF}
    connection.execute(insert(progress_report).values(values))
