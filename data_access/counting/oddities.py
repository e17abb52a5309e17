"""Records that cannot be (数据异常), table by table: dated in the future, out of order, or with numbers that cannot be.

The database finds them, so that few rows are read. Of meetings and steps of admission, which have rules of their own besides
(`data_access.counting.meetings`, `data_access.rating.anomalies`), it finds those that cannot be by themselves alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, String, and_, case, cast, func, null, or_, select

from data_access.counting.assignments import last_of_day
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.schema.members import admission_step, applicant, member
from data_access.schema.organisations import deduction, election, honour, term_extension
from data_access.schema.records import assignment, dues, meeting, progress_report, service_record, study_record, talk
from domain.reporting import Record, Wrong


@dataclass(frozen=True)
class Kind:
    """How to tell the records of one table that cannot be: none of `days` may lie in the future, none of `numbers` and `order` may hold.

    `row` is the record's id, or its owner's; `name` is the person's whose it is, if it is one's. `value` is what it says, which `what`
    names with its unit. `on` is the day that it names, as a `day_number`. `standing` tells what stands of a table in which records are
    corrected by further ones; what was corrected is wrong no longer.
    """

    what: str
    source: FromClause
    org_id: ColumnElement
    row: ColumnElement
    on: ColumnElement
    value: ColumnElement
    days: tuple[ColumnElement, ...]
    numbers: tuple[ColumnElement[bool], ...] = ()
    order: tuple[ColumnElement[bool], ...] = ()
    name: ColumnElement | None = None
    standing: ColumnElement[bool] | None = None

    def why(self, today: date) -> ColumnElement[str]:
        """Return why the record cannot be, a `Wrong`; null where it can."""
        cases = [(day > today, Wrong.FUTURE.value) for day in self.days]
        cases += [(wrong, Wrong.ORDER.value) for wrong in self.order] + [(wrong, Wrong.NUMBERS.value) for wrong in self.numbers]
        return case(*cases)

    def is_odd(self, today: date) -> ColumnElement[bool]:
        """Return the condition that the record cannot be."""
        odd = or_(*(day > today for day in self.days), *self.order, *self.numbers)
        return odd if self.standing is None else and_(odd, self.standing)

    def found(self, today: date) -> Select:
        """Select the records that cannot be, with the columns of `read`."""
        on = case(*((day > today, day_number(day)) for day in self.days), else_=self.on)
        name = null() if self.name is None else self.name
        columns = {"org_id": self.org_id, "row": self.row, "name": name, "on": on, "value": self.value, "why": self.why(today)}
        named = [column.label(label) for label, column in columns.items()]
        return select(*named).select_from(self.source).where(self.is_odd(today)).order_by(self.org_id, self.row, on)


def read(connection: Connection, record: Record, today: date, *conditions: ColumnElement[bool], most: int | None = None) -> pd.DataFrame:
    """Return the records of one kind that cannot be: org_id, row, name (of the person, if it is one's), on (datetime64: the day that is
    odd, or that the record names), value (text), why (Chinese)."""
    found = frame(connection, KINDS[record].found(today).where(*conditions).limit(most), days=("on",))
    return found.assign(why=found["why"].map(Wrong.labels()))


def _text(column: ColumnElement) -> ColumnElement[str]:
    return cast(column, String)


_study, _service, _dues, _talk = study_record.c, service_record.c, dues.c, talk.c
_report, _honour, _deduction, _election, _extension = progress_report.c, honour.c, deduction.c, election.c, term_extension.c
_member, _applicant, _meeting, _step = member.c, applicant.c, meeting.c, admission_step.c

KINDS: Mapping[Record, Kind] = {
    Record.MEETING: Kind(
        "会议（实到/应到）",
        meeting,
        _meeting.org_id,
        _meeting.meeting_id,
        day_number(_meeting.held_on),
        _text(_meeting.attended) + "/" + _text(_meeting.expected),
        (_meeting.held_on,),
        (_meeting.attended <= 0, _meeting.attended > _meeting.expected),
    ),
    Record.STEP: Kind(
        "发展步骤（天数）",
        admission_step.join(applicant, _applicant.applicant_id == _step.applicant_id),
        _applicant.org_id,
        _step.applicant_id,
        day_number(_step.done_on),
        _text(_step.days),
        (_step.done_on,),
        (_step.days < 0,),
        name=_applicant.name,
    ),
    Record.TALK: Kind("谈心谈话", talk, _talk.org_id, _talk.talk_id, day_number(_talk.held_on), null(), (_talk.held_on,)),
    Record.STUDY: Kind(
        "学习记录（分钟）",
        study_record.join(member, _member.member_id == _study.member_id),
        _study.org_id,
        _study.member_id,
        day_number(_study.studied_on),
        _text(_study.minutes),
        (_study.studied_on, _study.finished_on),
        (_study.minutes < 0,),
        name=_member.name,
    ),
    Record.SERVICE: Kind(
        "服务记录（分钟）",
        service_record.join(member, _member.member_id == _service.member_id),
        _service.org_id,
        _service.member_id,
        day_number(_service.served_on),
        _text(_service.minutes),
        (_service.served_on,),
        (_service.minutes <= 0,),
        name=_member.name,
    ),
    Record.DUES: Kind(
        "党费（实交分）",
        dues.join(member, _member.member_id == _dues.member_id),
        _dues.org_id,
        _dues.member_id,
        func.coalesce(day_number(_dues.paid_on), _dues.month * 100 + 1),
        _text(_dues.paid_cents),
        (_dues.paid_on,),
        (_dues.paid_cents < 0, _dues.due_cents < 0),
        name=_member.name,
    ),
    Record.REPORT: Kind(
        "进度填报（%）",
        progress_report.join(assignment, assignment.c.assignment_id == _report.assignment_id),
        assignment.c.org_id,
        _report.assignment_id,
        day_number(_report.reported_on),
        _text(_report.percent),
        (_report.reported_on,),
        (_report.percent < 0, _report.percent > 100),
        standing=last_of_day(),
    ),
    Record.APPLICANT: Kind(
        "入党申请人（申请、出生日期）",
        applicant,
        _applicant.org_id,
        _applicant.applicant_id,
        day_number(_applicant.applied_on),
        null(),
        (_applicant.applied_on, _applicant.birth_on),
        name=_applicant.name,
    ),
    Record.MEMBER: Kind(
        "党员信息（出生、入党、转正日期）",
        member,
        _member.org_id,
        _member.member_id,
        day_number(func.coalesce(_member.joined_on, _member.birth_on)),
        null(),
        (_member.birth_on, _member.joined_on, _member.full_on),
        name=_member.name,
    ),
    Record.ELECTION: Kind(
        "换届选举",
        election,
        _election.org_id,
        _election.election_id,
        day_number(_election.held_on),
        null(),
        (_election.held_on,),
        order=(_election.term_ends_on < _election.held_on,),
    ),
    Record.EXTENSION: Kind(
        "届期延长",
        term_extension,
        _extension.org_id,
        _extension.org_id,
        day_number(_extension.approved_on),
        null(),
        (_extension.approved_on,),
        order=(_extension.until < _extension.term_ends_on,),
    ),
    Record.HONOUR: Kind(
        "加分（分）",
        honour,
        _honour.org_id,
        _honour.honour_id,
        day_number(_honour.awarded_on),
        _text(_honour.points),
        (_honour.awarded_on,),
        (_honour.points < 0,),
    ),
    Record.DEDUCTION: Kind(
        "扣分（分）",
        deduction,
        _deduction.org_id,
        _deduction.deduction_id,
        day_number(_deduction.happened_on),
        _text(_deduction.points),
        (_deduction.happened_on,),
        (_deduction.points < 0,),
    ),
}
