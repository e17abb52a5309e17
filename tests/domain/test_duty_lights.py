"""Lights of the organisation-life duties: when they turn, when they close, and what they say."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain import duties
from domain.duty_lights import duty_lights
from domain.lights import COLUMNS
from domain.settings import Settings
from domain.vocabulary import Light
from tests.domain.life import DEFAULTS, TODAY, TWO, branch, groups, meetings, unknown

JULY = date(2026, 7, 1)
REGULAR = [("theme_day", f"2026-{month:02d}", f"2026-{month:02d}-15") for month in range(7, 12)]


def lit(held, life=None, marks=None, today=TODAY, records_from=JULY, units=None, duty="duty.theme_day", settings=DEFAULTS):
    life = branch() if life is None else life
    units = groups() if units is None else units
    marks = unknown() if marks is None else marks
    slots = duties.calendar(settings, today, records_from)
    seen = duties.examined(held, life, slots, today, settings)
    records = duties.standing(duties.owed(life, units, slots), seen, units, marks, slots, today)
    found = duty_lights(records, life, marks, slots, today)
    assert found.columns.tolist() == COLUMNS
    return found[found["rule_id"] == duty].set_index("subject")


def without(*months):
    return [row for row in REGULAR if row[1] not in months]


def day(value):
    return None if pd.isna(value) else f"{value:%Y-%m-%d}"


def test_a_duty_held_on_time_lights_nothing():
    assert lit(meetings(*REGULAR)).empty


def test_a_missed_duty_is_red_from_the_day_after_its_last_and_closes_when_the_next_is_held_on_time():
    row = lit(meetings(*without("2026-09"))).loc["2026-09"]
    assert row["light"] == Light.RED
    assert [day(row[name]) for name in ("since", "due_on", "closed_on")] == ["2026-10-01", "2026-09-30", "2026-10-15"]
    assert row["text"] == "2026年9月的主题党日应于2026-09-30前完成，到期前和补开期（至2026-10-31）内均没有记录。"


def test_a_late_duty_is_yellow_from_the_day_it_was_made_up():
    row = lit(meetings(*without("2026-09", "2026-10"), ("theme_day", "2026-09", "2026-10-09"))).loc["2026-09"]
    assert row["light"] == Light.YELLOW
    assert day(row["since"]) == "2026-10-09"
    assert row["rows"] == [104]
    assert row["text"] == "2026年9月的主题党日应于2026-09-30前完成，实际于2026-10-09补开。"


def test_a_red_may_still_be_made_up_until_the_month_after_it_ends():
    row = lit(meetings(*without("2026-10", "2026-11"))).loc["2026-10"]
    assert row["light"] == Light.RED
    assert day(row["closed_on"]) is None
    assert "可在2026-11-30前补开" in row["text"]


def test_a_late_next_period_does_not_close_a_red():
    held = meetings(*without("2026-07", "2026-08", "2026-09"), ("theme_day", "2026-08", "2026-09-09"))
    assert day(lit(held).loc["2026-07", "closed_on"]) == "2026-10-01"  # two more periods: August and September


@pytest.mark.parametrize(("today", "closed"), [(date(2026, 9, 30), None), (date(2026, 10, 1), "2026-10-01")])
def test_a_red_closes_by_itself_after_two_more_periods(today, closed):
    assert day(lit(meetings(), today=today).loc["2026-07", "closed_on"]) == closed


def test_how_many_periods_a_red_stays_is_a_setting():
    kept = lit(meetings(), settings=Settings({"duty.close_after_periods": "3"}))
    assert day(kept.loc["2026-07", "closed_on"]) == "2026-11-01"


def test_reds_do_not_pile_up_for_ever():
    found = lit(meetings(), records_from=date(2025, 1, 1))
    assert found["closed_on"].isna().sum() == 2  # September and October; August was forgotten on 1 November
    assert len(found) == 22


def test_a_yearly_red_stays_two_years():
    found = lit(meetings(), records_from=date(2025, 1, 1), duty="duty.life_meeting")
    assert [day(found.loc["2025", name]) for name in ("since", "closed_on")] == ["2026-01-01", None]


def test_a_late_make_up_after_the_next_was_held_closes_on_the_day_it_turned():
    held = meetings(*without("2026-10"), ("theme_day", "2026-10", "2026-11-18"))
    row = lit(held).loc["2026-10"]
    assert [day(row[name]) for name in ("since", "closed_on")] == ["2026-11-18", "2026-11-18"]


def test_lights_close_with_the_branch():
    found = lit(meetings(), life=branch(dissolved="2026-10-31"))
    assert [day(value) for value in found["closed_on"]] == ["2026-10-01", "2026-10-31", "2026-10-31", "2026-11-01"]


def test_a_meeting_that_did_not_suffice_is_the_evidence():
    row = lit(meetings(*without("2026-09"), ("theme_day", "2026-09", "2026-11-02"))).loc["2026-09"]
    assert row["rows"] == [105]
    assert "不符合要求" in row["text"]


def test_a_run_of_unknown_periods_is_one_grey_light():
    found = lit(meetings(*without("2026-08", "2026-09")), marks=unknown(("2026-08-10", "2026-09-30")))
    assert found["light"].tolist() == [Light.GREY]
    assert found.index.tolist() == ["2026-08"]
    assert [day(found["since"].iloc[0]), day(found["closed_on"].iloc[0])] == ["2026-08-10", "2026-10-01"]


def test_a_mark_that_lasts_keeps_the_light_grey():
    found = lit(meetings(*REGULAR[:2]), marks=unknown(("2026-09-01", None)))
    assert found["light"].tolist() == [Light.GREY]
    assert day(found["closed_on"].iloc[0]) is None


def test_two_runs_are_two_grey_lights():
    found = lit(meetings(*without("2026-07", "2026-10")), marks=unknown(("2026-07-01", "2026-07-31"), ("2026-10-01", "2026-10-31")))
    assert found.index.tolist() == ["2026-07", "2026-10"]


def test_groups_light_their_branch():
    held = meetings(*(("group_meeting", f"2026-{month:02d}", f"2026-{month:02d}-06", 5, 1, 6) for month in range(7, 12)))
    found = lit(held, units=TWO, duty="duty.group_meeting")
    assert found["light"].unique().tolist() == [Light.RED]


def test_the_order_does_not_depend_on_the_order_of_the_records():
    life, slots = branch(), duties.calendar(DEFAULTS, TODAY, JULY)
    seen = duties.examined(meetings(), life, slots, TODAY, DEFAULTS)
    records = duties.standing(duties.owed(life, groups(), slots), seen, groups(), unknown(), slots, TODAY)
    shuffled = duty_lights(records.sample(frac=1, random_state=3), life, unknown(), slots, TODAY)
    pd.testing.assert_frame_equal(shuffled, duty_lights(records, life, unknown(), slots, TODAY))


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([f"2026-{month:02d}" for month in range(7, 12)]), st.dates(JULY, TODAY).map(str)), max_size=8),
    st.none() | st.dates(JULY, TODAY).map(str),
)
def test_a_light_never_closes_before_it_turned_nor_after_today(rows, dissolved):
    found = lit(meetings(*(("theme_day", *row) for row in rows)), life=branch(dissolved=dissolved))
    assert (found["since"] <= pd.Timestamp(TODAY)).all()
    closed = found[found["closed_on"].notna()]
    assert (closed["closed_on"] >= closed["since"]).all()
    assert (closed["closed_on"] <= pd.Timestamp(TODAY)).all()
    assert not found.index.duplicated().any()
