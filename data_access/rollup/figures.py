"""Rolling up `figure`: every organisation's standing, scores and records by month and quarter."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data_access.counting.months import Counted, begun, month_code
from data_access.counting.organisations import living, number
from data_access.counting.sources import unknown_in
from data_access.rollup.events import EVENTS, SCORE_COUNTS, SCORE_SUMS, away, in_period
from data_access.rollup.tree import Column, Tree, rolled
from domain.period import Period
from domain.vocabulary import OrgKind, Source

Values = dict[str, Column]

_KINDS = {"committees": OrgKind.COMMITTEE, "general_branches": OrgKind.GENERAL_BRANCH, "branches": OrgKind.BRANCH}
_WHOLE = (*_KINDS, "members", "probationary", *EVENTS, *SCORE_COUNTS)
# What each source tells of a period; it is missing where the source says nothing.
_TOLD: dict[Source, tuple[str, ...]] = {
    Source.MEETINGS: ("expected", "attended"),
    Source.DUES: ("dues_members", "dues_paid_members", "dues_on_time", "dues_cents", "dues_paid_cents"),
    Source.STUDY: ("study_required", "study_finished", "study_minutes", "study_people"),
    Source.SERVICE: ("service_records", "service_minutes", "service_people"),
}


def periods(counted: Counted) -> list[Period]:
    """Return the begun months and quarters that are rolled up, in the order of their codes."""
    months = begun(counted.quarters)
    return sorted([*months, *(quarter.period for quarter in counted.quarters)], key=lambda period: period.code)


def of_period(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Name the period of rows, in a column that takes a byte a row."""
    return rows.assign(period=pd.Series(period.code, index=rows.index, dtype="category"))


@dataclass
class Figures:
    """Rolls up `figure`, a period at a time; `happened` and `scores` are of `data_access.rollup.events`."""

    connection: Connection
    counted: Counted
    tree: Tree
    happened: pd.DataFrame
    scores: pd.DataFrame

    def rows(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of each period, in the order of the periods' codes."""
        for period in periods(self.counted):
            day = min(period.last, self.counted.today)
            values = self._standing(period) | self._events(period) | self._records(period) | self._scores(period)
            found = self.counted.organisations
            active = np.zeros(len(found), dtype=bool)
            for column in values.values():
                active |= np.nan_to_num(column) != 0
            frame = rolled(self.tree.on(day), values, active | living(found, day).to_numpy())
            yield of_period(frame.astype(dict.fromkeys(_WHOLE, np.int32)), period)

    def _standing(self, period: Period) -> Values:
        """Organisations and members on the period's last day, or today."""
        found, day = self.counted.organisations, min(period.last, self.counted.today)
        alive = living(found, day)
        values: Values = {name: (alive & (found["kind"] == kind)).to_numpy(dtype=float) for name, kind in _KINDS.items()}
        heads = self._month(period)
        values |= {name: self.tree.aligned(heads[name]) for name in ("members", "probationary")}
        if period.last >= self.counted.today:
            gone = away(self.connection, self.counted.today, self.counted.branch)
            branches = values["branches"] == 1
            values |= {name: np.where(branches, self.tree.aligned(gone[name]), np.nan) for name in ("floating", "lost")}
        return values

    def _events(self, period: Period) -> Values:
        found = in_period(self.happened, period)
        return {name: self.tree.aligned(found[name]) for name in EVENTS}

    def _scores(self, period: Period) -> Values:
        """What the scores of a quarter add up to; a month has none."""
        if period.months == 1:
            return {name: np.zeros(len(self.counted.organisations)) for name in SCORE_COUNTS}
        found = self.scores[self.scores.index.get_level_values("period") == period.code].droplevel("period")
        counts = {name: self.tree.aligned(found[name]) for name in SCORE_COUNTS}
        return counts | {name: self.tree.aligned(found[name], np.nan) for name in SCORE_SUMS}

    def _records(self, period: Period) -> Values:
        """What each source tells: missing for everybody where it is not installed, for some where it is marked unknown."""
        found = self.counted.organisations
        lived = (found["kind"] == OrgKind.BRANCH) & (found["founded"] <= number(period.last)) & (found["dissolved"] >= number(period.first))
        quarter = Period.quarter(period.first).code
        told = self._told(period)
        values: Values = {}
        for source, names in _TOLD.items():
            unknown = unknown_in(self.counted.unknown, source, period.first, min(period.last, self.counted.today))
            says = lived & ~found["org_id"].isin(unknown) & (source in self.counted.installed[quarter])
            values |= {name: np.where(says, self.tree.aligned(told[name]), np.nan) for name in names}
        return values

    def _told(self, period: Period) -> pd.DataFrame:
        """Sum the records of the period by org_id. A quarter counts the dues of its ended months only; an open month, what is there."""
        months = self.counted.months
        inside = [month for month in period.split_months() if month.first <= self.counted.today]
        rows = months[months["month"].isin([month_code(month) for month in inside])]
        told = rows.groupby("org_id")[["expected", "attended", "study_minutes", "service_records", "service_minutes"]].sum()
        ended = [month_code(month) for month in inside if period.months == 1 or month.ended(self.counted.today)]
        dues = rows[rows["month"].isin(ended)].groupby("org_id")[list(_TOLD[Source.DUES])].sum()
        told = told.join(dues if ended else dues.astype(float).reindex(told.index))
        members = self._month(period)["members"]
        courses = self._courses(period, members)
        return told.assign(study_people=members, service_people=members).join(courses)

    def _courses(self, period: Period, members: pd.Series) -> pd.DataFrame:
        """Count what the required courses that fell due in the period ask for and got. Index: org_id.

        A branch founded in the quarter is not asked, as in its rating.
        """
        courses = self.counted.courses
        due = courses[courses["due"] & (courses["due_on"] >= period.first) & (courses["due_on"] <= period.last)]
        branches = self.counted.branches.set_index("org_id")
        branches = branches[branches["founded"] <= number(Period.quarter(period.first).first)]
        sectors = branches["sector"]
        asked = sectors.map(due["sector"].value_counts().drop("", errors="ignore")).fillna(0) + (due["sector"] == "").sum()
        finished = self.counted.finished
        finished = finished[finished["course_id"].isin(due["course_id"]) & finished["org_id"].isin(branches.index)]
        done = finished.groupby("org_id")["study_finished"].sum()
        every = members.index
        return pd.DataFrame(
            {"study_required": members * asked.reindex(every, fill_value=0), "study_finished": done.reindex(every, fill_value=0)}
        )

    def _month(self, period: Period) -> pd.DataFrame:
        """The row of each branch in the period's last month that has begun. Index: org_id."""
        day = min(period.last, self.counted.today)
        months = self.counted.months
        return months[months["month"] == day.year * 100 + day.month].set_index("org_id")
