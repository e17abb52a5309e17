"""Admission: the steps as data, where an applicant stands, and every clock at its boundary."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain import rules
from domain.admission import ORDER, PROBATION_EXTENSION, STEPS, Stage
from domain.admission_clocks import Oddity, admission_lights, examined, present_steps
from domain.lights import COLUMNS
from domain.period import add_months
from domain.settings import Settings
from domain.vocabulary import Light

TODAY = date(2026, 11, 20)
DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def taken(*rows, applicant=7):
    """Rows of step, day[, days]."""
    full = [(*row, None)[:3] for row in rows]
    return pd.DataFrame(
        {
            "applicant_id": pd.Series([applicant] * len(full), dtype="int64"),
            "step": pd.Series([row[0] for row in full], dtype="str"),
            "done_on": days([row[1] for row in full]),
            "days": pd.Series([row[2] for row in full], dtype="Int64"),
        }
    )


def applicants(applied="2024-01-10", born="1995-05-05", ended=None, number=7):
    return pd.DataFrame(
        {
            "applicant_id": [number],
            "org_id": [1],
            "member_id": pd.Series([pd.NA], dtype="Int64"),
            "birth_on": days([born]),
            "applied_on": days([applied]),
            "ended_on": days([ended]),
        }
    )


def lit(*rows, today=TODAY, settings=DEFAULTS, **person):
    person.setdefault("applied", next((row[1] for row in rows if row[0] == "application"), "2024-01-10"))
    found = admission_lights(applicants(**person), examined(taken(*rows), today), today, settings, history_from=add_months(today, -12))
    assert found.columns.tolist() == COLUMNS
    return found.set_index("rule_id")


def colour(rule_id, *rows, **kwargs):
    found = lit(*rows, **kwargs)
    return found.loc[rule_id, "light"] if rule_id in found.index else None


def shown(value):
    return None if pd.isna(value) else str(value.date())


# The steps


def test_the_steps_are_the_26_in_order():
    assert len(STEPS) == 26
    assert [step.number for step in STEPS.values() if not step.local] == list(range(1, 26))
    assert [code for code, step in STEPS.items() if step.local] == ["public_notice"]
    assert ORDER["training"] < ORDER["public_notice"] < ORDER["branch_review"]
    assert sorted(STEPS, key=lambda code: ORDER[code]) == list(STEPS)


def test_the_stages_follow_each_other():
    stages = list(dict.fromkeys(step.stage for step in STEPS.values()))
    assert stages == list(Stage)


def test_no_step_hides_behind_the_extension():
    assert PROBATION_EXTENSION not in STEPS


# Where an applicant stands


def test_the_present_step_is_the_furthest_reached():
    seen = examined(taken(("application", "2024-01-10"), ("activist", "2024-08-01"), ("first_talk", "2024-01-20")), TODAY)
    present = present_steps(seen)
    assert present[["step", "stage"]].to_numpy().tolist() == [["activist", "activist"]]
    assert shown(present["since"].iloc[0]) == "2024-08-01"


def test_a_repeated_step_was_reached_the_first_time():
    seen = examined(taken(("activist", "2024-08-01"), ("observation", "2025-02-01"), ("observation", "2025-08-01")), TODAY)
    assert shown(present_steps(seen)["since"].iloc[0]) == "2025-02-01"


@pytest.mark.parametrize(
    ("rows", "odd"),
    [
        ([("application", "2024-01-10"), ("first_talk", "2024-01-10")], []),
        ([("application", "2024-01-10"), ("first_talk", "2024-01-09")], [("first_talk", Oddity.OUT_OF_ORDER)]),
        ([("application", "2024-03-01"), ("activist", "2024-02-01"), ("candidate", "2025-06-01")], [("activist", Oddity.OUT_OF_ORDER)]),
        ([("application", "2024-01-10"), ("activist", "2026-11-20")], []),
        ([("application", "2024-01-10"), ("activist", "2026-11-21")], [("activist", Oddity.FUTURE)]),
        ([("application", "2024-01-10"), ("baptism", "2024-02-01")], [("baptism", Oddity.UNKNOWN_STEP)]),
        ([("probation_vote", "2025-01-10"), (PROBATION_EXTENSION, "2026-01-09", 183)], []),
    ],
)
def test_what_cannot_be_is_named(rows, odd):
    seen = examined(taken(*rows), TODAY)
    assert len(seen) == len(rows)
    named = seen[seen["oddity"].notna()]
    assert list(zip(named["step"], named["oddity"], strict=True)) == odd


def test_future_and_unknown_steps_move_nobody():
    seen = examined(taken(("application", "2024-01-10"), ("activist", "2027-01-01"), ("baptism", "2024-02-01")), TODAY)
    assert present_steps(seen)["step"].tolist() == ["application"]


# Clocks: a month to talk


@pytest.mark.parametrize(
    ("today", "expected", "since"),
    [
        (date(2026, 9, 26), None, None),
        (date(2026, 9, 27), Light.YELLOW, "2026-09-27"),
        (date(2026, 10, 11), Light.YELLOW, "2026-09-27"),
        (date(2026, 10, 12), Light.RED, "2026-10-12"),
    ],
)
def test_the_first_talk_is_asked_for_within_a_month(today, expected, since):
    found = lit(("application", "2026-09-11"), today=today)
    if expected is None:
        assert found.empty
        return
    row = found.loc[rules.FIRST_TALK]
    assert (row["light"], shown(row["since"]), shown(row["due_on"])) == (expected, since, "2026-10-11")


def test_the_application_is_the_applicants_day_where_no_step_says_so():
    assert colour(rules.FIRST_TALK, applied="2026-10-01") == Light.RED


@pytest.mark.parametrize(
    ("talk", "expected", "closed"),
    [("2026-09-26", None, None), ("2026-10-11", Light.YELLOW, "2026-10-11"), ("2026-10-12", Light.RED, "2026-10-12")],
)
def test_a_clock_that_was_stopped_leaves_the_light_it_showed(talk, expected, closed):
    found = lit(("application", "2026-09-11"), ("first_talk", talk))
    assert (None if found.empty else found.loc[rules.FIRST_TALK, "light"]) == expected
    if closed:
        assert shown(found.loc[rules.FIRST_TALK, "closed_on"]) == closed


def test_a_later_step_stops_a_clock():
    assert lit(("application", "2026-01-11"), ("activist", "2026-08-01")).loc[rules.FIRST_TALK, "closed_on"] == pd.Timestamp("2026-08-01")


def test_history_is_kept_for_a_year():
    assert colour(rules.FIRST_TALK, ("application", "2025-08-01"), ("first_talk", "2025-11-20")) == Light.RED
    assert colour(rules.FIRST_TALK, ("application", "2025-08-01"), ("first_talk", "2025-11-19")) is None


def test_the_warning_time_is_a_setting():
    assert (
        colour(rules.FIRST_TALK, ("application", "2026-09-11"), today=date(2026, 10, 11), settings=Settings({"clock.warn_days": "0"}))
        == Light.YELLOW
    )
    assert (
        colour(rules.FIRST_TALK, ("application", "2026-09-11"), today=date(2026, 10, 10), settings=Settings({"clock.warn_days": "0"}))
        is None
    )


# A review every half year

ACTIVIST = [("application", "2025-01-05"), ("first_talk", "2025-01-20")]


@pytest.mark.parametrize(
    ("determined", "reviews", "expected"),
    [
        ("2026-06-05", [], None),
        ("2026-06-04", [], Light.YELLOW),
        ("2026-05-20", [], Light.YELLOW),
        ("2026-05-19", [], Light.RED),
        ("2025-05-19", ["2025-11-01", "2026-05-01"], Light.RED),
        ("2025-05-19", ["2025-11-01", "2026-05-01", "2026-10-30"], None),
    ],
)
def test_an_activist_is_reviewed_every_half_year(determined, reviews, expected):
    found = lit(*ACTIVIST, ("activist", determined), *(("observation", day) for day in reviews))
    opened = found[(found.index == rules.OBSERVATION) & found["closed_on"].isna()]
    assert (opened["light"].tolist() or [None]) == [expected]


def test_a_late_review_stays_in_the_history():
    found = lit(*ACTIVIST, ("activist", "2026-01-10"), ("observation", "2026-08-01"))
    row = found.loc[rules.OBSERVATION]
    assert (row["light"], shown(row["since"]), shown(row["closed_on"])) == (Light.RED, "2026-07-11", "2026-08-01")


def test_a_candidate_is_reviewed_no_more():
    assert (
        colour(rules.OBSERVATION, *ACTIVIST, ("activist", "2025-02-01"), ("observation", "2025-07-20"), ("candidate", "2025-11-01")) is None
    )


# A year at least


@pytest.mark.parametrize(("candidate", "expected"), [("2026-02-28", Light.RED), ("2026-03-01", None)])
def test_a_candidate_after_less_than_a_year_is_red(candidate, expected):
    rows = [*ACTIVIST, ("activist", "2025-03-01"), ("candidate", candidate)]
    assert colour(rules.CANDIDATE_EARLY, *rows) == expected


def test_the_superiors_ruling_settles_an_early_candidate():
    rows = [*ACTIVIST, ("activist", "2025-03-01"), ("candidate", "2026-02-01"), ("probation_approval", "2026-10-08")]
    row = lit(*rows).loc[rules.CANDIDATE_EARLY]
    assert (shown(row["since"]), shown(row["closed_on"])) == ("2026-02-01", "2026-10-08")


# Long enough


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [([3], None), ([2], Light.RED), ([0], Light.RED), ([2, 1], None), ([None], Light.GREY), ([None, 3], None)],
)
def test_training_lasts_three_days_at_least(sessions, expected):
    rows = [("training", f"2026-08-{1 + place:02d}", length) for place, length in enumerate(sessions)]
    found = lit(*rows)
    opened = found[(found.index == rules.TRAINING) & found["closed_on"].isna()]
    assert (opened["light"].tolist() or [None]) == [expected]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], None),  # training may still come
        ([("public_notice", "2026-09-01", 7)], Light.GREY),
        ([("training", "2026-08-01", 3), ("public_notice", "2026-09-01", 7)], None),
        ([("probation_vote", "2026-10-01"), ("probation_approval", "2026-10-20")], None),  # ruled on: history
    ],
)
def test_training_that_nobody_recorded_is_unknown_once_a_later_step_came(steps, expected):
    found = lit(("candidate", "2026-06-01"), *steps)
    opened = found[(found.index == rules.TRAINING) & found["closed_on"].isna()]
    assert (opened["light"].tolist() or [None]) == [expected]


def test_a_second_session_makes_the_training_good():
    row = lit(("training", "2026-08-01", 2), ("training", "2026-09-01", 1)).loc[rules.TRAINING]
    assert (row["light"], shown(row["since"]), shown(row["closed_on"])) == (Light.RED, "2026-08-01", "2026-09-01")


@pytest.mark.parametrize(("lengths", "expected"), [([5], None), ([4], Light.RED), ([4, 4], Light.RED), ([4, 5], None)])
def test_a_public_notice_stands_five_days_in_one_piece(lengths, expected):
    rows = [("public_notice", f"2026-08-{1 + 8 * place:02d}", length) for place, length in enumerate(lengths)]
    found = lit(*rows)
    opened = found[(found.index == rules.PUBLIC_NOTICE) & found["closed_on"].isna()]
    assert (opened["light"].tolist() or [None]) == [expected]


# From the branch meeting on


@pytest.mark.parametrize(
    ("vote", "expected"),
    [("2026-09-05", None), ("2026-09-04", Light.YELLOW), ("2026-08-20", Light.YELLOW), ("2026-08-19", Light.RED)],
)
def test_the_superior_rules_on_a_reception_within_three_months(vote, expected):
    assert colour(rules.PROBATION_APPROVAL, ("probation_vote", vote)) == expected


def test_a_special_case_may_last_six_months_and_no_longer():
    row = lit(("probation_vote", "2026-06-10")).loc[rules.PROBATION_APPROVAL]
    assert shown(row["exempt_limit"]) == "2026-12-10"


@pytest.mark.parametrize(
    ("vote", "expected"),
    [("2025-11-05", None), ("2025-11-04", Light.YELLOW), ("2025-10-20", Light.YELLOW), ("2025-10-19", Light.RED)],
)
def test_probation_is_a_year_from_the_branch_meeting_and_a_month_to_discuss(vote, expected):
    rows = [("probation_vote", vote), ("probation_approval", "2025-11-10"), ("oath", "2026-02-01")]
    assert colour(rules.PROBATION_END, *rows) == expected


@pytest.mark.parametrize(
    ("conversion", "expected"),
    [("2026-05-09", Light.RED), ("2026-05-10", None), ("2026-05-26", None)],
)
def test_nobody_is_made_a_full_member_before_the_probation_ends(conversion, expected):
    rows = [("probation_vote", "2025-05-10"), ("probation_approval", "2025-06-10"), ("conversion_vote", conversion)]
    assert colour(rules.PROBATION_END, *rows, today=date(2026, 6, 10)) == expected


def test_an_early_conversion_counts_from_the_extended_end_and_is_settled_by_the_superior():
    rows = [("probation_vote", "2025-05-10"), ("probation_approval", "2025-06-10"), (PROBATION_EXTENSION, "2026-05-12", 183)]
    row = lit(*rows, ("conversion_vote", "2026-09-01")).loc[rules.PROBATION_END]
    assert (shown(row["since"]), shown(row["due_on"]), row["closed_on"]) == ("2026-09-01", "2026-11-10", pd.NaT)
    ruled = lit(*rows, ("conversion_vote", "2026-09-01"), ("conversion_approval", "2026-10-01")).loc[rules.PROBATION_END]
    assert shown(ruled["closed_on"]) == "2026-10-01"


@pytest.mark.parametrize(
    ("length", "due"), [(183, "2026-12-10"), (60, "2026-12-10"), (200, "2026-12-26"), (999, "2027-06-10"), (None, "2026-12-10")]
)
def test_an_extension_lasts_between_six_and_twelve_months(length, due):
    vote, extended = ("probation_vote", "2025-05-10"), (PROBATION_EXTENSION, "2026-05-12", length)
    row = lit(vote, ("probation_approval", "2025-06-10"), extended, today=date(2027, 9, 1)).loc[rules.PROBATION_END]
    assert shown(row["due_on"]) == due


def test_only_one_extension_counts():
    rows = [("probation_vote", "2025-05-10"), (PROBATION_EXTENSION, "2026-05-12", 183), (PROBATION_EXTENSION, "2026-11-12", 365)]
    assert shown(lit(*rows, today=date(2027, 9, 1)).loc[rules.PROBATION_END, "due_on"]) == "2026-12-10"


@pytest.mark.parametrize(
    ("vote", "expected"),
    [("2026-09-05", None), ("2026-09-04", Light.YELLOW), ("2026-08-20", Light.YELLOW), ("2026-08-19", Light.RED)],
)
def test_the_superior_rules_on_a_conversion_within_three_months(vote, expected):
    assert colour(rules.CONVERSION_APPROVAL, ("probation_vote", "2025-08-01"), ("conversion_vote", vote)) == expected


def test_a_finished_admission_has_no_open_light():
    rows = [("application", "2022-03-01"), ("first_talk", "2022-03-20"), ("activist", "2022-10-01"), ("candidate", "2023-11-01")]
    rows += [("training", "2024-01-10", 5), ("public_notice", "2024-02-20", 7), ("probation_vote", "2024-06-20")]
    rows += [("probation_approval", "2024-07-15"), ("conversion_application", "2025-06-01"), ("conversion_vote", "2025-06-25")]
    assert lit(*rows, ("conversion_approval", "2025-08-01"), ("archive", "2025-09-01")).empty


# Age and order


@pytest.mark.parametrize(("applied", "expected"), [("2026-05-05", None), ("2026-05-04", Light.RED)])
def test_an_applicant_is_eighteen(applied, expected):
    found = lit(("application", applied), ("first_talk", "2026-05-10"), born="2008-05-05")
    assert (found.loc[rules.MIN_AGE, "light"] if rules.MIN_AGE in found.index else None) == expected


def test_an_applicant_of_unknown_age_is_not_accused():
    assert rules.MIN_AGE not in lit(("application", "2026-05-04"), born=None).index


def test_a_step_dated_before_an_earlier_one_is_yellow_until_the_archive():
    rows = [("application", "2026-03-01"), ("first_talk", "2026-02-20"), ("activist", "2026-09-01")]
    row = lit(*rows).loc[rules.ADMISSION_ORDER]
    assert (row["light"], shown(row["since"]), shown(row["closed_on"])) == (Light.YELLOW, "2026-09-01", None)
    assert "党组织派人谈话" in row["text"]


def test_who_withdrew_has_no_open_light():
    assert lit(("application", "2026-02-01"), ended="2026-02-20").empty
    assert shown(lit(("application", "2026-02-01"), ended="2026-04-01").loc[rules.FIRST_TALK, "closed_on"]) == "2026-04-01"


def test_lights_are_about_the_applicant_and_name_nobody():
    row = lit(("application", "2026-09-11")).loc[rules.FIRST_TALK]
    assert (row["subject"], row["table"], row["rows"]) == ("applicant:7", "admission_step", [7])
    assert row["text"] == "1名申请人递交入党申请书（2026-09-11）后，应于2026-10-11前派人谈话，尚未完成。"


def test_nobody_applying_lights_nothing():
    found = admission_lights(applicants().iloc[:0], examined(taken(), TODAY), TODAY, DEFAULTS, history_from=TODAY)
    assert found.empty
    assert found.columns.tolist() == COLUMNS


# Properties

ROW = st.tuples(
    st.sampled_from([*STEPS, PROBATION_EXTENSION, "nonsense"]),
    st.dates(date(2023, 1, 1), TODAY + timedelta(days=60)).map(str),
    st.none() | st.integers(0, 400),
)


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(ROW, max_size=14, unique_by=lambda row: row[:2]), st.none() | st.dates(date(2023, 6, 1), TODAY).map(str))
def test_whatever_was_recorded_lights_make_sense(rows, ended):
    found = lit(*rows, ended=ended)
    assert set(found["light"]) <= {Light.GREY, Light.YELLOW, Light.RED}
    assert (found["since"] <= pd.Timestamp(TODAY)).all()
    assert not (found["closed_on"] < found["since"]).any()
    assert not (found["closed_on"] > pd.Timestamp(TODAY)).any()
    if ended:
        assert found["closed_on"].notna().all()


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(ROW, max_size=10, unique_by=lambda row: row[:2]), st.integers(0, 60))
def test_an_open_red_clock_does_not_recover_by_waiting(rows, wait):
    sooner = lit(*rows)
    later = lit(*rows, today=TODAY + timedelta(days=wait))
    waiting = sooner[
        sooner["closed_on"].isna() & (sooner["light"] == Light.RED) & sooner.index.isin([rules.FIRST_TALK, rules.PROBATION_END])
    ]
    still = [row[1] <= str(TODAY) for row in rows]
    if all(still):
        assert set(waiting.index) <= set(later[later["closed_on"].isna() & (later["light"] == Light.RED)].index)
