"""A branch's year of duties: every month of every duty stands in exactly one cell."""

from datetime import date

import pandas as pd
import pytest

from domain.calendar import Blank, dues_by_month, elections_of_year, year_of_duties
from domain.vocabulary import Duty, DutyStatus

TODAY = date(2026, 11, 20)


def records(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["duty", "period", "status"])
    return frame.assign(due_on=pd.Timestamp(2026, 1, 31), done_on=pd.NaT)


def cells(duties: pd.DataFrame, duty: str) -> list[tuple[int, int, str]]:
    laid = year_of_duties(duties, 2026, TODAY)
    own = laid[laid["duty"] == duty]
    return list(own[["first_month", "last_month", "status"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("period", "months"), [("2026-03", (3, 3)), ("2026Q2", (4, 6)), ("2026", (1, 12))])
def test_a_cell_is_as_wide_as_its_period(period: str, months: tuple[int, int]) -> None:
    assert (*months, "held") in cells(records(("review", period, "held")), "review")


def test_every_duty_covers_the_year_once() -> None:
    laid = year_of_duties(records(("theme_day", "2026-02", "missed"), ("lecture", "2026Q3", "late")), 2026, TODAY)
    assert laid["duty"].drop_duplicates().tolist() == [*Duty.labels(), "dues", "election"]
    for _, own in laid.groupby("duty"):
        months = [month for row in own.itertuples() for month in range(row.first_month, row.last_month + 1)]
        assert months == list(range(1, 13))


def test_a_month_without_a_duty_does_not_apply_and_one_to_come_has_not_begun() -> None:
    blank = cells(records(("theme_day", "2026-01", "held")), "theme_day")
    assert blank[0] == (1, 1, DutyStatus.HELD)
    assert {status for month, _, status in blank if 1 < month <= 11} == {Blank.NONE}
    assert blank[-1] == (12, 12, Blank.AHEAD)


def test_a_branch_without_any_duty_has_an_empty_year() -> None:
    laid = year_of_duties(records(), 2026, TODAY)
    assert set(laid["status"]) == {Blank.NONE, Blank.AHEAD}


def months(*rows: tuple[str, float, float, float]) -> list[str]:
    frame = pd.DataFrame(rows, columns=["period", "due", "paid", "on_time"])
    return dues_by_month(frame, TODAY)["status"].tolist()


def test_dues_are_collected_missed_running_or_unknown_by_month() -> None:
    nan = float("nan")
    found = months(("2026-08", 9, 9, 9), ("2026-09", 9, 8, 8), ("2026-10", nan, nan, nan), ("2026-11", 9, 1, 1))
    assert found == [DutyStatus.HELD, DutyStatus.MISSED, DutyStatus.UNKNOWN, DutyStatus.DUE]


def test_dues_that_came_in_after_the_month_are_late() -> None:
    assert months(("2026-08", 9, 9, 8), ("2026-09", 9, 8, 0)) == [DutyStatus.LATE, DutyStatus.MISSED]


def test_a_month_in_which_nobody_owed_dues_has_no_cell() -> None:
    assert months(("2026-08", 0, 0, 0)) == []


def elections(*held: tuple[str, str | None], term_end: date | None = date(2030, 1, 1)) -> list[tuple[str, str]]:
    frame = pd.DataFrame(held, columns=["held_on", "term_ended_on"]).apply(pd.to_datetime)
    found = elections_of_year(frame, term_end, 2026, TODAY)
    return list(found[["period", "status"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("ended", "status"), [("2026-05-31", "held"), ("2026-05-10", "held"), ("2026-05-09", "late"), (None, "held")])
def test_an_election_is_held_by_the_end_of_the_term_or_late(ended: str | None, status: str) -> None:
    assert elections(("2026-05-10", ended)) == [("2026-05", status)]


@pytest.mark.parametrize(
    ("term_end", "expected"),
    [
        (date(2026, 12, 31), [("2026-12", "due")]),
        (TODAY, [("2026-11", "due")]),
        (date(2026, 11, 19), [("2026-11", "missed")]),
        (date(2025, 3, 1), [("2026-01", "missed")]),
        (date(2027, 1, 1), []),
        (None, [("2026", "unknown")]),
    ],
)
def test_a_sitting_term_asks_for_an_election_when_it_ends(term_end: date | None, expected: list) -> None:
    assert elections(term_end=term_end) == expected


def test_elections_of_other_years_are_not_shown() -> None:
    assert elections(("2025-05-10", "2025-05-31")) == []
