"""The rows that an item of a branch's score was counted from, and the records that cannot be and were not counted (数据异常).

No frame holds a member's name; an applicant's is shown as the scope says, the topic of a meeting to those who may read names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, case, func, literal, or_, select

from data_access.counting import oddities
from data_access.counting.assignments import Assignments
from data_access.counting.meetings import none_of, odd_meetings
from data_access.counting.membership import REQUIRED_FIELDS
from data_access.counting.months import month_code
from data_access.counting.records import PAID_ON_TIME, SOUND_DUES, paid_by
from data_access.queries.settings import settings
from data_access.rating import anomalies
from data_access.schema.members import applicant, member
from data_access.schema.organisations import election, organisation, term_extension
from data_access.schema.ratings import admission_state, duty_record
from data_access.schema.records import assignment, course, dues, meeting, service_record, study_record, task
from data_access.scoping import as_seen, discreet, within
from domain.admission import STEPS
from domain.index.assignments import assignment_counts
from domain.index.explanation import ITEMS
from domain.index.quarters import RatedQuarter
from domain.index.weights import Subject
from domain.period import Period
from domain.reporting import Record
from domain.scope import Scope
from domain.vocabulary import DutyStatus, MemberStatus

_MANY = 200  # rows that are listed at most
FIELDS = dict(zip(REQUIRED_FIELDS, ("出生日期", "学历", "入党日期", "职业"), strict=True))


@dataclass(frozen=True)
class Asked:
    """A branch inside the scope and one of its quarters, and where to read of them."""

    connection: Connection
    scope: Scope
    org_id: int
    path: str
    sector: str | None
    quarter: RatedQuarter


def rows(connection: Connection, scope: Scope, org_id: int, item: str, period: str, today: date) -> pd.DataFrame:
    """The rows behind an item (`Item.column`) of a branch in a quarter; empty outside the scope, and where nothing was recorded.

    The columns are those of `COLUMNS[item]`.
    """
    asked = asked_of(connection, scope, org_id, period, today)
    return _READ[item](asked) if asked else pd.DataFrame(columns=list(COLUMNS[item]))


def odd_rows(connection: Connection, scope: Scope, org_id: int, item: str, period: str, today: date) -> pd.DataFrame:
    """The records of the item's source that cannot be, of the quarter's days (`data_access.rating.anomalies`).

    An ended quarter's are those until the last day that counted for it; the present one has those of all days to come, too. They were
    not counted. Columns: what, person (as the scope shows names), day, value (text), why, records (1). Where a record is one
    person's, readers who may not list members get one row for all of a kind: how many records, with neither day nor value.
    """
    asked = asked_of(connection, scope, org_id, period, today)
    columns = ["what", "person", "day", "value", "why", "records"]
    if asked is None:
        return pd.DataFrame(columns=columns)
    source = next(found.source for found in ITEMS[Subject.BRANCH] if found.column == item)
    first, until = asked.quarter.period.first, date.max if asked.quarter.open else asked.quarter.known_until
    found = anomalies.of_branch(connection, source, org_id, first, until, today, settings(connection, scope), _MANY)
    what, personal = ({record.value: told(record) for record in Record} for told in (_what, lambda record: record.personal))
    found = found.assign(what=found["record"].map(what), person=as_seen(scope, found["name"]), day=found["on"], records=1)
    hidden = found["record"].map(personal).astype(bool) & (not scope.lists_members)
    counted = found[hidden].groupby(["what", "why"], as_index=False)["records"].sum().assign(person=None, day=pd.NaT, value=None)
    return pd.concat([found.loc[~hidden, columns], counted[columns]], ignore_index=True) if len(counted) else found[columns]


def _what(record: Record) -> str:
    return oddities.KINDS[record].what


def asked_of(connection: Connection, scope: Scope, org_id: int, period: str, today: date) -> Asked | None:
    """Return what is asked about; None outside the scope."""
    found = connection.execute(
        select(organisation.c.path, organisation.c.sector).where(organisation.c.org_id == org_id, within(scope, organisation.c.path))
    ).one_or_none()
    return Asked(connection, scope, org_id, found.path, found.sector, RatedQuarter(Period.parse(period), today)) if found else None


def _courses(asked: Asked) -> pd.DataFrame:
    """The quarter's required courses, and how many finished each by the last day that counts."""
    done = case((study_record.c.finished_on <= asked.quarter.known_until, 1), else_=0)
    return _frame(
        asked,
        select(course.c.title, course.c.due_on, func.coalesce(func.sum(done), 0).label("finished"))
        .outerjoin_from(course, study_record, (study_record.c.course_id == course.c.course_id) & (study_record.c.org_id == asked.org_id))
        .where(course.c.required, course.c.quarter == asked.quarter.code, or_(course.c.sector.is_(None), course.c.sector == asked.sector))
        .group_by(course.c.course_id, course.c.title, course.c.due_on)
        .order_by(course.c.due_on, course.c.course_id),
        "due_on",
    )


