"""Records that cannot be (数据异常), of every source: found by the database, judged by the rules, so that few rows are read."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, or_, select

from data_access.counting import oddities
from data_access.counting.frames import frame
from data_access.counting.meetings import odd_meetings
from data_access.counting.numbers import day_number
from data_access.counting.reading import Reading
from data_access.schema.members import admission_step, applicant
from data_access.schema.records import meeting
from domain import admission_clocks
from domain.admission import PROBATION_EXTENSION, STEPS
from domain.admission_clocks import Oddity
from domain.reporting import RECORDS_OF, Record, Wrong
from domain.settings import Settings
from domain.vocabulary import Source

_JUDGED = (Record.MEETING, Record.STEP)  # by rules of their own


def records(reading: Reading) -> pd.DataFrame:
    """Return every record that cannot be.

    Columns: org_id, table (a `Record`), row (its id, or its owner's), on (the day it names), why (Chinese).
    """
    connection, today = reading.connection, reading.today
    found = [_row(reading.odd_meetings, Record.MEETING, "row", "on"), _steps(connection, today)]
    found += [_row(oddities.read(connection, record, today), record, "row", "on") for record in oddities.KINDS if record not in _JUDGED]
    return pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else found[0]


def of_branch(
    connection: Connection, source: Source, org_id: int, since: date, until: date, today: date, settings: Settings, most: int
) -> pd.DataFrame:
    """Return the records of a source that cannot be, of one organisation from `since` until `until`: the columns of `oddities.read`,
    record (a `Record`).

    What describes somebody or something, and is no record of a day, is told whatever its day.
    """
    found = []
    for record in RECORDS_OF[source]:
        if record is Record.MEETING:
            rows = odd_meetings(connection, today, settings, meeting.c.org_id == org_id, meeting.c.held_on.between(since, until)).head(most)
        else:
            rows = oddities.read(connection, record, today, oddities.KINDS[record].org_id == org_id, most=most)
        found.append(rows.assign(record=record.value))
    rows = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    return rows[rows["on"].between(pd.Timestamp(since), pd.Timestamp(until)) | (rows["why"] == Wrong.ORDER.label)]


def _row(rows: pd.DataFrame, record: Record, key: str, on: str) -> pd.DataFrame:
    return pd.DataFrame({"org_id": rows["org_id"], "table": record.value, "row": rows[key], "on": rows[on], "why": rows["why"]})


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
