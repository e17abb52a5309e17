"""The rows behind one member's portrait: the member's own records of a quarter, odd ones marked (数据异常).

They open to whom the portrait opens (`data_access.queries.portrait`).
"""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, or_, select

from data_access.counting.assignments import Assignments
from data_access.counting.meetings import odd_meetings
from data_access.counting.membership import homes
from data_access.counting.oddities import KINDS
from data_access.queries.adjusting_rows import counted
from data_access.queries.portrait import found_in
from data_access.queries.settings import settings
from data_access.schema.organisations import deduction, honour, organisation
from data_access.schema.records import attendance, course, dues, meeting, service_record, study_record, task
from domain.index.adjustments import ADJUSTED, BONUS
from domain.index.assignments import assignment_counts
from domain.index.quarters import RatedQuarter
from domain.period import Period
from domain.reporting import Record, Wrong
from domain.scope import Scope
from domain.vocabulary import Duty, Presence


def rows(connection: Connection, scope: Scope, member_id: int, item: str, period: str, today: date) -> pd.DataFrame:
    """The member's own records behind an item (`Item.column`) or a key of `ADJUSTED`; empty where the portrait would not open.

    Columns: what, day (NaT where none), value (Chinese), odd (why the record cannot be; None where sound). A record of another branch,
    outside the scope, is told without its title.
    """
    columns = ["what", "day", "value", "odd"]
    if found_in(connection, scope, member_id) is None:
        return pd.DataFrame(columns=columns)
    quarter = RatedQuarter(Period.parse(period), today)
    found = _READ[item](connection, scope, member_id, quarter)
    odd = [f"{why}，未计入" if isinstance(why, str) else None for why in found.get("why", [None] * len(found))]
    return found.assign(odd=pd.Series(odd, index=found.index, dtype="object"))[columns]


def _why(record: Record, quarter: RatedQuarter) -> ColumnElement[str]:
    return KINDS[record].why(quarter.today).label("why")


def _read(connection: Connection, query: Select) -> pd.DataFrame:
    found = pd.read_sql_query(query, connection, parse_dates=["day"])
    return found.assign(why=found["why"].map(Wrong.labels())) if "why" in found else found


