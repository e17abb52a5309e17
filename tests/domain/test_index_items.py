"""What each item is counted from, and the three cases of missing."""

import numpy as np
import pandas as pd
import pytest

from domain.index import BRANCH_ITEMS, MEMBER_ITEMS, Subject, branch_items, member_items
from domain.settings import Settings
from domain.vocabulary import Part
from tests.domain.rated import BRANCH, MEMBER, SETTINGS, counts, scored, shares


def share(column: str, settings: Settings = SETTINGS, **changed) -> float:
    return branch_items(counts(changed), settings)[column].item()


def test_branch_that_did_everything_has_every_item_whole():
    items = branch_items(counts(), SETTINGS)
    assert (items[[item.column for item in BRANCH_ITEMS]] == 1).all(axis=None)
    assert items[[item.applies for item in BRANCH_ITEMS]].all(axis=None)


def test_member_that_did_everything_has_every_item_whole():
    items = member_items(counts(of=MEMBER), SETTINGS)
    assert (items[[item.column for item in MEMBER_ITEMS]] == 1).all(axis=None)


def test_late_duty_counts_half():
    assert share("life_duties", duties_held=6, duties_late=1) == 6.5 / 8
    assert share("life_duties", Settings({"duty.late_counts_percent": "0"}), duties_held=6, duties_late=1) == 6 / 8


def test_hours_are_held_against_the_norm_of_the_months_that_the_branch_lived():
    assert share("study_hours", months=3, study_minutes=2400) == pytest.approx(0.5)
    assert share("study_hours", months=1, study_minutes=800) == pytest.approx(0.5)
    assert share("study_hours", months=1, study_minutes=99_999) == 1


def test_service_is_held_against_the_norm_of_the_months_that_the_branch_lived():
    assert share("service_records", months=3, service_records=5) == 0.5
    assert share("service_records", Settings({"index.service_records": "2"}), months=3, service_records=5) == 0.25


def test_courses_finished_by_more_than_the_members_are_whole():
    assert share("study_courses", courses_finished=23) == 1


def test_applicants_with_a_red_clock_count_against():
    assert share("membership_admission", applicants=4, applicants_red=1) == 0.75


def test_election_is_whole_while_the_term_lasts_and_nothing_after():
    assert share("membership_election", term_valid=1.0) == 1
    assert share("membership_election", term_valid=0.0) == 0


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"applicants": 0}, "membership_admission"),
        ({"due_weight": 0}, "tasks_on_time"),
        ({"running_weight": 0}, "tasks_progress"),
        ({"courses_due": 0, "courses_coming": 0}, "study_courses"),
        ({"study_installed": False}, "study_hours"),
        ({"service_installed": False}, "service_records"),
        ({"members": 0}, "membership_records"),
        ({"open": True}, "study_hours"),
        ({"open": True}, "service_records"),
        ({"months": 0}, "service_records"),
    ],
)
def test_not_applicable_has_no_share_and_does_not_apply(changed, column):
    items = branch_items(counts(changed), SETTINGS)
    assert np.isnan(items[column].item())
    assert not items[f"{column}_applies"].item()


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"term_valid": np.nan}, "membership_election"),
        ({"meetings_unknown": True}, "life_duties"),
        ({"meetings_unknown": True}, "life_attendance"),
        ({"study_unknown": True}, "study_courses"),
        ({"tasks_unknown": True}, "tasks_on_time"),
        ({"dues_unknown": True}, "membership_dues"),
        ({"elections_unknown": True}, "membership_election"),
        ({"admission_unknown": True}, "membership_admission"),
        ({"records_unknown": True}, "membership_records"),
        ({"service_unknown": True}, "service_records"),
    ],
)
def test_unknown_has_no_share_and_still_applies(changed, column):
    items = branch_items(counts(changed), SETTINGS)
    assert np.isnan(items[column].item())
    assert items[f"{column}_applies"].item()


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"courses_finished": 0}, "study_courses"),
        ({"study_minutes": 0}, "study_hours"),
        ({"duties_held": 0}, "life_duties"),
        ({"expected": 0, "attended": 0, "duties_held": 0}, "life_attendance"),
        ({"punctual_weight": 0}, "tasks_on_time"),
        ({"progress_weight": 0}, "tasks_progress"),
        ({"dues_paid": 0}, "membership_dues"),
        ({"service_records": 0}, "service_records"),
    ],
)
def test_not_reported_counts_as_not_done(changed, column):
    items = branch_items(counts(changed), SETTINGS)
    assert items[column].item() == 0
    assert items[f"{column}_applies"].item()


NOTHING_ENDED = {
    "months": 0,
    "open": True,
    "courses_due": 0,
    "courses_coming": 2,
    "duties_due": 0,
    "duties_held": 0,
    "expected": 0,
    "attended": 0,
    "dues_due": 0,
    "dues_paid": 0,
}


def test_before_anything_of_the_quarter_ended_its_parts_are_left_out_and_nobody_is_rated():
    frame = counts(NOTHING_ENDED | {"due_weight": 0, "running_weight": 0})
    found = shares(frame)
    assert found[["study", "life", "service"]].isna().all(axis=None)
    assert found[["study_applies", "life_applies"]].all(axis=None)
    assert not found["service_applies"].item()
    assert scored(frame)["total"].isna().all()


def test_open_quarter_is_not_held_against_norms_that_are_set_for_a_whole_one():
    one_month = {"months": 1, "open": True, "courses_due": 0, "courses_coming": 2, "study_minutes": 0, "service_records": 0}
    for of, subject in ((BRANCH, Subject.BRANCH), (MEMBER, Subject.MEMBER)):
        score = scored(counts(one_month, of=of), subject).iloc[0]
        assert score["total"] == 100 and score["standing_weight"] >= 60


def test_member_whom_no_meeting_expected_is_not_judged_on_attendance():
    frame = counts({"expected": 0, "attended": 0}, of=MEMBER)
    assert not shares(frame, Subject.MEMBER)["life_applies"].item()
    assert scored(frame, Subject.MEMBER)["total"].item() == 100


def test_item_left_out_gives_its_weight_to_the_others_of_its_part():
    # dues 40, election 20, records 20 remain of the part's 100
    assert shares(counts({"applicants": 0, "dues_paid": 15}))[Part.MEMBERSHIP].item() == pytest.approx(60 / 80)


def test_part_is_left_out_only_when_all_its_items_are():
    found = shares(counts({"due_weight": 0}, {"due_weight": 0, "running_weight": 0}))
    assert found[Part.TASKS].isna().tolist() == [False, True]
    assert found["tasks_applies"].tolist() == [True, False]


def test_items_are_measured_row_by_row_and_keep_the_index():
    frame = pd.concat([counts({"duties_held": 4}), counts({"duties_held": 8})]).set_axis([7, 3])
    assert branch_items(frame, SETTINGS)["life_duties"].to_dict() == {7: 0.5, 3: 1.0}
