"""Rating branches and members: the fortress and the pioneer index of every quarter, written to org_score and member_score.

The counts that branches were rated from, and the medians of the rated, are kept beside the scores, to explain them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table, delete, select

from data_access import bulk
from data_access.counting.months import Counted
from data_access.counting.numbers import dated, day_number
from data_access.counting.reading import Reading
from data_access.rating.branch_counts import BranchCounts
from data_access.rating.member_counts import MemberCounts
from data_access.schema.counts import branch_count, score_median
from data_access.schema.organisations import deduction, honour
from data_access.schema.ratings import index_weight, member_score, org_score, weights_version
from data_access.schema.records import attendance, meeting
from domain.index import Subject, medians, rank, template, version_on
from domain.index.explanation import ITEMS, Rated, item_points
from domain.index.quarters import RatedQuarter
from domain.rounding import NOISE
from domain.settings import Settings
from domain.vocabulary import Part, Source

Progress = Callable[[str], None]

_ROWS = 50_000  # inserted at a time
_MEMBER_SOURCES = {Source.STUDY, Source.DUES, Source.SERVICE}
_PARTS = [part.value for part in Part]
TABLES = {Subject.BRANCH: org_score, Subject.MEMBER: member_score}


def rate_scores(reading: Reading, progress: Progress) -> None:
    """Rate every branch and member of the last quarters anew; needs the duties rated before.

    A quarter for which no weights are valid is not rated. Scores of quarters before the rated ones are left as they are.
    """
    connection = reading.connection
    counted, assignments = reading.counted, reading.assignments
    quarters = counted.quarters
    rater = Rater(connection, reading.settings)
    for table in (org_score, member_score, branch_count, score_median):
        _clear(connection, table, quarters)

    branches = BranchCounts(reading)
    for quarter in quarters:
        progress(f"评定堡垒指数 {quarter.period.label}")
        rater.write(connection, Subject.BRANCH, branches.of(quarter), quarter)

    with_members = quarters_with_members(connection, counted)
    if with_members:
        progress("汇总党员记录")
        members = MemberCounts(connection, counted, assignments, with_members)
        for quarter in with_members:
            progress(f"评定先锋指数 {quarter.period.label}")
            rater.write(connection, Subject.MEMBER, members.of(quarter), quarter)


@dataclass(frozen=True)
class Scored:
    """The scores of one quarter: `rows` of `org_score` or `member_score` in the order of its key, without ranks, with kind and sector
    besides; `counts` are the rows of `branch_count`, None for members."""

    rows: pd.DataFrame
    counts: pd.DataFrame | None


class Rater:
    """What turns counts into scores: the settings, the versions of the weights, and the items that add or subtract."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._settings = settings
        version = weights_version.c
        self._versions = pd.read_sql_query(
            select(
                version.version,
                day_number(version.valid_from).label("valid_from"),
                day_number(version.valid_to).label("valid_to"),
                version.withdrawn,
            ).order_by(version.version),
            connection,
        )
        for name in ("valid_from", "valid_to"):
            self._versions[name] = dated(self._versions[name].astype(float))
        order = (index_weight.c.version, index_weight.c.subject, index_weight.c.sector, index_weight.c.part, index_weight.c.item)
        self._weights = pd.read_sql_query(select(index_weight).order_by(*order), connection)
        self._honours = _happened(connection, honour, honour.c.awarded_on)
        self._deductions = _happened(connection, deduction, deduction.c.happened_on)

    def write(self, connection: Connection, subject: Subject, counts: pd.DataFrame, quarter: RatedQuarter) -> None:
        """Rate the counts of one quarter and insert the scores, in the order of the table's key."""
        found = self.scored(subject, counts, quarter)
        if found is None:
            return
        standing = found.rows[["kind", "sector", "total"]]
        rows = pd.concat([found.rows.drop(columns=["kind", "sector"]), rank(standing)], axis=1)
        for start in range(0, len(rows), _ROWS):
            bulk.insert(connection, TABLES[subject], rows.iloc[start : start + _ROWS])
        peers = medians(found.rows[["kind", "sector", *_PARTS, "total"]])
        bulk.insert(connection, score_median, peers.assign(subject=subject.value, period=quarter.code))
        if found.counts is not None:
            bulk.insert(connection, branch_count, found.counts)

    def scored(self, subject: Subject, counts: pd.DataFrame, quarter: RatedQuarter) -> Scored | None:
        """Rate the counts of one quarter; None where no weights are valid or there is nobody to rate."""
        version = version_on(self._versions, quarter.period.first)
        if version is None or counts.empty:
            return None
        weights = template(self._weights[self._weights["version"] == version], subject, counts["sector"], ITEMS[subject])
        rated = Rated(subject, counts, weights, self._extras(subject, counts, quarter), self._settings)
        subjects = counts[["org_id", "members"] if subject is Subject.BRANCH else ["org_id", "member_id"]]
        rows = pd.concat([counts[["kind", "sector"]], subjects, rated.shares[_PARTS], rated.scores], axis=1)
        rows = rows.assign(period=quarter.code, provisional=quarter.provisional, weights_version=version)
        rows = rows.sort_values(list(subjects.columns.difference(["members"], sort=False)), ignore_index=True)
        kept = None
        if subject is Subject.BRANCH:
            kept = counts.drop(columns=["kind", "sector"]).assign(period=quarter.code, **_lost(rated)).sort_values("org_id")
        return Scored(rows, kept)

    def _extras(self, subject: Subject, counts: pd.DataFrame, quarter: RatedQuarter) -> pd.DataFrame:
        """Sum what adds and subtracts: a branch's own honours and deductions, or a member's, of the quarter and known by today."""
        key = "org_id" if subject is Subject.BRANCH else "member_id"
        honours, deductions = (_own(found, key, quarter) for found in (self._honours, self._deductions))
        return pd.DataFrame(
            {
                "bonus": counts[key].map(honours.groupby(key)["points"].sum()).fillna(0),
                "deduction": counts[key].map(deductions.groupby(key)["points"].sum()).fillna(0),
                "veto": counts[key].isin(deductions.loc[deductions["veto"] == 1, key]),
            }
        )


