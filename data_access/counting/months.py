"""Everything that organisations' records say of each month, in one frame: what scores and rolled-up figures are summed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data_access.counting import records
from data_access.counting.membership import headcount, stays
from data_access.counting.organisations import number, organisations
from data_access.counting.sources import as_rated, installed, unknown_spans
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
    (202611), members, probationary, filled (on its last day, or today), and the columns `COUNTED`. `courses` are the required ones
    and `finished` who finished them. `installed` are the sources there are, by quarter; `unknown` what stewards have marked.
    Counted for one `branch` anew, all but `courses` and `installed` is its own; `organisations` and `stays` also those that its
    members had elsewhere.
    """

    today: date
    quarters: Sequence[RatedQuarter]
    organisations: pd.DataFrame
    stays: pd.DataFrame
    months: pd.DataFrame
    courses: pd.DataFrame
    finished: pd.DataFrame
    installed: dict[str, set[Source]]
    unknown: pd.DataFrame
    branch: int | None = None

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
    def read(cls, connection: Connection, quarters: Sequence[RatedQuarter], branch: int | None = None) -> "Counted":
        """Count the facts of `quarters` (oldest first, ending with the one of today): all, or those about one branch."""
        today = quarters[-1].today
        first = quarters[0].period.first
        people = stays(connection, branch=branch)
        found = organisations(connection, None if branch is None else (branch, *(int(number) for number in people["org_id"].unique())))
        pieces = {
            Source.MEETINGS: records.meetings(connection, first, today, branch),
            Source.DUES: records.dues_by_month(connection, first, today, branch),
            Source.STUDY: records.study(connection, first, today, branch),
            Source.SERVICE: records.service(connection, first, today, branch),
        }
        courses = records.required_courses(connection, quarters)
        branches = found.loc[found["kind"] == OrgKind.BRANCH, ["org_id", "founded", "dissolved"]]
        if branch is None:
            recorded = installed({source: piece["month"].unique() for source, piece in pieces.items()}, quarters)
            paying: set[int] = set()
        else:
            recorded, paying = as_rated(connection, quarters)
            branches = branches[branches["org_id"] == branch]
        return cls(
            today,
            quarters,
            found,
            people,
            _months(branches, people, pieces, begun(quarters), today, paying),
            courses,
            records.courses_finished(connection, courses, quarters, branch),
            recorded,
            unknown_spans(connection),
            branch,
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
    paying: set[int],
) -> pd.DataFrame:
    """Lay the counts side by side, a row a month and branch, months first. `paying` are months in which others report dues."""
    codes = np.array([month_code(month) for month in months])
    ids = branches["org_id"].to_numpy(np.int64)
    size = (len(codes), len(ids))
    columns = {name: np.zeros(size, _WIDE if name.endswith("_cents") else np.int32) for name in (*_STANDING, *COUNTED)}
    told = np.zeros(size, dtype=bool)  # which branches said anything of a month's dues
    for nth, month in enumerate(months):
        heads = headcount(people, min(month.last, today))
        heads = heads[heads.index.isin(ids)]
        place = np.searchsorted(ids, heads.index.to_numpy(np.int64))
        for name in _STANDING:
            columns[name][nth, place] = heads[name]
    for source, every in pieces.items():
        piece = every[every["org_id"].isin(ids) & every["month"].isin(codes)]  # a committee's own records are no branch's
        at = np.searchsorted(codes, piece["month"]), np.searchsorted(ids, piece["org_id"])
        for name in piece.columns.difference(["org_id", "month"]):
            columns[name][at] = piece[name]
        if source is Source.DUES:
            told[at] = True
    columns["dues_members"] = np.where(_silent(branches, months, told, today, paying), columns["members"], columns["dues_members"])
    keys = {"org_id": np.tile(ids, len(codes)), "month": np.repeat(codes, len(ids))}
    return pd.DataFrame(keys | {name: column.ravel() for name, column in columns.items()})


def _silent(branches: pd.DataFrame, months: Sequence[Period], told: np.ndarray, today: date, paying: set[int]) -> np.ndarray:
    """Return where others report a month's dues and a branch that lived through it says nothing: all its members' dues are open."""
    others = np.array([[month_code(month) in paying] for month in months])
    silent = ~told & (np.any(told, axis=1, keepdims=True) | others)
    for nth, month in enumerate(months):
        lived = (branches["founded"] <= number(month.first)) & (branches["dissolved"] >= number(month.last))
        silent[nth] &= lived.to_numpy() & month.ended(today)
    return silent
