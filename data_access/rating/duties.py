"""Rating the duties of organisation life: what every branch owed and where each duty stands, written to duty_record."""

from collections.abc import Callable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, delete, func, select

from data_access import bulk
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.counting.reading import Reading
from data_access.rating import facts
from data_access.schema.organisations import party_group
from data_access.schema.ratings import duty_record
from data_access.schema.records import meeting, talk
from domain import duties
from domain.settings import Settings
from domain.vocabulary import Duty, Source

Progress = Callable[[str], None]

_WRITTEN = ["org_id", "duty", "period", "due_on", "status", "done_on", "meeting_id"]


def rate_duties(reading: Reading, progress: Progress) -> None:
    """Rate every duty of every branch anew. Nothing is owed where the installation has no record of any meeting."""
    connection, today, settings = reading.connection, reading.today, reading.settings
    connection.execute(delete(duty_record))
    life = BranchLife.read(connection, today, settings)
    ids = life.branches["org_id"]
    for first, last in facts.portions(ids):
        progress(f"评定组织生活 {int((ids < first).sum())}/{len(ids)}")
        life.write(connection, first, last)


class BranchLife:
    """What the duties of all branches share: the branches, their groups, the stewards' marks and the rated periods."""

    def __init__(
        self, branches: pd.DataFrame, groups: pd.DataFrame, unknown: pd.DataFrame, slots: pd.DataFrame, today: date, settings: Settings
    ) -> None:
        self.branches = branches
        self.unknown = unknown
        self.slots = slots
        self._groups = groups
        self._today = today
        self._settings = settings

    @classmethod
    def read(cls, connection: Connection, today: date, settings: Settings) -> "BranchLife":
        """Read what concerns every branch."""
        begin = facts.meetings_from(connection)
        slots = duties.calendar(settings, today, begin or today)
        columns = party_group.c
        groups = frame(
            connection,
            select(
                columns.group_id,
                columns.org_id,
                day_number(columns.founded_on).label("founded_on"),
                day_number(columns.dissolved_on).label("dissolved_on"),
            ).order_by(columns.group_id),
            days=("founded_on", "dissolved_on"),
        )
        branches = facts.branches_of(facts.organisations(connection))
        unknown = facts.unknown(connection, Source.MEETINGS)
        return cls(branches, groups, unknown, slots if begin else slots.iloc[:0], today, settings)

    def examined(self, connection: Connection, first: int, last: int) -> pd.DataFrame:
        """Return the meetings and talks of the branches with ids from `first` to `last`, as `domain.duties.examined` judges them."""
        branches = self._of(self.branches, first, last)
        columns = meeting.c
        held = frame(
            connection,
            select(
                columns.meeting_id,
                columns.org_id,
                columns.group_id,
                columns.kind,
                columns.period,
                day_number(columns.held_on).label("held_on"),
                columns.expected,
                columns.attended,
            ).where(columns.org_id.between(first, last)),
            days=("held_on",),
            optional=("group_id",),
            terms=("kind", "period"),
        )
        held = held[held["org_id"].isin(branches["org_id"])]
        met = pd.concat([held, duties.talks_as_meetings(self._talks(connection, first, last), self._settings)], ignore_index=True)
        return duties.examined(met, branches, self.slots, self._today, self._settings)

    def standing(self, connection: Connection, first: int, last: int) -> pd.DataFrame:
        """Return the duties of the branches with ids from `first` to `last`, as `domain.duties.standing` returns them."""
        groups = self._of(self._groups, first, last)
        owing = duties.owed(self._of(self.branches, first, last), groups, self.slots)
        met = self.examined(connection, first, last)
        return duties.standing(owing, met, groups, self._of(self.unknown, first, last), self.slots, self._today)

    def write(self, connection: Connection, first: int, last: int) -> None:
        """Insert the duties of the branches with ids from `first` to `last` into `duty_record`."""
        records = self.standing(connection, first, last)
        records["meeting_id"] = records["meeting_id"].mask(records["duty"] == Duty.TALK)  # the table's ids are those of meetings
        bulk.insert(connection, duty_record, records[_WRITTEN].sort_values(["org_id", "duty", "period"]))

    def _of(self, found: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
        return found[found["org_id"].between(first, last)].reset_index(drop=True)

    def _talks(self, connection: Connection, first: int, last: int) -> pd.DataFrame:
        """Read the first talk of every branch on every day it had one; a year's hundreds of talks say no more about the duty."""
        columns = talk.c
        query = (
            select(func.min(columns.talk_id).label("talk_id"), columns.org_id, day_number(columns.held_on).label("held_on"))
            .where(columns.org_id.between(first, last))
            .group_by(columns.org_id, columns.held_on)
            .order_by(columns.org_id, columns.held_on)
        )
        return frame(connection, query, days=("held_on",))