def _lost(rated: Rated) -> dict[str, np.ndarray]:
    """The points that each item leaves out, by column of `branch_count`; NaN where it is left out, or nobody is rated."""
    earned, full = item_points(rated)
    lost = np.where(rated.scores["total"].isna().to_numpy()[:, None], np.nan, full - earned).round(NOISE)
    return {item.lost: lost[:, place] for place, item in enumerate(ITEMS[rated.subject])}


def _own(found: pd.DataFrame, key: str, quarter: RatedQuarter) -> pd.DataFrame:
    """Return the rows of the quarter that are the branch's own (no member named), or members'."""
    theirs = found["member_id"].isna() if key == "org_id" else found["member_id"].notna()
    return found[theirs & found["day"].between(pd.Timestamp(quarter.period.first), pd.Timestamp(quarter.evaluated_on))]


def _happened(connection: Connection, table: Table, day) -> pd.DataFrame:
    columns = [table.c.org_id, table.c.member_id, table.c.points, day_number(day).label("day")]
    columns += [table.c.veto] if "veto" in table.c else []
    found = pd.read_sql_query(select(*columns).order_by(*table.primary_key), connection)
    return found.assign(day=dated(found["day"].astype(float)))


def _clear(connection: Connection, table: Table, quarters: Sequence[RatedQuarter]) -> None:
    connection.execute(delete(table).where(table.c.period >= quarters[0].code))


def quarters_with_members(connection: Connection, counted: Counted) -> list[RatedQuarter]:
    """Return the quarters, oldest first, since records of single members are kept without a gap."""
    found: list[RatedQuarter] = []
    for quarter in reversed(counted.quarters):
        if not _has_members(connection, counted, quarter):
            break
        found.insert(0, quarter)
    return found


def _has_members(connection: Connection, counted: Counted, quarter: RatedQuarter) -> bool:
    """True where anybody's own record of the quarter is there."""
    if _MEMBER_SOURCES & counted.installed[quarter.code]:
        return True
    met = select(attendance.c.member_id).join_from(meeting, attendance, attendance.c.meeting_id == meeting.c.meeting_id)
    inside = meeting.c.held_on.between(quarter.period.first, quarter.evaluated_on)
    return connection.execute(met.where(inside).limit(1)).first() is not None
