"""The micro-bill: what doing a line changes, what leaving it changes, which quarter it bears on, and in which order it is done."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain import bill
from domain.period import Period
from domain.settings import Settings

TODAY = date(2026, 11, 20)
SETTINGS = Settings()


def lines(*rows: dict) -> pd.DataFrame:
    blank = {"org_id": 1, "org_code": "A", "subject": "s", "due_on": None}
    blank |= dict.fromkeys(("people", "weight", "planned", "progress", "total", "reached"), np.nan)
    frame = pd.DataFrame([blank | row for row in rows])
    return frame.assign(due_on=pd.to_datetime(frame["due_on"]))


def changed(row: dict, *, today: date = TODAY, settings: Settings = SETTINGS, **counts) -> tuple[dict, dict, bool]:
    """Return what doing one line adds, what leaving it adds (zeros left out), and whether it bears on the index."""
    given = pd.DataFrame([{"term_valid": 1.0, "applicants_red": 0} | counts])
    done, undone, bears = bill.changes(lines(row), given, today, settings)
    return *({name: value for name, value in frame.iloc[0].items() if value} for frame in (done, undone)), bool(bears.iloc[0])


MISSED = {"rule_id": "duty.theme_day", "light": "red", "subject": "2026-10", "due_on": "2026-10-31"}
TASK = {"rule_id": "task.progress", "light": "yellow", "due_on": "2026-12-31", "weight": 3.0, "planned": 50.0, "progress": 25.0}


def test_days_late_begin_the_day_after_the_deadline():
    due = pd.to_datetime(pd.Series(["2026-11-20", "2026-11-19", "2027-01-01", None]))
    lines = pd.DataFrame({"rule_id": "task.progress", "light": "yellow", "since": pd.Timestamp("2026-11-01"), "due_on": due})
    assert bill.days_late(lines, TODAY).tolist()[:3] == [0, 1, 0]
    assert np.isnan(bill.days_late(lines, TODAY).iloc[3])


def test_of_what_nobody_can_tell_no_day_is_late():
    days = {"since": pd.Timestamp("2025-01-01"), "due_on": pd.Timestamp("2024-12-31")}
    lines = pd.DataFrame([{"rule_id": "task.progress", "light": "grey", **days}])
    assert bill.days_late(lines, TODAY).isna().all()


def test_a_duty_that_was_made_up_is_late_until_the_day_it_was_made_up():
    days = {"since": pd.Timestamp("2026-10-05"), "due_on": pd.Timestamp("2026-09-30")}
    lines = pd.DataFrame([{"rule_id": "duty.lecture", "light": light, **days} for light in ("yellow", "red")])
    assert bill.days_late(lines, TODAY).tolist() == [5, 51]


def test_a_duty_that_is_due_is_held_or_missed():
    due = {"rule_id": "duty.theme_day", "light": bill.DUE, "subject": "2026-11", "due_on": "2026-11-30"}
    assert changed(due) == ({"duties_due": 1, "duties_held": 1}, {"duties_due": 1}, True)


@pytest.mark.parametrize(("today", "worth"), [(date(2026, 11, 30), {"duties_late": 1}), (date(2026, 12, 1), {})])
def test_a_missed_duty_counts_late_until_the_month_for_making_it_up_is_over(today, worth):
    assert changed(MISSED, today=today) == (worth, {}, True)


def test_a_meeting_still_to_be_held_is_one_that_all_who_are_expected_come_to():
    there = {"expected": 12, "attended": 12}
    due = {"rule_id": "duty.theme_day", "light": bill.DUE, "subject": "2026-11", "due_on": "2026-11-30", "people": 12.0}
    assert changed(due) == ({"duties_due": 1, "duties_held": 1} | there, {"duties_due": 1}, True)
    assert changed(MISSED | {"people": 12.0})[0] == {"duties_late": 1} | there


def test_a_make_up_held_in_the_next_quarter_is_no_attendance_of_its_own():
    of_september = MISSED | {"subject": "2026-09", "due_on": "2026-09-30", "people": 12.0}
    assert changed(of_september, today=date(2026, 10, 15))[0] == {"duties_late": 1}


def test_a_duty_cannot_be_made_up_for_a_quarter_that_is_frozen():
    patient = Settings({"duty.makeup_months": "6"})
    of_september = MISSED | {"subject": "2026-09", "due_on": "2026-09-30"}
    assert changed(of_september, today=date(2026, 10, 31), settings=patient)[0] == {"duties_late": 1}
    assert changed(of_september, today=date(2026, 11, 1), settings=patient)[0] == {}


def test_a_missed_talk_names_no_period_and_cannot_be_made_up():
    assert changed(MISSED | {"rule_id": "duty.talk"}) == ({}, {}, True)


def test_a_late_duty_has_nothing_left_to_gain():
    assert changed(MISSED | {"light": "yellow"}) == ({}, {}, True)


def test_a_task_is_finished_by_its_day_or_not_and_runs_no_longer():
    done, undone, bears = changed(TASK)
    runs = {"running_weight": -3, "progress_weight": -1.5}
    assert done == {"due_weight": 3, "punctual_weight": 3} | runs
    assert undone == {"due_weight": 3} | runs
    assert bears


def test_a_task_without_any_report_has_reached_nothing():
    assert changed(TASK | {"progress": np.nan})[1] == {"due_weight": 3, "running_weight": -3}


def test_a_task_that_runs_beyond_the_quarter_can_only_catch_up_with_its_plan():
    assert changed(TASK | {"due_on": "2027-01-31"}) == ({"progress_weight": 1.5}, {}, True)


def test_what_runs_out_after_the_quarter_costs_it_nothing():
    term = {"rule_id": "election.term", "light": "yellow"}
    clock = {"rule_id": "admission.training", "light": "yellow", "subject": "applicant:1"}
    assert changed(term | {"due_on": "2026-12-31"}, term_valid=1.0) == ({}, {"term_valid": -1}, True)
    assert changed(term | {"due_on": "2027-01-01"}, term_valid=1.0) == ({}, {}, False)
    assert changed(clock | {"due_on": "2027-01-01"}) == ({}, {}, False)


def test_nothing_brings_an_overdue_task_back():
    assert changed(TASK | {"light": "red", "due_on": "2026-11-19"}) == ({}, {}, True)
    assert changed(TASK | {"due_on": "2026-11-20"})[0]["punctual_weight"] == 3


def test_the_month_that_runs_is_paid_or_not():
    assert changed({"rule_id": "dues.arrears", "light": "red"}) == ({"dues_due": 1, "dues_paid": 1}, {"dues_due": 1}, True)


def test_a_branchs_month_of_dues_is_paid_by_all_or_by_those_who_have():
    month = {"rule_id": "dues.arrears", "light": bill.DUE, "subject": "2026-11", "due_on": "2026-11-30", "total": 12, "reached": 7}
    assert changed(month) == ({"dues_due": 12, "dues_paid": 12}, {"dues_due": 12, "dues_paid": 7}, True)


def test_a_course_that_falls_due_is_finished_by_all_or_by_those_who_have():
    course = {"rule_id": "study.courses", "light": bill.DUE, "subject": "course:1", "due_on": "2026-12-26", "total": 12, "reached": 7}
    falls_due = {"courses_due": 1, "courses_coming": -1}
    assert changed(course) == (falls_due | {"courses_finished": 12}, falls_due | {"courses_finished": 7}, True)


def test_a_norm_of_the_quarter_costs_nothing_before_its_end():
    norm = {"rule_id": "study.hours", "light": bill.DUE, "subject": "2026Q4", "due_on": "2026-12-31", "total": 100, "reached": 7}
    assert changed(norm) == ({}, {}, False)


@pytest.mark.parametrize(
    ("light", "valid", "done", "undone"), [("red", 0.0, {"term_valid": 1}, {}), ("yellow", 1.0, {}, {"term_valid": -1})]
)
def test_a_term_is_valid_or_has_ended(light, valid, done, undone):
    assert changed({"rule_id": "election.term", "light": light}, term_valid=valid) == (done, undone, True)


def test_an_applicant_has_a_red_clock_or_none():
    red = {"rule_id": "admission.training", "light": "red", "subject": "applicant:1"}
    assert changed(red, applicants_red=2)[0] == {"applicants_red": -1}
    assert changed(red, applicants_red=0)[0] == {}
    assert changed(red | {"light": "yellow"})[1] == {"applicants_red": 1}


def test_several_red_clocks_of_one_applicant_share_what_the_applicant_is_worth():
    red = {"light": "red", "subject": "applicant:1"}
    found = lines(
        *({"rule_id": f"admission.{rule}"} | red for rule in ("training", "observation")), {"rule_id": "admission.training"} | red
    )
    found.loc[2, "subject"] = "applicant:2"
    counts = pd.DataFrame({"term_valid": [1.0] * 3, "applicants_red": [2] * 3})
    assert bill.changes(found, counts, TODAY, SETTINGS)[0]["applicants_red"].tolist() == [-0.5, -0.5, -1]


@pytest.mark.parametrize("rule", ["org.size", "data.missing", "data.anomaly"])
def test_what_no_item_of_the_index_counts_has_no_points(rule):
    assert changed({"rule_id": rule, "light": "yellow"}) == ({}, {}, False)


@pytest.mark.parametrize("rule", ["duty.theme_day", "task.progress", "dues.arrears", "election.term", "admission.training"])
def test_grey_lights_have_no_points(rule):
    assert changed({"rule_id": rule, "light": "grey", "due_on": "2026-12-31", "weight": 1.0}) == ({}, {}, False)


def test_a_missed_duty_bears_on_its_own_quarter_while_it_can_be_made_up():
    of_september = MISSED | {"subject": "2026-09", "due_on": "2026-09-30"}
    found = lines(of_september, {"rule_id": "org.size", "light": "yellow"})
    assert bill.counted_in(found, date(2026, 10, 15), SETTINGS).tolist() == ["2026Q3", "2026Q4"]
    assert bill.counted_in(found, TODAY, SETTINGS).tolist() == ["2026Q4", Period.quarter(TODAY).code]


def test_red_comes_first_then_what_is_worth_most_then_what_is_due_first_and_what_was_made_up_last():
    rows = [
        {"rule_id": "grey", "light": "grey", "points": np.nan},
        {"rule_id": "due", "light": bill.DUE, "points": 9.0},
        {"rule_id": "later", "light": "red", "points": 1.0, "due_on": "2026-12-31"},
        {"rule_id": "sooner", "light": "red", "points": 1.0, "due_on": "2026-11-30"},
        {"rule_id": "unpriced", "light": "red", "points": np.nan},
        {"rule_id": "most", "light": "red", "points": 2.0},
        {"rule_id": "yellow", "light": "yellow", "points": 8.0},
        {"rule_id": "duty.lecture", "light": "yellow", "points": 0.0},  # made up: nothing is left to do
        {"rule_id": "other", "org_code": "0", "light": "grey", "points": 0.0},
    ]
    expected = ["other", "most", "sooner", "later", "unpriced", "yellow", "due", "grey", "duty.lecture"]
    assert bill.ordered(lines(*rows))["rule_id"].tolist() == expected
    assert bill.ordered(lines(*rows[::-1]))["rule_id"].tolist() == expected