def _meetings(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    """The meetings at which the member was expected, of the quarter and those dated in the future."""
    when = or_(meeting.c.held_on.between(quarter.period.first, quarter.evaluated_on), meeting.c.held_on > quarter.today)
    found = _read(
        connection,
        select(
            meeting.c.meeting_id,
            meeting.c.kind,
            meeting.c.topic,
            meeting.c.held_on.label("day"),
            attendance.c.presence,
            organisation.c.path,
        )
        .join_from(meeting, attendance, attendance.c.meeting_id == meeting.c.meeting_id)
        .join(organisation, organisation.c.org_id == meeting.c.org_id)
        .where(meeting.c.org_id.in_(homes(member_id)), attendance.c.member_id == member_id, when)
        .order_by(meeting.c.held_on, meeting.c.meeting_id),
    )
    what = [
        Duty(row["kind"]).label + (f"：{row['topic']}" if isinstance(row["topic"], str) and scope.holds(row["path"]) else "")
        for row in found.to_dict("records")
    ]
    odd = odd_meetings(connection, quarter.today, settings(connection, scope), meeting.c.meeting_id.in_(found["meeting_id"].tolist()))
    why = found["meeting_id"].map(odd.set_index("row")["why"])
    return found.assign(what=what, value=[Presence(code).label for code in found["presence"]], why=why)


def _courses(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    found = _read(
        connection,
        select(course.c.title.label("what"), course.c.due_on, study_record.c.finished_on.label("day"), _why(Record.STUDY, quarter))
        .outerjoin_from(
            course,
            study_record,
            (study_record.c.course_id == course.c.course_id)
            & (study_record.c.member_id == member_id)
            & study_record.c.org_id.in_(homes(member_id)),
        )
        .where(
            course.c.required, course.c.quarter == quarter.code, or_(course.c.sector.is_(None), course.c.sector.in_(_sectors(member_id)))
        )
        .order_by(course.c.due_on, course.c.course_id),
    )
    value = [f"期限 {due}，" + ("已学完" if pd.notna(day) else "未学完") for due, day in zip(found["due_on"], found["day"], strict=True)]
    return found.assign(value=value)


def _sectors(member_id: int) -> Select:
    return select(organisation.c.sector).where(organisation.c.org_id.in_(homes(member_id)))


def _study(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    record = study_record.c
    found = _read(
        connection,
        select(course.c.title.label("what"), record.studied_on.label("day"), record.minutes, _why(Record.STUDY, quarter))
        .join_from(study_record, course, course.c.course_id == record.course_id)
        .where(record.member_id == member_id, record.org_id.in_(homes(member_id)), record.studied_on >= quarter.period.first)
        .where(or_(record.studied_on <= quarter.period.last, record.studied_on > quarter.today))
        .order_by(record.studied_on, record.course_id),
    )
    return found.assign(value=[f"{minutes} 分钟" for minutes in found["minutes"]])


def _service(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    record = service_record.c
    found = _read(
        connection,
        select(record.kind.label("what"), record.served_on.label("day"), record.minutes, _why(Record.SERVICE, quarter))
        .where(record.member_id == member_id, record.org_id.in_(homes(member_id)), record.served_on >= quarter.period.first)
        .where(or_(record.served_on <= quarter.period.last, record.served_on > quarter.today))
        .order_by(record.served_on),
    )
    return found.assign(value=[f"{minutes} 分钟" for minutes in found["minutes"]])


def _dues(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    months = [month.first.year * 100 + month.first.month for month in quarter.period.split_months()]
    found = _read(
        connection,
        select(dues.c.month, dues.c.due_cents, dues.c.paid_cents, dues.c.paid_on.label("day"), _why(Record.DUES, quarter))
        .where(dues.c.member_id == member_id, dues.c.org_id.in_(homes(member_id)), dues.c.month.in_(months))
        .order_by(dues.c.month),
    )
    what = [f"{month // 100}-{month % 100:02d} 党费" for month in found["month"]]
    value = [
        f"应交 {due / 100:.2f} 元，实交 {paid / 100:.2f} 元" for due, paid in zip(found["due_cents"], found["paid_cents"], strict=True)
    ]
    return found.assign(what=what, value=value)


def _tasks(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
    own = Assignments.read(connection, member_id=member_id)
    weighed = assignment_counts(own.rows, own.plan, own.reported, quarter)
    titles = {row.task_id: row.title for row in connection.execute(select(task.c.task_id, task.c.title))} if len(own.rows) else {}
    value = [
        f"{last:%Y-%m-%d} 到期，权重 {weight:g}，"
        + ("按期完成" if punctual else "未按期完成" if due else f"达到计划的 {reached / running:.0%}" if running else "")
        for last, weight, due, punctual, running, reached in zip(
            own.rows["due_on"],
            own.rows["weight"],
            weighed["due_weight"],
            weighed["punctual_weight"],
            weighed["running_weight"],
            weighed["progress_weight"],
            strict=True,
        )
    ]
    found = pd.DataFrame({"what": own.rows["task_id"].map(titles), "day": pd.NaT, "value": value})
    concerned = (weighed["due_weight"] > 0) | (weighed["running_weight"] > 0)
    return found[concerned].reset_index(drop=True)


def _adjusting(adjustment: str) -> Callable[[Connection, Scope, int, RatedQuarter], pd.DataFrame]:
    """Read what adds to or subtracts from the member's index, as it was counted."""

    def read(connection: Connection, scope: Scope, member_id: int, quarter: RatedQuarter) -> pd.DataFrame:
        table = honour if adjustment == BONUS else deduction
        query = (
            counted(adjustment, quarter).join(organisation, organisation.c.org_id == table.c.org_id).where(table.c.member_id == member_id)
        )
        found = _read(connection, query.add_columns(organisation.c.path))
        what = [row["what"] if scope.holds(row["path"]) else None for row in found.to_dict("records")]
        return found.assign(what=pd.Series(what, index=found.index, dtype="object"), value=[f"{points:g} 分" for points in found["points"]])

    return read


_READ: Mapping[str, Callable[[Connection, Scope, int, RatedQuarter], pd.DataFrame]] = {
    "study_courses": _courses,
    "study_hours": _study,
    "life_attendance": _meetings,
    "tasks_on_time": _tasks,
    "tasks_progress": _tasks,
    "membership_dues": _dues,
    "service_records": _service,
    **{adjustment: _adjusting(adjustment) for adjustment in ADJUSTED},
}
