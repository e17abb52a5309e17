"""What rating and roll-up both count from, read once for both."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd
from sqlalchemy import Connection, or_, select

from data_access.counting.applicants import Applicants
from data_access.counting.assignments import Assignments
from data_access.counting.meetings import odd_meetings
from data_access.counting.membership import ever_in
from data_access.counting.months import Counted
from data_access.engine import installation
from data_access.schema.members import membership
from data_access.schema.places import setting
from data_access.schema.records import meeting
from domain.index.quarters import rated_quarters
from domain.settings import Settings


@dataclass(frozen=True)
class Reading:
    """The facts of one transaction, each read when it is first asked for; nothing that rating writes is among them.

    With a `branch`, only what that one is rated from; what the installation as a whole has records of is then taken from the last
    rating, which a further record of one branch does not change. With `since`, no quarter that ended before that day.
    """

    connection: Connection
    today: date
    settings: Settings
    branch: int | None = None
    since: date | None = None

    @classmethod
    def of(cls, connection: Connection, branch: int | None = None, since: date | None = None) -> "Reading":
        """Return the facts as of the installation's day, under its settings: all, or those about one branch (its id), since a day.

        Raises domain.settings.BadSetting and WrongSchema.
        """
        found = connection.execute(select(setting.c.key, setting.c.value))
        return cls(connection, installation(connection).today, Settings({row.key: row.value for row in found}), branch, since)

    @cached_property
    def counted(self) -> Counted:
        """Return the counts of the quarters that are rated."""
        quarters = rated_quarters(self.today, self.settings.whole("duty.history_quarters"))
        kept = [quarter for quarter in quarters if self.since is None or quarter.period.last >= self.since]
        return Counted.read(self.connection, kept, self.branch, self.odd_meetings["row"].tolist())

    @cached_property
    def odd_meetings(self) -> pd.DataFrame:
        """Return the meetings that cannot be: all, or those where a member of the branch ever belonged."""
        only = []
        if self.branch is not None:
            around = select(membership.c.org_id).where(membership.c.member_id.in_(ever_in(self.branch)))
            only = [or_(meeting.c.org_id == self.branch, meeting.c.org_id.in_(around))]
        return odd_meetings(self.connection, self.today, self.settings, *only)

    @cached_property
    def assignments(self) -> Assignments:
        """Return every assignment with its plan and reports."""
        return Assignments.read(self.connection, around=self.branch)

    @cached_property
    def applicants(self) -> Applicants:
        """Return every applicant and step."""
        return Applicants.read(self.connection, self.branch)