def _by_month(asked: Asked, count: Callable[[date, date], tuple]) -> pd.DataFrame:
    found = [(month.code, *count(month.first, min(month.last, asked.quarter.today))) for month in _begun(asked.quarter)]
    return pd.DataFrame(found, columns=["month", "records", "people", "minutes"])


def _hours(asked: Asked) -> pd.DataFrame:
    column = study_record.c

    def count(first: date, last: date) -> tuple:
        counted = select(func.count(), func.count(column.member_id.distinct()), func.coalesce(func.sum(column.minutes), 0))
        return tuple(
            asked.connection.execute(
                counted.where(column.org_id == asked.org_id, column.studied_on.between(first, last), column.minutes >= 0)
            ).one()
        )

    return _by_month(asked, count)


def _service(asked: Asked) -> pd.DataFrame:
    column = service_record.c

    def count(first: date, last: date) -> tuple:
        counted = select(func.count(), func.count(column.member_id.distinct()), func.coalesce(func.sum(column.minutes), 0))
        return tuple(
            asked.connection.execute(
                counted.where(column.org_id == asked.org_id, column.served_on.between(first, last), column.minutes > 0)
            ).one()
        )

    return _by_month(asked, count)


def _duties(asked: Asked) -> pd.DataFrame:
    """The duties that fall due in the quarter, what was not done first."""
    record, quarter = duty_record.c, asked.quarter
    order = {status.value: place for place, status in enumerate((DutyStatus.MISSED, DutyStatus.LATE, DutyStatus.UNKNOWN))}
    found = _frame(
        asked,
        select(
            *(record[name] for name in ("duty", "period", "status", "due_on", "done_on")),
            *(meeting.c[name] for name in ("attended", "expected", "topic")),
        )
        .outerjoin_from(duty_record, meeting, meeting.c.meeting_id == record.meeting_id)
        .where(record.org_id == asked.org_id, record.due_on.between(quarter.period.first, quarter.period.last))
        .order_by(case(order, value=record.status, else_=len(order)), record.due_on, record.duty),
        "due_on",
        "done_on",
    )
    return discreet(asked.scope, found, "topic")


def _meetings(asked: Asked) -> pd.DataFrame:
    """The meetings held in the quarter, the worst attended first."""
    column, quarter = meeting.c, asked.quarter
    odd = odd_meetings(asked.connection, quarter.today, settings(asked.connection, asked.scope), column.org_id == asked.org_id)["row"]
    found = _frame(
        asked,
        select(*(column[name] for name in ("kind", "held_on", "attended", "expected", "topic")))
        .where(column.org_id == asked.org_id, column.held_on.between(quarter.period.first, quarter.evaluated_on))
        .where(*none_of(odd.tolist()))
        .order_by(column.held_on, column.meeting_id),
        "held_on",
    )
    rate = found["attended"] / found["expected"].where(found["expected"] > 0)
    return (
        discreet(asked.scope, found, "topic")
        .assign(rate=rate)
        .sort_values("rate", kind="stable", ignore_index=True)[list(COLUMNS["life_attendance"])]
    )


def _assignments(asked: Asked, due: bool) -> pd.DataFrame:
    """The assignments that fell due in the quarter, or those that run, as the rating weighs them."""
    own = Assignments.read(asked.connection, org_id=asked.org_id)
    weighed = assignment_counts(own.rows, own.plan, own.reported, asked.quarter)
    places, day = np.arange(len(own.rows)), np.datetime64(asked.quarter.evaluated_on, "D").astype(np.int64)
    at = np.full(len(places), day)
    titles = pd.read_sql_query(
        select(assignment.c.assignment_id, task.c.title)
        .join_from(assignment, task, task.c.task_id == assignment.c.task_id)
        .where(assignment.c.org_id == asked.org_id),
        asked.connection,
        index_col="assignment_id",
    )["title"]
    found = own.rows[["weight", "start_on", "due_on"]].assign(
        title=own.rows["assignment_id"].map(titles),
        planned=own.plan.at(own.plan.of, at) if len(places) else [],
        progress=own.reported.at(places, at),
        punctual=np.where(weighed["punctual_weight"] > 0, "按期完成", "未按期完成"),
        gap=weighed["running_weight"] - weighed["progress_weight"],
    )
    concerned = found[weighed["due_weight" if due else "running_weight"] > 0]
    ordered = concerned.sort_values("punctual" if due else "gap", ascending=False, kind="stable", ignore_index=True)
    return ordered[list(COLUMNS["tasks_on_time" if due else "tasks_progress"])]


