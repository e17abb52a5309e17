"""Duties of the small installation, as rated into duty_record on either database."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, insert, select, update

from data_access.counting.reading import Reading
from data_access.rating.duties import rate_duties
from data_access.schema.organisations import organisation
from data_access.schema.ratings import duty_record
from data_access.schema.records import attendance, meeting, talk
from domain.settings import Settings
from domain.vocabulary import DutyStatus
from tests.small import AS_OF, ORG


def records(engine: Engine, org: str) -> pd.DataFrame:
    query = select(duty_record).where(duty_record.c.org_id == ORG[org])
    with engine.connect() as connection:
        return pd.read_sql_query(query, connection).set_index(["duty", "period"]).sort_index()


def again(engine: Engine, *statements, today: date = AS_OF, overrides: dict[str, str] | None = None) -> None:
    """Change facts, then rate the duties anew."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
        rate_duties(Reading(connection, today, Settings(overrides)), lambda _: None)


@pytest.mark.parametrize(
    ("duty", "period", "status", "done", "evidence"),
    [
        ("theme_day", "2026-09", DutyStatus.HELD, "2026-09-15", True),
        ("theme_day", "2026-10", DutyStatus.MISSED, None, False),
        ("general_meeting", "2026Q3", DutyStatus.LATE, "2026-10-12", True),
        ("lecture", "2026Q3", DutyStatus.MISSED, None, True),  # held on 5 November: too late, but shown
        ("life_meeting", "2025", DutyStatus.MISSED, None, False),
        ("life_meeting", "2026", DutyStatus.DUE, None, False),
        ("general_meeting", "2026Q4", DutyStatus.DUE, None, False),
        ("talk", "2026", DutyStatus.HELD, "2026-03-05", False),  # a talk is no meeting
    ],
)
def test_what_went_wrong_in_the_overdue_branch(engine, duty, period, status, done, evidence):
    row = records(engine, "overdue").loc[(duty, period)]
    assert row["status"] == status
    assert (None if pd.isna(row["done_on"]) else str(row["done_on"])) == done
    assert pd.notna(row["meeting_id"]) == evidence


def test_the_branch_that_never_reported_has_missed_everything_that_fell_due(engine):
    found = records(engine, "never")
    ended = pd.to_datetime(found["due_on"]) < pd.Timestamp(AS_OF)
    assert ended.any()
    assert set(found.loc[ended, "status"]) == {DutyStatus.MISSED}
    assert set(found.loc[~ended, "status"]) == {DutyStatus.DUE}


def test_the_branch_that_stopped_reporting_has_missed_what_came_after(engine):
    theme_days = records(engine, "stopped").loc["theme_day", "status"]
    assert theme_days["2026-06"] == DutyStatus.HELD
    assert set(theme_days["2026-07":"2026-10"]) == {DutyStatus.MISSED}


def test_what_the_steward_marked_is_unknown_and_nothing_else(engine):
    theme_days = records(engine, "unknown").loc["theme_day", "status"]
    assert theme_days["2026-06"] == DutyStatus.HELD
    assert set(theme_days["2026-07":]) == {DutyStatus.UNKNOWN}
    assert DutyStatus.UNKNOWN not in set(records(engine, "stopped")["status"])


def test_a_new_branch_owes_its_first_whole_periods_only(engine):
    assert records(engine, "founded").index.tolist() == [("theme_day", "2026-11")]


def test_a_committee_set_up_late_owes_no_meetings_of_before(engine):
    found = records(engine, "no_term").loc["committee_meeting", "status"]
    assert (found.index.min(), found["2026-07"]) == ("2026-07", DutyStatus.HELD)
    assert records(engine, "no_term").loc["theme_day"].index.min() == "2024-10"


def test_a_dissolved_branch_owes_nothing_after_its_last_whole_period(engine):
    found = records(engine, "dissolved").reset_index()
    assert found[found["duty"] == "theme_day"]["period"].max() == "2026-05"
    assert found[found["duty"] == "general_meeting"]["period"].max() == "2026Q1"
    assert "2026" not in set(found["period"])


