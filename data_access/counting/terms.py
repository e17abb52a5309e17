"""The terms of office of every organisation, ready to be asked about any day."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from data_access.counting.numbers import dated, day_number, numbers
from data_access.schema.organisations import election, organisation, term_extension
from domain.settings import Settings
from domain.terms import term_ends


@dataclass(frozen=True)
class Terms:
    """Frames as `domain.terms` expects them; `elections` has term_ends_on of the committee elected besides."""

    organisations: pd.DataFrame
    elections: pd.DataFrame
    extensions: pd.DataFrame

    @classmethod
    def read(cls, connection: Connection) -> "Terms":
        """Read the terms, elections and extensions of all organisations."""
        return cls(
            _days(connection, organisation.c.org_id, organisation.c.term_ends_on),
            _days(connection, election.c.org_id, election.c.held_on, election.c.term_ended_on),
            _days(connection, term_extension.c.org_id, term_extension.c.approved_on, term_extension.c.term_ends_on, term_extension.c.until),
        )

    def ends(self, day: date, settings: Settings) -> pd.Series:
        """Return, by org_id, the end of the term that each organisation was in on `day`; NaT where it is unknown."""
        ends = term_ends(self.organisations, self.elections, self.extensions, day, settings)
        return ends.set_axis(self.organisations["org_id"])


def _days(connection: Connection, org_id, *days) -> pd.DataFrame:
    frame = numbers(connection, select(org_id, *(day_number(day).label(day.name) for day in days)).order_by(org_id, *days))
    return frame.assign(org_id=frame["org_id"].astype("int64"), **{day.name: dated(frame[day.name]) for day in days})
