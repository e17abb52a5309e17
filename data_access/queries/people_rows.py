"""The records of single members behind an item of a branch's score, where the item's own rows are counts by month, course or field.

People are named as the scope shows names; readers who may not list members get no row.
"""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, null, or_, select

from data_access.counting.months import month_code
from data_access.counting.records import PAID_ON_TIME, SOUND_DUES, paid_by
from data_access.queries.item_rows import FIELDS, Asked, asked_of
from data_access.schema.members import member
from data_access.schema.records import course, dues, service_record, study_record
from data_access.scoping import as_seen
from domain.scope import Scope
from domain.vocabulary import MemberStatus

MANY = 500  # records listed at most
NOTHING = "没有记录"
_COLUMNS = ["person", "state", "what", "day", "value"]


def rows(connection: Connection, scope: Scope, org_id: int, item: str, period: str, today: date) -> pd.DataFrame:
    """The members' records behind an item (`Item.column`, of `ITEMS`) of a branch in a quarter, what is missing first; at most `MANY`.

    Columns: person, state (Chinese: how the record counts), what (the month, course, kind of service or fields), day (NaT where none),
    value (Chinese, or None). Empty outside the scope, and for readers who may not list members.
    """
    asked = asked_of(connection, scope, org_id, period, today)
    if asked is None or not scope.lists_members:
        return pd.DataFrame(columns=_COLUMNS)
    found = ITEMS[item](asked)
    return found.assign(person=as_seen(scope, found["person"]))[_COLUMNS]


def _present(asked: Asked) -> list[ColumnElement[bool]]:
    counted = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    return [member.c.org_id == asked.org_id, member.c.status.in_(counted)]


def _read(asked: Asked, query: Select) -> pd.DataFrame:
    return pd.read_sql_query(query.limit(MANY), asked.connection, parse_dates=["day"])


def _dues(asked: Asked) -> pd.DataFrame:
    paid = paid_by(asked.quarter.today)
    state = case((PAID_ON_TIME, "当月足额"), (paid, "补交"), else_="未交足")
    order = case((PAID_ON_TIME, 2), (paid, 1), else_=0)
    months = [month_code(month) for month in asked.quarter.months]
    found = _read(
        asked,
        select(member.c.name.label("person"), state.label("state"), dues.c.month, dues.c.due_cents, dues.c.paid_cents)
        .add_columns(dues.c.paid_on.label("day"))
        .join_from(dues, member, member.c.member_id == dues.c.member_id)
        .where(SOUND_DUES, dues.c.org_id == asked.org_id, dues.c.month.in_(months))
        .order_by(order, dues.c.member_id, dues.c.month),
    )
    amounts = zip(found["due_cents"], found["paid_cents"], strict=True)
    return found.assign(
        what=[f"{month // 100}-{month % 100:02d} 党费" for month in found["month"]],
        value=[f"应交 {due / 100:.2f} 元，实交 {paid / 100:.2f} 元" for due, paid in amounts],
    )


def _courses(asked: Asked) -> pd.DataFrame:
    """Every present member's required courses of the quarter, the unfinished first."""
    done = func.coalesce(study_record.c.finished_on <= asked.quarter.known_until, False)
    own = (
        (study_record.c.course_id == course.c.course_id)
        & (study_record.c.org_id == asked.org_id)
        & (study_record.c.member_id == member.c.member_id)
    )
    asked_for = [course.c.required, course.c.quarter == asked.quarter.code, or_(course.c.sector.is_(None), course.c.sector == asked.sector)]
    return _read(
        asked,
        select(
            member.c.name.label("person"),
            case((done, "已学完"), else_="未学完").label("state"),
            course.c.title.label("what"),
            study_record.c.finished_on.label("day"),
            null().label("value"),
        )
        .select_from(member.join(course, course.c.quarter == asked.quarter.code).outerjoin(study_record, own))
        .where(*_present(asked), *asked_for)
        .order_by(case((done, 1), else_=0), member.c.member_id, course.c.due_on, course.c.course_id),
    )


def _hours(asked: Asked) -> pd.DataFrame:
    record = study_record.c
    kept = (record.org_id == asked.org_id) & (record.member_id == member.c.member_id) & (record.minutes >= 0)
    source = study_record.join(course, course.c.course_id == record.course_id)
    return _of_everybody(asked, source, kept, course.c.title, record.studied_on, record.minutes)


def _service(asked: Asked) -> pd.DataFrame:
    record = service_record.c
    kept = (record.org_id == asked.org_id) & (record.member_id == member.c.member_id) & (record.minutes > 0)
    return _of_everybody(asked, service_record, kept, record.kind, record.served_on, record.minutes)


def _of_everybody(
    asked: Asked, source: FromClause, own: ColumnElement[bool], what: ColumnElement, day: ColumnElement, minutes: ColumnElement
) -> pd.DataFrame:
    """Every present member's records of the quarter; who has none is told first."""
    inside = day.between(asked.quarter.period.first, min(asked.quarter.period.last, asked.quarter.today))
    found = _read(
        asked,
        select(member.c.name.label("person"), what.label("what"), day.label("day"), minutes.label("minutes"))
        .select_from(member.outerjoin(source, own & inside))
        .where(*_present(asked))
        .order_by(case((day.is_(None), 0), else_=1), member.c.member_id, day),
    )
    known = found["minutes"].notna()
    value = [f"{minutes:.0f} 分钟" if there else None for minutes, there in zip(found["minutes"], known, strict=True)]
    return found.assign(state=known.map({True: "已记录", False: NOTHING}), value=pd.Series(value, index=found.index, dtype="object"))


def _fields(asked: Asked) -> pd.DataFrame:
    """The present members whose record lacks a required field, and which."""
    lacking = or_(*(member.c[name].is_(None) for name in FIELDS))
    found = pd.read_sql_query(
        select(member.c.name.label("person"), *(member.c[name] for name in FIELDS))
        .where(*_present(asked), lacking)
        .order_by(member.c.member_id)
        .limit(MANY),
        asked.connection,
    )
    lacks = ["、".join(told for name, told in FIELDS.items() if pd.isna(row[name])) for row in found.to_dict("records")]
    return found.assign(state="缺少", what=lacks, day=pd.Series(pd.NaT, found.index, dtype="datetime64[ns]"), value=None)


ITEMS: Mapping[str, Callable[[Asked], pd.DataFrame]] = {
    "study_courses": _courses,
    "study_hours": _hours,
    "membership_dues": _dues,
    "membership_records": _fields,
    "service_records": _service,
}
