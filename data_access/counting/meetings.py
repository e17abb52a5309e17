"""Meetings that cannot be (数据异常): found by the database, judged by the rules of duties, so that few rows are read."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, not_, or_, select, true

from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.counting.oddities import KINDS
from data_access.schema.organisations import organisation
from data_access.schema.records import meeting
from domain.duties import Flaw, calendar, examined, sound_period
from domain.period import Period
from domain.reporting import Record
from domain.settings import Settings
from domain.vocabulary import Duty, OrgKind

_COLUMNS = ["org_id", "row", "name", "on", "value", "why"]
_ANOMALOUS = [flaw.value for flaw in Flaw if flaw.anomalous]


def odd_meetings(connection: Connection, today: date, settings: Settings, *only: ColumnElement[bool]) -> pd.DataFrame:
    """Return the meetings, of those that meet `only`, whose record cannot be, with the columns of `oddities.read`; they count nowhere."""
    columns, of, kind = meeting.c, organisation.c, KINDS[Record.MEETING]
    suspect = or_(
        kind.is_odd(today),
        and_(columns.kind == Duty.GROUP_MEETING.value, columns.group_id.is_(None)),
        columns.held_on < of.founded_on,
        columns.held_on > of.dissolved_on,
        *_odd_periods(connection, settings, *only),
    )
    own = (columns.meeting_id, columns.org_id, columns.group_id, columns.kind, columns.period, columns.expected, columns.attended)
    days = (columns.held_on, of.founded_on, of.dissolved_on)
    told = (kind.value.label("value"), (of.kind == OrgKind.BRANCH.value).label("is_branch"))
    query = (
        select(*own, *(day_number(day).label(day.name) for day in days), *told)
        .join_from(meeting, organisation, of.org_id == columns.org_id)
        .where(*only, suspect)
        .order_by(columns.meeting_id)
    )
    found = frame(connection, query, days=[day.name for day in days], optional=("group_id",), terms=("kind", "period"))
    if found.empty:  # as of most branches
        return found.rename(columns={"meeting_id": "row", "held_on": "on"}).assign(name=None, why=found["kind"])[_COLUMNS]
    lives = ["founded_on", "dissolved_on"]
    branches = found.loc[found["is_branch"].astype(bool), ["org_id", *lives]].drop_duplicates("org_id")
    judged = examined(found.drop(columns=lives), branches, calendar(settings, today, date.min), today, settings)
    odd = judged[judged["flaw"].isin(_ANOMALOUS)].rename(columns={"meeting_id": "row", "held_on": "on"}).reset_index(drop=True)
    return odd.assign(name=None, why=odd["flaw"].map(Flaw.labels()))[_COLUMNS]


def none_of(odd: Sequence[int]) -> list[ColumnElement[bool]]:
    """Return the conditions that a meeting is none of these; they are written out, because parameters are few."""
    listed: ColumnElement = bindparam("odd", [int(number) for number in odd], expanding=True, literal_execute=True, unique=True)
    return [meeting.c.meeting_id.not_in(listed)] if len(odd) else []


def _odd_periods(connection: Connection, settings: Settings, *only: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Return the conditions that a meeting's period is none of its duty, or begins after the meeting; periods are few."""
    columns = meeting.c
    pairs = select(columns.kind, columns.period, func.min(columns.held_on)).where(*only).group_by(columns.kind, columns.period)
    seen = connection.execute(pairs).all()
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
