"""Rating the duty lights of every organisation, written to the table `light`.

What concerns few (elections, arrears, admissions, sizes, the records themselves) is lit once for everybody; meetings and tasks
are lit one portion of organisations after the other, and each portion is numbered and written before the next is read.
"""

import json
from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, delete, func, or_, select

from data_access import bulk
from data_access.counting.exemptions import exemptions
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.counting.reading import Reading
from data_access.rating import facts
from data_access.rating.assignments import milestones_of_tasks, states_of
from data_access.rating.concerns import concerns
from data_access.rating.duties import BranchLife
from data_access.schema.ratings import duty_record, light
from domain import lights
from domain.duties import slots_of
from domain.duty_lights import duty_lights
from domain.tasks import task_lights
from domain.vocabulary import DutyStatus, Source

Progress = Callable[[str], None]

_JSON = json.JSONEncoder(ensure_ascii=False)
_LIT = [status.value for status in (DutyStatus.LATE, DutyStatus.MISSED, DutyStatus.UNKNOWN)]
_WRITTEN = ["light_id", "org_id", "member_id", "rule_id", "subject", "light", "since", "due_on", "closed_on", "exemption_id", "evidence"]


def rate_lights(reading: Reading, progress: Progress) -> None:
    """Light every duty anew; needs the duties rated before. Lights are numbered in an order that does not depend on the database."""
    connection, today, settings = reading.connection, reading.today, reading.settings
    connection.execute(delete(light))
    organisations = facts.organisations(connection)
    life = BranchLife.read(connection, today, settings)
    progress("评定换届、党费、发展党员预警")
    few = concerns(reading, organisations, life)
    marks, milestones, exempted = facts.unknown(connection, Source.TASKS), milestones_of_tasks(connection), exemptions(connection)
    ids, number = organisations["org_id"], 0
    for first, last in facts.portions(ids):
        progress(f"评定预警 {int((ids < first).sum())}/{len(ids)}")
        states = states_of(connection, first, last, milestones, marks, today, settings)
        lit = lights.joined([few[few["org_id"].between(first, last)], *of_records(connection, life, states, first, last, today)])
        marked = lights.switched_off(lit, exempted, today)
        write(connection, marked.assign(light_id=range(number + 1, number + len(marked) + 1)))
        number += len(marked)


def of_records(
    connection: Connection, life: BranchLife, states: pd.DataFrame, first: int, last: int, today: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lights of duties and of tasks (`states`) of the organisations with ids from `first` to `last`."""
    records = _records(connection, life, first, last)
    return (
        duty_lights(records, life.branches, life.unknown, life.slots, today),
        task_lights(states, today, history_from=lights.kept_from(today)),
    )


def write(connection: Connection, numbered: pd.DataFrame) -> None:
    """Insert lights that have their light_id."""
    bulk.insert(connection, light, numbered.assign(evidence=_evidence(numbered))[_WRITTEN])


def _evidence(lit: pd.DataFrame) -> list[str]:
    columns = zip(*(lit[name].tolist() for name in ("table", "rows", "text")), strict=True)
    return [_JSON.encode({"table": table, "rows": rows, "text": text}) for table, rows, text in columns]


def _records(connection: Connection, life: BranchLife, first: int, last: int) -> pd.DataFrame:
    """Return the rated duties, of the branches with ids from `first` to `last`, that `duty_lights` asks for."""
    columns = duty_record.c
    before = func.lag(columns.status).over(partition_by=(columns.org_id, columns.duty), order_by=columns.period).label("before")
    chained = select(columns.org_id, columns.duty, columns.period, columns.status, columns.done_on, columns.meeting_id, before).where(
        columns.org_id.between(first, last)
    )
    all_of = chained.subquery().c
    query = select(
        all_of.org_id, all_of.duty, all_of.period, all_of.status, day_number(all_of.done_on).label("done_on"), all_of.meeting_id
    ).where(or_(all_of.status.in_(_LIT), all_of.before.in_(_LIT)))
    rated = frame(connection, query, days=("done_on",), optional=("meeting_id",), terms=("duty", "period", "status"))
    slot, _, _ = slots_of(rated["duty"], rated["period"], life.slots)
    days = life.slots[["first_on", "due_on", "makeup_until"]].take(slot).set_axis(rated.index)
    return rated.assign(slot=slot).join(days)
