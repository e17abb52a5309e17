"""Tasks: the plan, every light and its boundary, and what happens to late, corrected and silent reports."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.lights import COLUMNS
from domain.reported import Reported
from domain.settings import Settings
from domain.tasks import assignment_states, planned_progress, task_lights
from domain.vocabulary import Light

START = date(2026, 8, 12)
DUE = date(2026, 11, 20)  # a hundred days later: a day is a point of the plan
DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def assigned(start=START, due=DUE, dissolved=None):
    return pd.DataFrame(
        {
            "assignment_id": [12],
            "task_id": [3],
            "org_id": [1],
            "start_on": days([start]),
            "due_on": days([due]),
            "dissolved_on": days([dissolved]),
        }
    )


def milestones(*points):
    return pd.DataFrame(
        {
            "task_id": pd.Series([3] * len(points), dtype="int64"),
            "due_on": days([point[0] for point in points]),
            "percent": pd.Series([point[1] for point in points], dtype="int64"),
        }
    )


def reports(*points):
    return pd.DataFrame(
        {
            "assignment_id": pd.Series([12] * len(points), dtype="int64"),
            "reported_on": days([point[0] for point in points]),
            "percent": pd.Series([point[1] for point in points], dtype="int64"),
        }
    )


def marks(*spans):
    return pd.DataFrame(
        {"org_id": pd.Series([1] * len(spans), dtype="int64"), "from_on": days([s[0] for s in spans]), "to_on": days([s[1] for s in spans])}
    )


def state(today, *told, given_=None, points=(), spans=(), settings=DEFAULTS):
    given_ = assigned() if given_ is None else given_
    return assignment_states(given_, milestones(*points), reports(*told), marks(*spans), today, settings).iloc[0]


def on(count):
    """The day on which `count` percent are planned."""
    return START + timedelta(days=count)


def shown(value):
    return None if pd.isna(value) else value.date()


# The plan


@pytest.mark.parametrize(("day", "percent"), [(-5, 0), (0, 0), (1, 1), (37, 37), (99, 99), (100, 100), (140, 100)])
def test_the_plan_is_linear_between_start_and_due_date(day, percent):
    assert planned_progress(assigned(), milestones(), days([on(day)])).tolist() == [percent]


@pytest.mark.parametrize(("day", "percent"), [(0, 0), (10, 30), (20, 60), (60, 70), (100, 100)])
def test_with_milestones_it_is_linear_from_one_to_the_next(day, percent):
    points = milestones((on(20), 60), (on(60), 70))
    assert planned_progress(assigned(), points, days([on(day)])).tolist() == [percent]


def test_milestones_outside_the_span_or_below_an_earlier_one_ask_for_nothing_new():
    points = milestones((on(-3), 50), (on(20), 60), (on(60), 40), (on(100), 10), (on(130), 90))
    assert planned_progress(assigned(), points, days([on(40)])).tolist() == [60]
    assert planned_progress(assigned(), points, days([on(100)])).tolist() == [100]


def test_a_plan_of_one_day_asks_for_all_of_it_on_that_day():
    one_day = assigned(start=DUE, due=DUE)
    assert planned_progress(one_day, milestones(), days([DUE - timedelta(days=1)])).tolist() == [0]
    assert planned_progress(one_day, milestones(), days([DUE])).tolist() == [100]


# Lights


@pytest.mark.parametrize(
    ("progress", "light"),
    [(50, Light.GREEN), (36, Light.GREEN), (35, Light.YELLOW), (21, Light.YELLOW), (20, Light.RED), (0, Light.RED)],
)
def test_fifteen_points_behind_is_yellow_and_thirty_red(progress, light):
    assert state(on(50), (on(1), progress))["light"] == light


@pytest.mark.parametrize(
    ("day", "progress", "light"),
    [(92, 79, Light.GREEN), (93, 79, Light.YELLOW), (93, 80, Light.GREEN), (100, 86, Light.GREEN), (100, 85, Light.YELLOW)],
)
def test_due_within_seven_days_and_under_eighty_percent_is_yellow(day, progress, light):
    assert state(on(day), (on(1), progress))["light"] == light


@pytest.mark.parametrize(("day", "light", "late"), [(100, Light.GREEN, 0), (101, Light.RED, 1), (131, Light.RED, 31)])
def test_overdue_is_red_from_the_day_after_the_due_date(day, light, late):
    found = state(on(day), (on(99), 99))
    assert (found["light"], found["days_late"]) == (light, late)


@pytest.mark.parametrize(
    ("finished", "light", "late"),
    [(90, Light.GREEN, 0), (100, Light.GREEN, 0), (101, Light.YELLOW, 1), (130, Light.YELLOW, 30), (131, Light.RED, 31)],
)
def test_a_late_finish_is_yellow_within_thirty_days(finished, light, late):
    found = state(on(200), (on(10), 10), (on(finished), 100))
    assert (found["light"], found["days_late"], shown(found["finished_on"])) == (light, late, on(finished))


def test_the_numbers_are_settings():
    assert state(on(50), (on(1), 35), settings=Settings({"task.yellow_behind": "16"}))["light"] == Light.GREEN


# Reports


def test_nothing_reported_is_missing_but_counts_as_nothing_done():
    found = state(on(30))
    assert pd.isna(found["progress"])
    assert pd.isna(found["reported_on"])
    assert found["light"] == Light.RED


def test_the_latest_report_counts_and_one_of_the_future_does_not():
    found = state(on(50), (on(10), 10), (on(40), 45), (on(51), 100))
    assert (found["progress"], shown(found["reported_on"]), found["light"]) == (45, on(40), Light.GREEN)
    assert pd.isna(found["finished_on"])


def test_a_correction_takes_the_finish_back():
    found = state(on(60), (on(40), 100), (on(50), 20))
    assert pd.isna(found["finished_on"])
    assert found["light"] == Light.RED


def test_the_last_entry_of_a_day_counts():
    assert shown(state(on(60), (on(40), 30), (on(50), 20), (on(50), 100))["finished_on"]) == on(50)
    taken_back = state(on(60), (on(40), 100), (on(50), 100), (on(50), 45))
    assert (taken_back["progress"], shown(taken_back["reported_on"])) == (45, on(50))
    assert pd.isna(taken_back["finished_on"])


def test_an_entry_that_the_same_day_corrected_breaks_no_run():
    assert shown(state(on(60), (on(40), 100), (on(50), 10), (on(50), 100))["finished_on"]) == on(40)


@given(
    told=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.sampled_from([0, 40, 100])), max_size=30),
    asked=st.integers(-1, 13),
)
def test_reports_of_one_day_are_as_if_only_the_last_had_been_told(told, asked):
    series = pd.DataFrame(told, columns=["assignment_id", "day", "percent"], dtype="int64")
    series["reported_on"] = days([on(day) for day in series["day"]])
    ids, places = pd.Series([2, 0, 1]), np.arange(3)  # 3 is nobody's
    day = np.full(3, int(np.datetime64(on(asked), "D").astype(np.int64)))
    whole = Reported.of(ids, series)
    counting = series.drop_duplicates(["assignment_id", "day"], keep="last").sort_values(["assignment_id", "day"])
    alone = Reported.of(ids, counting)
    for ask in (Reported.at, Reported.finished):
        np.testing.assert_array_equal(ask(whole, places, day), ask(alone, places, day))
    np.testing.assert_array_equal(whole.latest(places), alone.latest(places))
    known = {(row.assignment_id, row.day): row.percent for row in series.itertuples()}
    latest = [max((day for of, day in known if of == number and day <= asked), default=None) for number in ids]
    expected = [np.nan if day is None else known[number, day] for number, day in zip(ids, latest, strict=True)]
    np.testing.assert_array_equal(whole.at(places, day), expected)


def test_it_is_finished_on_the_first_day_of_the_last_unbroken_hundred():
    found = state(on(90), (on(40), 100), (on(50), 80), (on(60), 100), (on(70), 100))
    assert shown(found["finished_on"]) == on(60)


def test_before_its_start_an_assignment_is_green_and_has_not_turned():
    found = state(on(-1))
    assert (found["light"], found["planned"], found["days_late"]) == (Light.GREEN, 0, 0)
    assert pd.isna(found["since"])


# Since when


@pytest.mark.parametrize(
    ("today", "told", "since"),
    [
        (10, (), 0),  # green from the start
        (20, (), 15),  # yellow when the plan reached 15
        (40, (), 30),  # red when it reached 30
        (60, ((20, 10),), 40),  # yellow until 40 points were planned against 10
        (60, ((20, 10), (50, 15)), 40),  # a report that does not help changes nothing
        (60, ((20, 10), (50, 45)), 60),  # green on the 50th day, yellow again on the 60th
        (59, ((20, 10), (50, 45)), 50),
        (96, ((90, 79),), 93),  # due within seven days
        (105, ((99, 99),), 101),
        (120, ((99, 99), (110, 99)), 101),
        (130, ((10, 10), (110, 100)), 110),
        (130, ((10, 10), (90, 100)), 90),
        (130, ((10, 10), (90, 100), (95, 100)), 90),
    ],
)
def test_since_is_the_day_it_turned_to_its_colour(today, told, since):
    found = state(on(today), *((on(day), percent) for day, percent in told))
    assert shown(found["since"]) == on(since)


# Unknown records and dissolved organisations


def test_a_mark_of_the_steward_makes_unfinished_assignments_grey():
    found = state(on(50), spans=[(on(45), None)])
    assert (found["light"], shown(found["since"])) == (Light.GREY, on(45))
    assert state(on(50), spans=[(on(40), on(49))])["light"] == Light.RED
    assert state(on(50), (on(30), 100), spans=[(on(45), None)])["light"] == Light.GREEN
    assert state(on(-1), spans=[(on(-9), None)])["light"] == Light.GREEN


def test_an_assignment_of_a_dissolved_organisation_stands_as_on_its_last_day():
    found = state(on(300), (on(10), 10), (on(60), 100), given_=assigned(dissolved=on(29)))
    assert (found["light"], found["planned"], found["progress"], found["days_late"]) == (Light.YELLOW, 29, 10, 0)


# The lights of the warnings


def warned(today, *told, **kwargs):
    states = assignment_states(
        kwargs.pop("given_", assigned()), milestones(), reports(*told), marks(*kwargs.pop("spans", ())), today, DEFAULTS
    )
    states = states.merge(assigned(**kwargs).drop(columns="task_id"), on="assignment_id")
    states = states.assign(title="自查<b>", member_id=pd.Series([pd.NA], dtype="Int64"))
    found = task_lights(states, today, history_from=today - timedelta(days=365))
    assert found.columns.tolist() == COLUMNS
    return found


def test_a_green_assignment_lights_nothing():
    assert warned(on(10)).empty


def test_an_overdue_assignment_is_an_open_red_light():
    row = warned(on(110), (on(99), 90)).iloc[0]
    assert (row["light"], row["subject"], row["rows"], row["table"]) == (Light.RED, "assignment:12", [12], "assignment")
    assert pd.isna(row["closed_on"])
    assert row["text"] == "任务“自查<b>”应于2026-11-20完成，已逾期10天，进度90%。"


def test_a_late_finish_closes_its_red_and_leaves_nothing_open():
    rows = warned(on(120), (on(99), 90), (on(110), 100))
    assert len(rows) == 1
    row = rows.iloc[0]
    assert (row["light"], shown(row["since"]), shown(row["closed_on"])) == (Light.RED, on(101), on(110))
    assert "逾期10天" in row["text"]


def test_a_finish_on_plan_leaves_no_history():
    assert warned(on(120), (on(50), 100)).loc[:, "light"].tolist() == [Light.RED]
    assert warned(on(120), (on(20), 60), (on(50), 100)).empty


def test_history_is_kept_for_as_long_as_asked():
    assert len(warned(on(110 + 365), (on(99), 90), (on(110), 100))) == 1
    assert warned(on(110 + 366), (on(99), 90), (on(110), 100)).empty


# Properties

POINT = st.tuples(st.integers(-20, 160), st.integers(0, 100))
RANK = {Light.GREEN.value: 0, Light.YELLOW.value: 1, Light.RED.value: 2}


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(POINT, max_size=6, unique_by=lambda point: point[0]), st.integers(-10, 160))
def test_every_assignment_has_one_light_and_it_turned_by_today(told, today):
    found = state(on(today), *sorted((on(day), percent) for day, percent in told))
    assert found["light"] in RANK
    if pd.notna(found["since"]):
        since = shown(found["since"])
        assert since <= on(today)
        earlier = state(since, *sorted((on(day), percent) for day, percent in told))
        assert earlier["light"] == found["light"]
        if since > START and since > on(min((day for day, _ in told), default=0)):
            before = state(since - timedelta(days=1), *sorted((on(day), percent) for day, percent in told))
            assert before["light"] != found["light"]


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(0, 100), st.integers(0, 160))
def test_more_progress_never_makes_a_light_worse(percent, more, today):
    better = min(100, percent + more)
    worse_light = state(on(today), (on(0), percent))["light"]
    assert RANK[state(on(today), (on(0), better))["light"]] <= RANK[worse_light]


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 100)), max_size=4, unique_by=lambda point: point[0]))
def test_the_plan_never_falls_and_stays_within_a_hundred(points):
    drawn = milestones(*((on(day), percent) for day, percent in points))
    given_ = pd.concat([assigned()] * 103, ignore_index=True)
    plan = planned_progress(given_, drawn, days([on(day) for day in range(-1, 102)]))
    assert plan.is_monotonic_increasing
    assert plan.between(0, 100).all()


def test_no_assignments_give_no_states():
    empty = assigned().iloc[:0]
    assert assignment_states(empty, milestones(), reports((on(1), 10)), marks(), DUE, DEFAULTS).empty


def test_many_assignments_are_rated_as_each_alone():
    starts = [START - timedelta(days=step) for step in range(40)]
    given_ = pd.concat([assigned(start=start).assign(assignment_id=number) for number, start in enumerate(starts)], ignore_index=True)
    told = pd.concat([reports((on(number), number)).assign(assignment_id=number) for number in range(0, 40, 2)], ignore_index=True)
    together = assignment_states(given_, milestones((on(20), 60)), told, marks(), on(35), DEFAULTS)
    alone = [
        assignment_states(given_.iloc[[number]], milestones((on(20), 60)), told, marks(), on(35), DEFAULTS) for number in range(len(given_))
    ]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
