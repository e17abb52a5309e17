"""What every branch did and had to do in a quarter: the counts that the fortress index is rated from."""

from collections import Counter

import numpy as np
import pandas as pd
from sqlalchemy import Connection, case, literal, select

from data_access.counting.assignments import Assignments
from data_access.counting.membership import REQUIRED_FIELDS
from data_access.counting.months import Counted, month_code
from data_access.counting.numbers import count_if, numbers
from data_access.counting.organisations import alone, living, number, whole_months
from data_access.counting.reading import Reading
from data_access.counting.sources import unknown_in
from data_access.counting.terms import Terms
from data_access.schema.base import Day
from data_access.schema.ratings import duty_record
from domain.index.assignments import assignment_counts
from domain.index.quarters import RatedQuarter
from domain.terms import term_valid
from domain.vocabulary import DutyStatus, Source

DUTIES = ("duties_due", "duties_held", "duties_late")


class BranchCounts:
    """Counts of branches by quarter; what all quarters share is read once."""

    def __init__(self, reading: Reading) -> None:
        """Read what else than the facts of `reading` the quarters need: duties and terms."""
        self._counted = reading.counted
        self._assignments = reading.assignments
        self._settings = reading.settings
        self._duties = _duties(reading.connection, reading.counted)
        self._terms = Terms.read(reading.connection)
        self._applicants = reading.applicants
        self._red = self._applicants.red(reading.counted.quarters[0].evaluated_on, reading.today, reading.settings)

    def of(self, quarter: RatedQuarter) -> pd.DataFrame:
        """Return the branches that live on the evaluation day, by id, with the columns that `domain.index.branch_items` expects.

        Besides: org_id, kind, sector.
        """
        branches = self._counted.branches
        branches = branches[living(branches, quarter.evaluated_on)].reset_index(drop=True)
        counts = branches[["org_id", "kind", "sector"]].assign(months=whole_months(branches, quarter.months), open=quarter.open)
        for piece in (
            self._standing(quarter),
            self._met(quarter),
            self._kept(quarter),
            self._finished(quarter),
            self._duties[self._duties["quarter"] == quarter.code].set_index("org_id")[list(DUTIES)],
            assignment_sums(self._assignments, quarter, "org_id"),
            self._applicants.clocks(quarter.evaluated_on, self._red),
        ):
            counts = counts.join(piece, on="org_id")
        counts = counts.fillna(dict.fromkeys(counts.columns.difference(["kind", "sector", "open"]), 0))
        counts["fields_due"] = counts["members"] * len(REQUIRED_FIELDS)
        ends = self._terms.ends(quarter.evaluated_on, self._settings)
        counts["term_valid"] = counts["org_id"].map(term_valid(ends, quarter.evaluated_on))
        whole = (branches["founded"] <= number(quarter.period.first)).to_numpy()
        asked = courses_asked(self._counted, quarter, counts["sector"].to_numpy(), whole)
        return counts.assign(**asked, **said(self._counted, quarter, counts["org_id"].to_numpy()))

    def _standing(self, quarter: RatedQuarter) -> pd.DataFrame:
        """Members on the evaluation day, and the fields that their records have."""
        months = self._counted.months
        at = months[months["month"] == quarter.evaluated_on.year * 100 + quarter.evaluated_on.month]
        return at.set_index("org_id")[["members", "filled"]].rename(columns={"filled": "fields_filled"})

    def _met(self, quarter: RatedQuarter) -> pd.DataFrame:
        """People at the meetings held in the quarter, until today."""
        months = self._counted.months
        inside = months["month"].isin([month_code(month) for month in quarter.period.split_months()])
        return months[inside].groupby("org_id")[["expected", "attended"]].sum()

    def _kept(self, quarter: RatedQuarter) -> pd.DataFrame:
        """Dues, study and service of the months that have ended."""
        months = self._counted.months
        ended = months["month"].isin([month_code(month) for month in quarter.months])
        names = {"dues_members": "dues_due", "dues_on_time": "dues_paid", "study_minutes": "study_minutes"}
        names |= {"service_records": "service_records"}
        return months[ended].groupby("org_id")[list(names)].sum().rename(columns=names)

    def _finished(self, quarter: RatedQuarter) -> pd.Series:
        courses = self._counted.courses
        of_quarter = courses.loc[courses["due"] & (courses["quarter"] == quarter.code), "course_id"]
        finished = self._counted.finished
        return finished[finished["course_id"].isin(of_quarter)].groupby("org_id")["study_finished"].sum().rename("courses_finished")


def assignment_sums(assignments: Assignments, quarter: RatedQuarter, by: str) -> pd.DataFrame:
    """Weigh the assignments of a quarter, summed by "org_id" or "member_id" (the index)."""
    weighed = assignment_counts(assignments.rows, assignments.plan, assignments.reported, quarter)
    return weighed.groupby(assignments.rows[by], sort=True).sum()


def courses_asked(counted: Counted, quarter: RatedQuarter, sectors: np.ndarray, whole: np.ndarray) -> dict[str, np.ndarray]:
    """Count the required courses of the quarter for each row's sector: those whose day has passed, and those to come.

    They are asked for the quarter, like every duty: of whoever was not there on its first day (`whole`) none is.
    """
    columns = (counted.courses[name].tolist() for name in ("quarter", "due", "sector"))
    told = Counter((due, sector) for of, due, sector in zip(*columns, strict=True) if of == quarter.code)
    found = {"courses_due": np.zeros(len(sectors), int), "courses_coming": np.zeros(len(sectors), int)}
    for (due, sector), courses in told.items():
        found["courses_due" if due else "courses_coming"] += np.where(whole & ((sector == "") | (sectors == sector)), courses, 0)
    return found


def said(counted: Counted, quarter: RatedQuarter, org_ids: np.ndarray) -> dict[str, np.ndarray]:
    """Say of every source whether it is installed in the quarter, and whether it is marked unknown for the row's organisation."""
    found = {}
    for source in Source:
        unknown = unknown_in(counted.unknown, source, quarter.period.first, quarter.evaluated_on)
        found[f"{source.value}_installed"] = np.full(len(org_ids), source in counted.installed[quarter.code])
        found[f"{source.value}_unknown"] = np.isin(org_ids, np.array(list(unknown), org_ids.dtype))
    return found


def _duties(connection: Connection, counted: Counted) -> pd.DataFrame:
    """Count the duties that fell due. Columns: org_id, quarter, `DUTIES`; a make-up after the quarter froze is none."""
    columns, quarters = duty_record.c, counted.quarters
    place = case(*((columns.due_on <= quarter.period.last, number) for number, quarter in enumerate(quarters)))
    limit = case(*((columns.due_on <= quarter.period.last, literal(quarter.known_until, Day)) for quarter in quarters))
    due = columns.status.in_([DutyStatus.HELD, DutyStatus.LATE, DutyStatus.MISSED])
    query = (
        select(
            columns.org_id,
            place.label("quarter"),
            count_if(due).label("duties_due"),
            count_if(columns.status == DutyStatus.HELD).label("duties_held"),
            count_if(columns.status == DutyStatus.LATE, columns.done_on <= limit).label("duties_late"),
        )
        .where(columns.due_on >= quarters[0].period.first, columns.due_on < counted.today, *alone(columns.org_id, counted.branch))
        .group_by(columns.org_id, place)
    )
    found = numbers(connection, query)
    return found.assign(quarter=[quarters[int(number)].code for number in found["quarter"]])