def test_records_begin_where_the_installation_does(engine):
    found = records(engine, "exemplary").reset_index()
    assert found.groupby("duty")["period"].min().to_dict() == {
        "committee_meeting": "2024-10",
        "general_meeting": "2024Q4",
        "lecture": "2024Q4",
        "life_meeting": "2025",
        "review": "2025",
        "talk": "2025",
        "theme_day": "2024-10",
    }


def test_group_meetings_and_committee_meetings_are_owed_where_there_are_groups_and_a_committee(engine):
    with engine.connect() as connection:
        owed = pd.read_sql_query(select(duty_record.c.org_id, duty_record.c.duty).distinct(), connection)
    assert owed.loc[owed["duty"] == "group_meeting", "org_id"].tolist() == [ORG["same_name_too"]]
    assert ORG["rare"] not in set(owed.loc[owed["duty"] == "committee_meeting", "org_id"])
    assert ORG["exemplary"] in set(owed.loc[owed["duty"] == "committee_meeting", "org_id"])


def test_only_branches_owe_duties(engine):
    query = (
        select(duty_record.c.org_id)
        .join(organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(organisation.c.kind != "branch")
    )
    with engine.connect() as connection:
        assert connection.scalars(query).all() == []


def test_impossible_records_never_count_and_never_crash(own_engine):
    wrong = [
        {"meeting_id": 900001, "period": "2026-10", "held_on": date(2026, 12, 1), "expected": 10, "attended": 10},  # in the future
        {"meeting_id": 900002, "period": "2026-10", "held_on": date(2026, 9, 30), "expected": 10, "attended": 10},  # before its month
        {"meeting_id": 900003, "period": "2026-10", "held_on": date(2026, 10, 2), "expected": 10, "attended": 0},  # nobody came
        {"meeting_id": 900004, "period": "october", "held_on": date(2026, 10, 2), "expected": 10, "attended": 10},  # no period
    ]
    again(own_engine, *(insert(meeting).values(org_id=ORG["overdue"], kind="theme_day", **row) for row in wrong))
    assert records(own_engine, "overdue").loc[("theme_day", "2026-10"), "status"] == DutyStatus.MISSED


def test_a_make_up_on_the_last_day_of_the_following_month_is_late_and_a_day_later_missed(own_engine):
    def made_up(day: date) -> str:
        change = update(meeting).where(
            meeting.c.org_id == ORG["overdue"], meeting.c.kind == "general_meeting", meeting.c.period == "2026Q3"
        )
        again(own_engine, change.values(held_on=day))
        return records(own_engine, "overdue").loc[("general_meeting", "2026Q3"), "status"]

    assert made_up(date(2026, 10, 31)) == DutyStatus.LATE
    assert made_up(date(2026, 11, 1)) == DutyStatus.MISSED
    assert made_up(date(2026, 9, 30)) == DutyStatus.HELD


def test_an_earlier_today_sees_less(own_engine):
    again(own_engine, today=date(2026, 10, 11))
    row = records(own_engine, "overdue").loc[("general_meeting", "2026Q3")]
    assert row["status"] == DutyStatus.MISSED  # not made up yet
    assert records(own_engine, "overdue").loc[("theme_day", "2026-10"), "status"] == DutyStatus.DUE


def test_an_installation_may_ask_for_theme_days_by_the_quarter(own_engine):
    again(own_engine, overrides={"duty.theme_day.every": "3"})
    assert records(own_engine, "exemplary").loc["theme_day"].index.min() == "2024Q4"


def test_without_any_meeting_on_record_nothing_is_owed(own_engine):
    again(own_engine, delete(attendance), delete(meeting), delete(talk))
    with own_engine.connect() as connection:
        assert connection.execute(select(duty_record)).all() == []
