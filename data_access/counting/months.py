"""Everything that organisations' records say of each month, in one frame: what scores and rolled-up figures are summed from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data_access.counting import records
from data_access.counting.membership import headcount, stays
from data_access.counting.organisations import number, organisations
from data_access.counting.sources import as_rated, installed, paying, unknown_spans
from domain.index.quarters import RatedQuarter
from domain.period import Period
from domain.vocabulary import OrgKind, Source

COUNTED = (
    "expected",
    "attended",
    "dues_members",
    "dues_paid_members",
    "dues_on_time",
    "dues_cents",
    "dues_paid_cents",
    "study_minutes",
    "service_records",
    "service_minutes",
)

_STANDING = ("members", "probationary", "filled")
_WIDE = np.int64  # cents of a whole city do not fit into 32 bits


@dataclass(frozen=True)
class Counted:
    """What has been counted of the last quarters, ready to be summed.

    `organisations` are all of them, by id; `stays` all stays of members. `months` has a row a branch and begun month: org_id, month
    (202611), members, probationary, filled (on its last day, or today), and the columns `COUNTED`. `silent` are the months that
    `silent_months` lists. `courses` are the required ones
    and `finished` who finished them. `installed` are the sources there are, by quarter; `unknown` what stewards have marked.
    Counted for one `branch` anew, all but `courses` and `installed` is its own; `organisations` and `stays` also those that its
    members had elsewhere.
    """

    today: date
    quarters: Sequence[RatedQuarter]
    organisations: pd.DataFrame
    stays: pd.DataFrame
    months: pd.DataFrame
    silent: pd.DataFrame
    courses: pd.DataFrame
    finished: pd.DataFrame
    installed: dict[str, set[Source]]
    unknown: pd.DataFrame
    branch: int | None = None
    odd: Sequence[int] = ()  # ids of meetings that cannot be

    @property
    def branches(self) -> pd.DataFrame:
        """The branches (党支部) among the organisations, indexed anew."""
        found = self.organisations
        return found[found["kind"] == OrgKind.BRANCH].reset_index(drop=True)

    @property
    def span(self) -> tuple[date, date]:
        """The first day that is counted, and today."""
        return self.quarters[0].period.first, self.today

    @classmethod
    def read(
        cls, connection: Connection, quarters: Sequence[RatedQuarter], branch: int | None = None, odd: Sequence[int] = ()
    ) -> "Counted":
        """Count the facts of `quarters` (oldest first, ending with the one of today): all, or those about one branch; no `odd` meeting."""
        today = quarters[-1].today
        first = quarters[0].period.first
        people = stays(connection, branch=branch)
        found = organisations(connection, None if branch is None else (branch, *(int(number) for number in people["org_id"].unique())))
        pieces = {
            Source.MEETINGS: records.meetings(connection, first, today, branch, odd),
            Source.DUES: records.dues_by_month(connection, first, today, branch),
            Source.STUDY: records.study(connection, first, today, branch),
            Source.SERVICE: records.service(connection, first, today, branch),
        }
        courses = records.required_courses(connection, quarters)
        branches = found.loc[found["kind"] == OrgKind.BRANCH, ["org_id", "founded", "dissolved"]]
        if branch is None:
            recorded = installed({source: piece["month"].unique() for source, piece in pieces.items()}, quarters)
            silent = silent_months(branches, begun(quarters), pieces[Source.DUES], today)
        else:
            recorded = as_rated(connection, quarters)
            silent = silent_then(connection, branches, begun(quarters), today)
            branches = branches[branches["org_id"] == branch]
        return cls(
            today,
            quarters,
            found,
            people,
            _months(branches, people, pieces, begun(quarters), today, silent),
            silent,
            courses,
            records.courses_finished(connection, courses, quarters, branch),
            recorded,
            unknown_spans(connection),
            branch,
            odd,
        )


def begun(quarters: Sequence[RatedQuarter]) -> list[Period]:
    """Return the months of the quarters that have begun, oldest first."""
    return [month for quarter in quarters for month in quarter.period.split_months() if month.first <= quarter.today]


def month_code(month: Period) -> int:
    """Return a month as the number that `month_number` makes of its days, 202611."""
    return month.first.year * 100 + month.first.month


def _months(
    branches: pd.DataFrame,
    people: pd.DataFrame,
    pieces: dict[Source, pd.DataFrame],
    months: Sequence[Period],
    today: date,
    silent: pd.DataFrame,
) -> pd.DataFrame:
    """Lay the counts side by side, a row a month and branch, months first; in `silent` months the dues of all members are open."""
    codes = np.array([month_code(month) for month in months])
    ids = branches["org_id"].to_numpy(np.int64)
    size = (len(codes), len(ids))
    columns = {name: np.zeros(size, _WIDE if name.endswith("_cents") else np.int32) for name in (*_STANDING, *COUNTED)}
    for nth, month in enumerate(months):
        heads = headcount(people, min(month.last, today))
        heads = heads[heads.index.isin(ids)]
        place = np.searchsorted(ids, heads.index.to_numpy(np.int64))
        for name in _STANDING:
            columns[name][nth, place] = heads[name]
    for every in pieces.values():
        piece = every[every["org_id"].isin(ids) & every["month"].isin(codes)]  # a committee's own records are no branch's
        at = np.searchsorted(codes, piece["month"]), np.searchsorted(ids, piece["org_id"])
        for name in piece.columns.difference(["org_id", "month"]):
            columns[name][at] = piece[name]
    silent = silent[silent["org_id"].isin(ids)]
    at = np.searchsorted(codes, silent["month"]), np.searchsorted(ids, silent["org_id"])
    columns["dues_members"][at] = columns["members"][at]
    keys = {"org_id": np.tile(ids, len(codes)), "month": np.repeat(codes, len(ids))}
    return pd.DataFrame(keys | {name: column.ravel() for name, column in columns.items()})


def silent_months(
    branches: pd.DataFrame, months: Sequence[Period], told: pd.DataFrame, today: date, others: Collection[int] = ()
) -> pd.DataFrame:
    """List the ended months that a branch lived through and said nothing of dues about, while others did: all its members' are open.

    Expects branches: org_id, founded, dissolved; told: org_id, month, what was said. `others` are months in which anybody else did.
    Columns: org_id, month (202611).
    """
    told = told[told["org_id"].isin(branches["org_id"])]
    pieces = []
    for month in (month for month in months if month.ended(today)):
        code = month_code(month)
        said = told.loc[told["month"] == code, "org_id"]
        lived = (branches["founded"] <= number(month.first)) & (branches["dissolved"] >= number(month.last))
        if len(said) or code in others:
            pieces.append(branches.loc[lived & ~branches["org_id"].isin(said), ["org_id"]].assign(month=code))
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame({"org_id": [], "month": []}, dtype=np.int64)


def silent_then(connection: Connection, branches: pd.DataFrame, months: Sequence[Period], today: date) -> pd.DataFrame:
    """List what `silent_months` does of a few branches: whether others spoke is as the last rating found it."""
    ids = [int(org_id) for org_id in branches["org_id"]]
    told = records.dues_told(connection, ids, months[0].first, months[-1].last)
    found = silent_months(branches, months, told, today, [month_code(month) for month in months])
    if found.empty:  # as of most branches
        return found
    spoken = paying(connection).union(told["month"])
    return found[found["month"].isin(spoken)].reset_index(drop=True)
