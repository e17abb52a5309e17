"""Records that cannot be (数据异常), of every source: found by the database, judged by the rules, so that few rows are read."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select, true

from data_access.counting import oddities
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.rating.duties import BranchLife
from data_access.schema.members import admission_step, applicant
from data_access.schema.organisations import organisation
from data_access.schema.records import meeting
from domain import admission_clocks
from domain.admission import PROBATION_EXTENSION, STEPS
from domain.admission_clocks import Oddity
from domain.duties import Flaw, examined, sound_period
from domain.period import Period
from domain.reporting import Record
from domain.settings import Settings
from domain.vocabulary import Duty

_JUDGED = (Record.MEETING, Record.STEP)  # by rules of their own
_ANOMALOUS = [flaw.value for flaw in Flaw if flaw.anomalous]


def records(connection: Connection, life: BranchLife, today: date, settings: Settings) -> pd.DataFrame:
    """Return every record that cannot be.

    Columns: org_id, table (a `Record`), row (its id, or its owner's), on (the day it names), why (Chinese).
    """
    found = [_meetings(connection, life, today, settings), _steps(connection, today)]
    found += [_row(oddities.read(connection, record, today), record, "row", "on") for record in oddities.KINDS if record not in _JUDGED]
    return pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else found[0]


def _row(rows: pd.DataFrame, record: Record, key: str, on: str) -> pd.DataFrame:
    return pd.DataFrame({"org_id": rows["org_id"], "table": record.value, "row": rows[key], "on": rows[on], "why": rows["why"]})


def _meetings(connection: Connection, life: BranchLife, today: date, settings: Settings) -> pd.DataFrame:
    columns = meeting.c
    day = day_number(columns.held_on).label("held_on")
    lived = (columns.held_on >= organisation.c.founded_on) & or_(
        organisation.c.dissolved_on.is_(None), columns.held_on <= organisation.c.dissolved_on
    )
    suspect = or_(
        columns.held_on > today,
        columns.attended <= 0,
        and_(columns.kind == Duty.GROUP_MEETING.value, columns.group_id.is_(None)),
        not_(lived),
        *_odd_periods(connection, settings),
    )
    query = (
        select(columns.meeting_id, columns.org_id, columns.group_id, columns.kind, columns.period, day, columns.expected, columns.attended)
        .join_from(meeting, organisation, organisation.c.org_id == columns.org_id)
        .where(suspect)
        .order_by(columns.meeting_id)
    )
    suspects = frame(connection, query, days=("held_on",), optional=("group_id",), terms=("kind", "period"))
    judged = examined(suspects, life.branches, life.slots, today, settings)
    odd = judged[judged["flaw"].isin(_ANOMALOUS)]
    return _row(odd.assign(why=odd["flaw"].map(Flaw.labels())), Record.MEETING, "meeting_id", "held_on")


def _odd_periods(connection: Connection, settings: Settings) -> list[ColumnElement[bool]]:
    """Return the conditions that a meeting's period is none of its duty, or begins after the meeting; periods are few."""
    columns = meeting.c
    seen = connection.execute(select(columns.kind, columns.period, func.min(columns.held_on)).group_by(columns.kind, columns.period)).all()
    sound = [(kind, code, earliest) for kind, code, earliest in seen if sound_period(kind, code, settings)]
    kinds = {kind: [code for of, code, _ in sound if of == kind] for kind in {row[0] for row in sound}}
    known = [and_(columns.kind == kind, columns.period.in_(codes)) for kind, codes in sorted(kinds.items())]
    early = [
        and_(columns.kind == kind, columns.period == code, columns.held_on < Period.parse(code).first)
        for kind, code, earliest in sound
        if earliest < Period.parse(code).first
    ]
    odd = [not_(or_(*known)) if known else true()] if len(sound) < len(seen) else []
    return [*odd, *early]


def _steps(connection: Connection, today: date) -> pd.DataFrame:
    columns = admission_step.c
    query = (
        select(applicant.c.org_id, columns.applicant_id, columns.step, day_number(columns.done_on).label("done_on"), columns.days)
        .join_from(admission_step, applicant, applicant.c.applicant_id == columns.applicant_id)
        .where(or_(columns.done_on > today, columns.step.not_in([*STEPS, PROBATION_EXTENSION])))
        .order_by(columns.applicant_id, columns.done_on, columns.step)
    )
    steps = frame(connection, query, days=("done_on",), optional=("days",))
    judged = admission_clocks.examined(steps, today)
    odd = judged[judged["oddity"].isin([Oddity.FUTURE, Oddity.UNKNOWN_STEP])]
    return _row(odd.assign(why=odd["oddity"].map(Oddity.labels())), Record.STEP, "applicant_id", "done_on")
