"""Duties of organisation life: what is owed, and where each stands, at every boundary of the calendar."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain import duties
from domain.duties import Flaw
from domain.settings import Settings
from domain.vocabulary import Duty, DutyStatus
from tests.domain.life import DEFAULTS, TODAY, TWO, branch, days, groups, meetings, unknown

RECORDS_FROM = date(2026, 1, 1)


def rated(held, branches=None, units=None, marks=None, today=TODAY, records_from=RECORDS_FROM):
    branches = branch() if branches is None else branches
    units = groups() if units is None else units
    marks = unknown() if marks is None else marks
    slots = duties.calendar(DEFAULTS, today, records_from)
    seen = duties.examined(held, branches, slots, today, DEFAULTS)
    after = duties.standing(duties.owed(branches, units, slots), seen, units, marks, slots, today)
    return after.astype({"duty": "str", "period": "str"}).set_index(["duty", "period"])


def status(held, duty="theme_day", period="2026-09", **kwargs):
    return rated(held, **kwargs).loc[(duty, period), "status"]


# What is owed


def test_a_branch_owes_every_duty_of_every_rated_period_once():
    owing = rated(meetings()).reset_index()
    counts = owing.groupby("duty").size().to_dict()
    assert counts == {
        "theme_day": 11,
        "committee_meeting": 11,
        "general_meeting": 4,
        "lecture": 4,
        "life_meeting": 1,
        "review": 1,
        "talk": 1,
    }


@pytest.mark.parametrize(
    ("founded", "first_month", "first_quarter"),
    [("2026-04-01", "2026-04", "2026Q2"), ("2026-04-02", "2026-05", "2026Q3"), ("2026-05-15", "2026-06", "2026Q3")],
)
def test_duties_start_in_the_first_whole_period_after_founding(founded, first_month, first_quarter):
    owing = rated(meetings(), branch(founded=founded)).reset_index()
    assert owing.loc[owing["duty"] == "theme_day", "period"].min() == first_month
    assert owing.loc[owing["duty"] == "general_meeting", "period"].min() == first_quarter
    assert not (owing["duty"] == "life_meeting").any()


@pytest.mark.parametrize(
    ("dissolved", "last_month", "last_quarter"),
    [("2026-06-30", "2026-06", "2026Q2"), ("2026-06-29", "2026-05", "2026Q1"), ("2026-07-01", "2026-06", "2026Q2")],
)
def test_duties_stop_with_the_last_period_lived_whole(dissolved, last_month, last_quarter):
    owing = rated(meetings(), branch(dissolved=dissolved)).reset_index()
    assert owing.loc[owing["duty"] == "theme_day", "period"].max() == last_month
    assert owing.loc[owing["duty"] == "general_meeting", "period"].max() == last_quarter


def test_a_branch_that_lived_no_whole_period_owes_nothing():
    assert rated(meetings(), branch(founded="2026-03-02", dissolved="2026-03-30")).empty


def test_committee_meetings_are_owed_only_with_a_committee():
    assert "committee_meeting" not in rated(meetings(), branch(committee=False)).index.get_level_values("duty")


@pytest.mark.parametrize(
    ("life", "months"),
    [
        ({"committee_from": "2026-09-02"}, ["2026-10", "2026-11"]),
        ({"committee_from": "2026-10-01"}, ["2026-10", "2026-11"]),
        ({"committee": False, "committee_to": "2026-03-30"}, ["2026-01", "2026-02"]),
        ({"committee_from": "2020-01-01", "founded": "2026-10-01"}, ["2026-10", "2026-11"]),
    ],
)
def test_committee_meetings_are_owed_in_the_months_that_the_committee_lived_whole(life, months):
    owing = rated(meetings(), branch(**life)).reset_index()
    assert owing.loc[owing["duty"] == "committee_meeting", "period"].tolist() == months
    assert (owing["duty"] == "theme_day").any()


def test_group_meetings_are_owed_only_where_a_group_lived_the_whole_month():
    assert "group_meeting" not in rated(meetings()).index.get_level_values("duty")
    owing = rated(meetings(), units=groups(("2026-03-02", "2026-06-29"))).reset_index()
    assert owing.loc[owing["duty"] == "group_meeting", "period"].tolist() == ["2026-04", "2026-05"]


@pytest.mark.parametrize(("records_from", "first"), [(date(2026, 1, 1), "2026Q1"), (date(2026, 2, 1), "2026Q2")])
def test_nothing_is_asked_for_before_records_begin(records_from, first):
    slots = duties.calendar(DEFAULTS, TODAY, records_from)
    assert slots.loc[slots["duty"] == "general_meeting", "period"].min() == first


def test_the_history_reaches_back_as_far_as_the_setting():
    slots = duties.calendar(Settings({"duty.history_quarters": "2"}), TODAY, date(2000, 1, 1))
    assert slots.loc[slots["duty"] == "theme_day", "period"].tolist() == ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]


@pytest.mark.parametrize(("records_from", "years"), [(date(2025, 1, 1), ["2025", "2026"]), (date(2025, 2, 1), ["2026"])])
def test_a_year_that_falls_due_in_the_oldest_quarter_is_owed_there(records_from, years):
    slots = duties.calendar(Settings({"duty.history_quarters": "5"}), TODAY, records_from)
    assert slots.loc[slots["duty"] == "life_meeting", "period"].tolist() == years
    assert slots.loc[slots["duty"] == "theme_day", "period"].min() == "2025-10"


def test_consecutive_periods_of_a_duty_have_consecutive_slots():
    slots = duties.calendar(DEFAULTS, TODAY, date(2000, 1, 1))
    assert slots["slot"].tolist() == list(range(len(slots)))
    assert (slots.groupby("duty")["first_on"].diff().dropna() > pd.Timedelta(0)).all()


def test_an_installation_may_ask_for_a_lecture_every_month():
    slots = duties.calendar(Settings({"duty.lecture.every": "1"}), TODAY, RECORDS_FROM)
    assert slots.loc[slots["duty"] == "lecture", "period"].max() == "2026-11"


# Where a duty stands


@pytest.mark.parametrize(
    ("held_on", "expected"),
    [
        ("2026-09-01", DutyStatus.HELD),
        ("2026-09-30", DutyStatus.HELD),
        ("2026-10-01", DutyStatus.LATE),
        ("2026-10-31", DutyStatus.LATE),
        ("2026-11-01", DutyStatus.MISSED),
        ("2026-08-31", DutyStatus.MISSED),
    ],
)
def test_a_month_is_held_late_or_missed_by_the_day_of_its_meeting(held_on, expected):
    assert status(meetings(("theme_day", "2026-09", held_on))) == expected


@pytest.mark.parametrize(
    ("held_on", "expected"),
    [("2026-09-30", DutyStatus.HELD), ("2026-10-31", DutyStatus.LATE), ("2026-11-01", DutyStatus.MISSED)],
)
def test_a_quarter_may_be_made_up_in_the_month_after_it(held_on, expected):
    assert status(meetings(("general_meeting", "2026Q3", held_on)), "general_meeting", "2026Q3") == expected


@pytest.mark.parametrize(
    ("held_on", "expected"),
    [("2025-12-31", DutyStatus.HELD), ("2026-01-31", DutyStatus.LATE), ("2026-02-01", DutyStatus.MISSED)],
)
def test_a_year_may_be_made_up_in_january(held_on, expected):
    held = meetings(("life_meeting", "2025", held_on))
    assert status(held, "life_meeting", "2025", records_from=date(2025, 1, 1)) == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 9, 30), DutyStatus.DUE), (date(2026, 10, 1), DutyStatus.MISSED)])
def test_a_duty_is_due_until_its_last_day_then_missed(today, expected):
    assert status(meetings(), today=today) == expected


def test_a_duty_of_the_open_period_is_held_as_soon_as_it_was_held():
    assert status(meetings(("theme_day", "2026-11", "2026-11-20")), period="2026-11") == DutyStatus.HELD


def test_the_earliest_meeting_answers_the_duty():
    row = rated(meetings(("theme_day", "2026-09", "2026-10-03"), ("theme_day", "2026-09", "2026-09-12"))).loc[("theme_day", "2026-09")]
    assert (row["status"], row["meeting_id"], row["done_on"]) == (DutyStatus.HELD, 102, pd.Timestamp("2026-09-12"))


def test_a_missed_duty_has_no_day_but_shows_the_meeting_that_came_too_late():
    row = rated(meetings(("theme_day", "2026-09", "2026-11-05"))).loc[("theme_day", "2026-09")]
    assert row["status"] == DutyStatus.MISSED
    assert pd.isna(row["done_on"])
    assert row["meeting_id"] == 101


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (unknown(("2026-09-30", None)), DutyStatus.UNKNOWN),
        (unknown(("2026-08-01", "2026-09-01")), DutyStatus.UNKNOWN),
        (unknown(("2026-08-01", "2026-08-31")), DutyStatus.MISSED),
        (unknown(("2026-10-01", None)), DutyStatus.MISSED),
    ],
)
def test_silence_under_the_stewards_mark_is_unknown(marks, expected):
    assert status(meetings(), marks=marks) == expected


def test_a_recorded_meeting_outweighs_the_mark():
    assert status(meetings(("theme_day", "2026-09", "2026-09-15")), marks=unknown(("2026-09-01", None))) == DutyStatus.HELD


@pytest.mark.parametrize(("attended", "expected"), [(3, DutyStatus.HELD), (2, DutyStatus.MISSED)])
def test_a_committee_needs_half_of_its_members(attended, expected):
    row = rated(meetings(("committee_meeting", "2026-09", "2026-09-05", attended, None, 6))).loc[("committee_meeting", "2026-09")]
    assert row["status"] == expected
    assert row["meeting_id"] == 101


# Group meetings


@pytest.mark.parametrize(
    ("first", "second", "expected", "done"),
    [
        ("2026-09-06", "2026-09-20", DutyStatus.HELD, "2026-09-20"),
        ("2026-09-06", "2026-10-02", DutyStatus.LATE, "2026-10-02"),
        ("2026-09-06", "2026-11-02", DutyStatus.MISSED, None),
        ("2026-09-06", None, DutyStatus.MISSED, None),
    ],
)
def test_a_group_meeting_is_held_when_every_living_group_has_met(first, second, expected, done):
    rows = [("group_meeting", "2026-09", day, 5, group, 6) for group, day in ((1, first), (2, second)) if day]
    row = rated(meetings(*rows), units=TWO).loc[("group_meeting", "2026-09")]
    assert row["status"] == expected
    assert (None if pd.isna(row["done_on"]) else f"{row['done_on']:%Y-%m-%d}") == done


def test_a_group_that_lived_only_part_of_the_month_need_not_meet():
    units = groups(("2020-01-01", None), ("2026-09-02", None))
    held = meetings(("group_meeting", "2026-09", "2026-09-06", 5, 1, 6), ("group_meeting", "2026-10", "2026-10-06", 5, 1, 6))
    assert status(held, "group_meeting", "2026-09", units=units) == DutyStatus.HELD
    assert status(held, "group_meeting", "2026-10", units=units) == DutyStatus.MISSED


def test_a_second_meeting_of_one_group_does_not_stand_for_the_other():
    held = meetings(("group_meeting", "2026-09", "2026-09-06", 5, 1, 6), ("group_meeting", "2026-09", "2026-09-16", 5, 1, 6))
    assert status(held, "group_meeting", "2026-09", units=TWO) == DutyStatus.MISSED


# Talks


def test_a_talk_answers_the_year_it_was_held_in():
    talks = pd.DataFrame({"talk_id": [7, 8], "org_id": [1, 1], "held_on": days(["2026-03-05", "2026-03-01"])})
    row = rated(duties.talks_as_meetings(talks, DEFAULTS)).loc[("talk", "2026")]
    assert (row["status"], row["meeting_id"]) == (DutyStatus.HELD, 8)


@pytest.mark.parametrize(("every", "period"), [("1", "2026-05"), ("3", "2026Q2"), ("12", "2026")])
def test_a_talks_period_follows_the_setting(every, period):
    talks = pd.DataFrame({"talk_id": [7], "org_id": [1], "held_on": days(["2026-05-05"])})
    assert duties.talks_as_meetings(talks, Settings({"duty.talk.every": every}))["period"].tolist() == [period]


# Records that cannot be


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (("theme_day", "2026-11", "2026-11-20"), None),
        (("theme_day", "2026-11", "2026-11-21"), Flaw.FUTURE),
        (("theme_day", "2026-13", "2026-11-05"), Flaw.NO_PERIOD),
        (("theme_day", "2026Q4", "2026-11-05"), Flaw.NO_PERIOD),
        (("theme_day", "", "2026-11-05"), Flaw.NO_PERIOD),
        (("general_meeting", "2026-11", "2026-11-05"), Flaw.NO_PERIOD),
        (("theme_day", "2026-11", "2026-10-31"), Flaw.EARLY),
        (("theme_day", "2026-11", "2026-11-05", 0), Flaw.NUMBERS),
        (("theme_day", "2026-11", "2026-11-05", 11), Flaw.NUMBERS),
        (("theme_day", "2026-11", "2026-11-05", -1), Flaw.NUMBERS),
        (("group_meeting", "2026-11", "2026-11-05"), Flaw.NO_GROUP),
        (("committee_meeting", "2026-11", "2026-11-05", 4), Flaw.QUORUM),
        (("theme_day", "2026-09", "2026-11-01"), Flaw.TOO_LATE),
        (("theme_day", "2020-09", "2020-09-10"), None),
        (("theme_day", "2010-04", "2010-04-10"), Flaw.OUT_OF_LIFE),
    ],
)
def test_an_impossible_record_is_named_and_never_counted(row, flaw):
    slots = duties.calendar(DEFAULTS, TODAY, RECORDS_FROM)
    seen = duties.examined(meetings(row), branch(), slots, TODAY, DEFAULTS)
    assert (None if pd.isna(seen["flaw"].iloc[0]) else seen["flaw"].iloc[0]) == flaw
    after = rated(meetings(row))
    counted = after["status"].isin([DutyStatus.HELD, DutyStatus.LATE]).any()
    assert counted == (flaw is None and row[2] >= "2026")


def test_a_meeting_after_dissolution_is_an_anomaly():
    slots = duties.calendar(DEFAULTS, TODAY, RECORDS_FROM)
    seen = duties.examined(meetings(("theme_day", "2026-06", "2026-07-02")), branch(dissolved="2026-06-30"), slots, TODAY, DEFAULTS)
    assert seen["flaw"].tolist() == [Flaw.OUT_OF_LIFE]


# Properties

DAY = st.dates(date(2025, 10, 1), date(2026, 12, 31)).map(str)
MEETING = st.tuples(
    st.sampled_from([duty.value for duty in Duty if duty is not Duty.TALK]),
    st.sampled_from(["2026-05", "2026-09", "2026-11", "2026Q2", "2026Q3", "2026", "nonsense"]),
    DAY,
    st.integers(-1, 11),
    st.sampled_from([None, 1, 2]),
)


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(MEETING, max_size=12), st.lists(st.tuples(DAY, st.none() | DAY), max_size=2), DAY, st.none() | DAY)
def test_every_owed_duty_has_exactly_one_status(rows, marks, founded, dissolved):
    life = branch(founded=founded, dissolved=max(founded, dissolved) if dissolved else None)
    held, marked = meetings(*rows), unknown(*marks)
    slots = duties.calendar(DEFAULTS, TODAY, RECORDS_FROM)
    owing = duties.owed(life, TWO, slots)
    after = duties.standing(owing, duties.examined(held, life, slots, TODAY, DEFAULTS), TWO, marked, slots, TODAY)
    assert after[["org_id", "slot"]].to_numpy().tolist() == owing[["org_id", "slot"]].to_numpy().tolist()
    assert not after.duplicated(["org_id", "duty", "period"]).any()
    assert set(after["status"]) <= {item.value for item in DutyStatus}
    done = after["done_on"].notna()
    assert (done == after["status"].isin([DutyStatus.HELD, DutyStatus.LATE])).all()
    assert (after.loc[done, "done_on"] <= pd.Timestamp(TODAY)).all()
    assert (after.loc[done, "done_on"] >= after.loc[done, "first_on"]).all()
    assert (after.loc[after["status"] == DutyStatus.MISSED, "due_on"] < pd.Timestamp(TODAY)).all()


RANK = {DutyStatus.MISSED: 0, DutyStatus.LATE: 1, DutyStatus.HELD: 2}


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.dates(date(2026, 9, 1), TODAY), st.integers(0, 60))
def test_holding_a_meeting_earlier_in_its_period_never_makes_it_worse(day, earlier):
    sooner = max(date(2026, 9, 1), day - timedelta(days=earlier))
    later_status = status(meetings(("theme_day", "2026-09", str(day))))
    assert RANK[status(meetings(("theme_day", "2026-09", str(sooner))))] >= RANK[later_status]
