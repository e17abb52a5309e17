"""What every member did and had to do in a quarter: the counts that the pioneer index is rated from.

Records lie with the organisation that the member belonged to on that day, so they are read a range of organisations at a time and
added up by member: whoever moved in the quarter keeps what was done before.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, false, func, select

from data_access.counting.assignments import Assignments
from data_access.counting.meetings import none_of
from data_access.counting.membership import present
from data_access.counting.months import Counted, month_code
from data_access.counting.numbers import count_if, numbers, sum_if
from data_access.counting.organisations import number
from data_access.counting.records import PAID_ON_TIME, SOUND_DUES, finished_in_time
from data_access.rating.branch_counts import assignment_sums, courses_asked, said
from data_access.schema.records import attendance, dues, meeting, service_record, study_record
from domain.index.quarters import RatedQuarter
from domain.vocabulary import Presence

_BRANCHES = 1000  # organisations whose records are read at a time
_FEW = 20  # organisations that are read one by one
RECORDS = ("expected", "attended", "dues_due", "dues_paid", "courses_finished", "study_minutes", "service_records")


class MemberCounts:
    """Counts of members by quarter; their records are added up once for all quarters."""

    def __init__(self, connection: Connection, counted: Counted, assignments: Assignments, quarters: Sequence[RatedQuarter]) -> None:
        """Read the records of `quarters`."""
        self._counted = counted
        self._assignments = assignments
        self._quarters = list(quarters)
        self._branches = counted.branches
        self._members, first = np.unique(counted.stays["member_id"].to_numpy(), return_index=True)
        self._joined = counted.stays["first"].to_numpy()[first]  # stays are in order
        self._sums = np.zeros((len(self._quarters), len(RECORDS), len(self._members)), dtype=np.int32)
        every = range(len(self._quarters))
        for org_ids in _ranges(self._branches["org_id"]):
            for place, quarter in enumerate(self._quarters):
                self._add(("expected", "attended"), [place], numbers(connection, _met(org_ids, quarter, counted.odd)))
            self._add(("dues_due", "dues_paid"), every, numbers(connection, _paid(org_ids, self._quarters)))
            self._add(("courses_finished", "study_minutes"), every, numbers(connection, _studied(org_ids, self._quarters, counted)))
            self._add(("service_records",), every, numbers(connection, _served(org_ids, self._quarters)))

    def of(self, quarter: RatedQuarter) -> pd.DataFrame:
        """Return the members on the evaluation day, by id, with the columns that `domain.index.member_items` expects.

        Besides: org_id, member_id, kind, sector (of the branch).
        """
        here = present(self._counted.stays, quarter.evaluated_on).drop_duplicates("member_id", keep="last")
        member_ids, org_ids = here["member_id"].to_numpy(), here["org_id"].to_numpy()
        known = self._branches["org_id"].to_numpy()
        inside = np.isin(org_ids, known)
        member_ids, org_ids = member_ids[inside], org_ids[inside]
        branch = self._branches.iloc[np.searchsorted(known, org_ids)]
        place = np.searchsorted(self._members, member_ids)
        sums, joined = self._sums[self._quarters.index(quarter)], self._joined[place]
        counts: dict[str, Any] = {"member_id": member_ids, "org_id": org_ids}
        counts |= {name: branch[name].array for name in ("kind", "sector")} | {"members": 1, "open": quarter.open}
        counts |= {name: sums[row][place] for row, name in enumerate(RECORDS)}
        counts["months"] = sum(((joined <= number(month.first)).astype(int) for month in quarter.months), start=np.zeros(len(place), int))
        counts["dues_due"] = np.minimum(counts["dues_due"] + self._unsaid(quarter)[place], len(quarter.months))
        weighed = assignment_sums(self._assignments, quarter, "member_id")
        counts |= {str(name): column.reindex(member_ids, fill_value=0).to_numpy() for name, column in weighed.items()}
        counts |= courses_asked(self._counted, quarter, branch["sector"].to_numpy(), joined <= number(quarter.period.first))
        return pd.DataFrame(counts | said(self._counted, quarter, org_ids))

    def _add(self, names: Sequence[str], quarters: Sequence[int], found: pd.DataFrame) -> None:
        """Add the columns of `found`: member_id, then each of `names` by quarter."""
        place = np.minimum(np.searchsorted(self._members, found["member_id"]), len(self._members) - 1)
        known = self._members[place] == found["member_id"].to_numpy()
        columns = iter(found.columns[1:])
        for name in names:
            for quarter in quarters:
                values = found[next(columns)].to_numpy()
                self._sums[quarter, RECORDS.index(name), place[known]] += values[known].astype(np.int32)  # a member has one row

    def _unsaid(self, quarter: RatedQuarter) -> np.ndarray:
        """Count, for each member, the ended months spent, whole, in a branch that said nothing of the month's dues: theirs are open."""
        stays, silent = self._counted.stays, self._counted.silent
        found = np.zeros(len(self._members), int)
        for month in quarter.months if len(silent) else ():
            mute = silent.loc[silent["month"] == month_code(month), "org_id"]
            if len(mute):
                whole = (stays["first"] <= number(month.first)) & (stays["last"] >= number(month.last))
                there = stays.loc[whole & stays["org_id"].isin(mute), "member_id"]
                found += np.bincount(np.searchsorted(self._members, there), minlength=len(found))
        return found


