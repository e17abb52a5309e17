"""A branch's year of duties laid out by month: one cell a duty and period, and what the months without a duty mean."""

from datetime import date

import numpy as np
import pandas as pd

from domain.period import Period
from domain.vocabulary import Duty, DutyStatus, Source, Term

# What a branch's year is made of: the duties of organisation life, then dues by month and the election of its committee.
DUES, ELECTION = Source.DUES.value, "election"
ROWS = Duty.labels() | {DUES: "党费收缴", ELECTION: "换届"}


class Blank(Term):
    """Months in which no duty stands on record."""

    NONE = "none", "不适用"  # not founded yet, dissolved, no committee, no groups
    AHEAD = "ahead", "未开始"


_COLUMNS = ["duty", "period", "first_month", "last_month", "status", "due_on", "done_on"]


def year_of_duties(duties: pd.DataFrame, year: int, today: date) -> pd.DataFrame:
    """Lay the duties of `year` out over its months.

    Expects columns: duty (of `ROWS`), period (code of a month, quarter or year), status, due_on, done_on.
    Returns columns: duty, period (None for a blank), first_month and last_month (1–12), status (a `DutyStatus` or a `Blank`), due_on,
    done_on; duties in the order of `ROWS`, each covering all twelve months without overlap.
    """
    cells = []
    for duty in ROWS:
        known = duties[duties["duty"] == duty]
        covered: set[int] = set()
        for row in known.itertuples(index=False):
            period = Period.parse(str(row.period))
            covered.update(range(period.first.month, period.last.month + 1))
            cells.append((duty, row.period, period.first.month, period.last.month, row.status, row.due_on, row.done_on))
        for month in sorted(set(range(1, 13)) - covered):
            blank = Blank.AHEAD if date(year, month, 1) > today else Blank.NONE
            cells.append((duty, None, month, month, blank.value, pd.NaT, pd.NaT))
    frame = pd.DataFrame(cells, columns=_COLUMNS)
    order = {duty: place for place, duty in enumerate(ROWS)}
    return frame.sort_values(
        ["duty", "first_month"], key=lambda column: column.map(order) if column.name == "duty" else column, ignore_index=True
    )


def dues_by_month(months: pd.DataFrame, today: date) -> pd.DataFrame:
    """Say where each month's dues stand: collected in full from everybody by the month's end, later, not yet, still running, or unknown.

    Expects columns: period (a month's code), due, paid (by now), on_time (by the month's end), all members; NaN where the source says
    nothing of the month.
    Returns the columns that `year_of_duties` expects; a month in which nobody owed has no row.
    """
    owed = months[months["due"].isna() | (months["due"] > 0)]
    periods = [Period.parse(code) for code in owed["period"]]
    running = np.array([not period.ended(today) for period in periods], dtype=bool)
    status = np.select(
        [running, owed["due"].isna(), owed["on_time"] >= owed["due"], owed["paid"] >= owed["due"]],
        [DutyStatus.DUE.value, DutyStatus.UNKNOWN.value, DutyStatus.HELD.value, DutyStatus.LATE.value],
        DutyStatus.MISSED.value,
    )
    due_on = pd.to_datetime(pd.Series([period.last for period in periods], dtype="object"))
    return pd.DataFrame({"duty": DUES, "period": owed["period"].to_numpy(), "status": status, "due_on": due_on, "done_on": pd.NaT})


def elections_of_year(held: pd.DataFrame, term_end: date | None, year: int, today: date) -> pd.DataFrame:
    """Say where a branch's elections of `year` stand: those held, on time or late, and the one that the sitting term asks for.

    Expects held: held_on, term_ended_on (datetime64; the end of the term that it closed, NaT for the first); `term_end`: of the sitting
    term, extension included, None where unknown. Returns the columns that `year_of_duties` expects; a term that ended in an earlier
    year is missed from January on, and an unknown one is unknown for the whole year.
    """
    rows = []
    for row in held[pd.to_datetime(held["held_on"]).dt.year == year].to_dict("records"):
        late = pd.notna(row["term_ended_on"]) and row["held_on"] > row["term_ended_on"]
        status = DutyStatus.LATE if late else DutyStatus.HELD
        rows.append((ELECTION, Period.month(row["held_on"].date()).code, status.value, row["term_ended_on"], row["held_on"]))
    if term_end is None and not rows:
        rows.append((ELECTION, str(year), DutyStatus.UNKNOWN.value, pd.NaT, pd.NaT))
    elif term_end is not None and (term_end.year == year or (term_end.year < year and term_end < today)):
        code = Period.month(max(term_end, date(year, 1, 1))).code
        status = DutyStatus.DUE if term_end >= today else DutyStatus.MISSED
        rows.append((ELECTION, code, status.value, pd.Timestamp(term_end), pd.NaT))
    found = pd.DataFrame(rows, columns=["duty", "period", "status", "due_on", "done_on"]).drop_duplicates("period")
    return found.assign(due_on=pd.to_datetime(found["due_on"]), done_on=pd.to_datetime(found["done_on"]))