def _dues(asked: Asked) -> pd.DataFrame:
    """The months of the quarter that have ended: whose dues were due, paid in full in time, later, or not."""
    months = [month_code(month) for month in asked.quarter.months]
    in_time, later = case((PAID_ON_TIME, 1), else_=0), case((paid_by(asked.quarter.today) & ~PAID_ON_TIME, 1), else_=0)
    found = _frame(
        asked,
        select(dues.c.month, func.count().label("due"), func.sum(in_time).label("in_time"), func.sum(later).label("later"))
        .where(SOUND_DUES, dues.c.org_id == asked.org_id, dues.c.month.in_(months))
        .group_by(dues.c.month)
        .order_by(dues.c.month),
    )
    found["month"] = [f"{month // 100}-{month % 100:02d}" for month in found["month"]]
    return found.assign(unpaid=found["due"] - found["in_time"] - found["later"])


def _elections(asked: Asked) -> pd.DataFrame:
    """The elections that were held, what moved a term, and the sitting committee's; one dated in the future is among `odd_rows`."""
    held = select(literal("换届").label("what"), election.c.held_on, election.c.term_ends_on).where(
        election.c.org_id == asked.org_id, election.c.held_on <= asked.quarter.today
    )
    moved = select(literal("延期获批").label("what"), term_extension.c.approved_on.label("held_on"), term_extension.c.until)
    sitting = select(literal("本届").label("what"), organisation.c.founded_on, organisation.c.term_ends_on)
    pieces = [
        _frame(asked, query).set_axis(["what", "held_on", "term_ends_on"], axis=1)
        for query in (held, moved.where(term_extension.c.org_id == asked.org_id), sitting.where(organisation.c.org_id == asked.org_id))
    ]
    pieces[2]["held_on"] = None
    found = pd.concat([piece.astype(object) for piece in pieces], ignore_index=True)
    days = found[["held_on", "term_ends_on"]].apply(pd.to_datetime)
    return found.assign(**days).sort_values("term_ends_on", ascending=False, na_position="first", ignore_index=True)


def _applicants(asked: Asked) -> pd.DataFrame:
    """The admissions under way, as they stand today, the worst first; none for readers who may not list members."""
    state = admission_state.c
    order = {"red": 0, "yellow": 1, "grey": 2}
    found = _frame(
        asked,
        select(applicant.c.name.label("person"), state.light, state.step, state.since, state.due_on)
        .join_from(admission_state, applicant, applicant.c.applicant_id == state.applicant_id)
        .where(state.org_id == asked.org_id)
        .order_by(case(order, value=state.light, else_=3), applicant.c.applicant_id),
        "since",
        "due_on",
    )
    if not asked.scope.lists_members:
        return found.iloc[:0]
    steps = [STEPS[step].name if step in STEPS else step for step in found["step"]]
    return found.assign(person=as_seen(asked.scope, found["person"]), step=steps)


def _fields(asked: Asked) -> pd.DataFrame:
    """The required fields of members' records, and how many members lack each."""
    counted = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    filled = [func.coalesce(func.sum(case((member.c[name].is_not(None), 1), else_=0)), 0) for name in FIELDS]
    whole, *found = asked.connection.execute(
        select(func.count(), *filled).where(member.c.org_id == asked.org_id, member.c.status.in_(counted))
    ).one()
    rows = [(label, int(number), int(whole - number)) for label, number in zip(FIELDS.values(), found, strict=True)]
    return pd.DataFrame(rows, columns=["field", "filled", "missing"])


def _frame(asked: Asked, query: Select, *days: str) -> pd.DataFrame:
    return pd.read_sql_query(query.limit(_MANY), asked.connection, parse_dates=list(days))


def _begun(quarter: RatedQuarter) -> Iterator[Period]:
    return (month for month in quarter.period.split_months() if month.first <= quarter.today)


# The columns of `rows` by item.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "study_courses": ("title", "due_on", "finished"),
    "study_hours": ("month", "records", "people", "minutes"),
    "life_duties": ("duty", "period", "status", "due_on", "done_on", "attended", "expected", "topic"),
    "life_attendance": ("kind", "held_on", "attended", "expected", "rate", "topic"),
    "tasks_on_time": ("title", "weight", "due_on", "punctual", "progress"),
    "tasks_progress": ("title", "weight", "planned", "progress", "due_on"),
    "membership_dues": ("month", "due", "in_time", "later", "unpaid"),
    "membership_election": ("what", "held_on", "term_ends_on"),
    "membership_admission": ("person", "light", "step", "since", "due_on"),
    "membership_records": ("field", "filled", "missing"),
    "service_records": ("month", "records", "people", "minutes"),
}
_READ: Mapping[str, Callable[[Asked], pd.DataFrame]] = {
    "study_courses": _courses,
    "study_hours": _hours,
    "life_duties": _duties,
    "life_attendance": _meetings,
    "tasks_on_time": lambda asked: _assignments(asked, True),
    "tasks_progress": lambda asked: _assignments(asked, False),
    "membership_dues": _dues,
    "membership_election": _elections,
    "membership_admission": _applicants,
    "membership_records": _fields,
    "service_records": _service,
}