def _ranges(org_ids: pd.Series) -> Iterator[tuple[int, int]]:
    ordered = np.sort(org_ids.to_numpy())
    if len(ordered) <= _FEW:  # a range over them may span the whole installation
        yield from ((int(org_id), int(org_id)) for org_id in ordered)
        return
    for start in range(0, len(ordered), _BRANCHES):
        piece = ordered[start : start + _BRANCHES]
        yield int(piece[0]), int(piece[-1])


def _met(org_ids: tuple[int, int], quarter: RatedQuarter, odd: Sequence[int]) -> Select:
    """Count the meetings of a quarter, but for the `odd` ones, at which each member was expected, and present."""
    return (
        select(attendance.c.member_id, func.count(), count_if(attendance.c.presence == Presence.PRESENT))
        .join_from(meeting, attendance, attendance.c.meeting_id == meeting.c.meeting_id)
        .where(meeting.c.org_id.between(*org_ids), meeting.c.held_on.between(quarter.period.first, quarter.evaluated_on), *none_of(odd))
        .group_by(attendance.c.member_id)
    )


def _paid(org_ids: tuple[int, int], quarters: Sequence[RatedQuarter]) -> Select:
    """Count the ended months of each quarter that each member owed dues for, and those paid in full in time."""
    inside = [dues.c.month.in_([month_code(month) for month in quarter.months]) for quarter in quarters]
    return (
        select(dues.c.member_id, *(count_if(within) for within in inside), *(count_if(within, PAID_ON_TIME) for within in inside))
        .where(SOUND_DUES, dues.c.org_id.between(*org_ids))
        .group_by(dues.c.member_id)
    )


def _studied(org_ids: tuple[int, int], quarters: Sequence[RatedQuarter], counted: Counted) -> Select:
    """Count the required courses of each quarter that each member finished, and sum the minutes studied in its ended months."""
    minutes = study_record.c.minutes
    finished = [finished_in_time(counted.courses, quarter) for quarter in quarters]
    studied = [_ended(study_record.c.studied_on, quarter) for quarter in quarters]
    return (
        select(
            study_record.c.member_id, *(count_if(done) for done in finished), *(sum_if(minutes, within, minutes >= 0) for within in studied)
        )
        .where(study_record.c.org_id.between(*org_ids))
        .group_by(study_record.c.member_id)
    )


def _served(org_ids: tuple[int, int], quarters: Sequence[RatedQuarter]) -> Select:
    """Count the service of each member in the ended months of each quarter."""
    day = service_record.c.served_on
    return (
        select(service_record.c.member_id, *(count_if(_ended(day, quarter), service_record.c.minutes > 0) for quarter in quarters))
        .where(service_record.c.org_id.between(*org_ids))
        .group_by(service_record.c.member_id)
    )


def _ended(day: ColumnElement, quarter: RatedQuarter) -> ColumnElement[bool]:
    """Return the condition that a day lies in those months of the quarter that have ended."""
    return day.between(quarter.period.first, quarter.ended_until) if quarter.ended_until else false()
