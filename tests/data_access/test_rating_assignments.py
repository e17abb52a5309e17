"""Assignments of the small installation, as rated into assignment_state on either database."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from data_access.counting.reading import Reading
from data_access.rating.assignments import rate_assignments
from data_access.schema.organisations import coverage
from data_access.schema.ratings import assignment_state
from data_access.schema.records import progress_report
from domain.settings import Settings
from domain.vocabulary import Light
from tests.small import AS_OF, ASSIGNMENT, ORG


def state(engine: Engine, key: str) -> pd.Series:
    with engine.connect() as connection:
        found = pd.read_sql_query(select(assignment_state).where(assignment_state.c.assignment_id == ASSIGNMENT[key]), connection)
    return found.iloc[0]


def again(engine: Engine, *statements, today: date = AS_OF, overrides: dict[str, str] | None = None) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
        rate_assignments(Reading(connection, today, Settings(overrides)), lambda _: None)


def shown(value) -> str | None:
    return None if pd.isna(value) else str(value)


@pytest.mark.parametrize(
    ("key", "light", "planned", "finished", "late", "since"),
    [
        ("done", Light.GREEN, 100, "2026-09-20", 0, "2026-09-20"),
        ("done_late", Light.YELLOW, 100, "2026-10-10", 10, "2026-10-10"),
        ("overdue", Light.RED, 100, None, 51, "2026-08-25"),
        ("never_reported", Light.RED, 100, None, 51, "2026-07-29"),
        ("on_plan", Light.GREEN, 54.95, None, 0, "2026-11-18"),
        ("behind", Light.YELLOW, 54.95, None, 0, "2026-11-16"),
        ("far_behind", Light.RED, 54.95, None, 0, "2026-11-07"),
        ("due_this_week", Light.YELLOW, 92, None, 0, "2026-11-16"),
    ],
)
def test_every_light_that_a_task_can_have(engine, key, light, planned, finished, late, since):
    found = state(engine, key)
    assert (found["light"], found["planned"], found["days_late"]) == (light, planned, late)
    assert (shown(found["finished_on"]), shown(found["since"])) == (finished, since)


def test_what_was_never_reported_is_missing_and_not_zero(engine):
    assert pd.isna(state(engine, "never_reported")["progress"])
    assert state(engine, "overdue")["progress"] == 30


def test_milestones_bend_the_plan(own_engine):
    """Task 3 asks for 60 % by 31 October and for everything by 25 November, and it was rated on the 31st here."""
    again(own_engine, today=date(2026, 10, 31))
    assert state(own_engine, "due_this_week")["planned"] == 60


def test_a_mark_of_the_steward_is_grey(own_engine):
    again(own_engine, insert(coverage).values(org_id=ORG["exempted"], source="tasks", from_on=date(2026, 11, 1)))
    assert state(own_engine, "due_this_week")["light"] == Light.GREY
    again(own_engine, delete(coverage).where(coverage.c.org_id == ORG["exempted"]))
    assert state(own_engine, "due_this_week")["light"] == Light.YELLOW


def test_a_report_of_the_future_is_not_counted(own_engine):
    report = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 11, 21), "percent": 100}
    again(own_engine, insert(progress_report).values(**report))
    assert state(own_engine, "overdue")["light"] == Light.RED
    again(own_engine, today=date(2026, 11, 21))
    assert shown(state(own_engine, "overdue")["finished_on"]) == "2026-11-21"


@pytest.mark.parametrize(("entries", "finished"), [(((3, 100), (2, 10)), "2026-08-01"), (((3, 40), (2, 100)), None)])
def test_the_last_entry_of_a_day_counts_however_they_came_in(own_engine, entries, finished):
    day = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 8, 1)}
    again(own_engine, insert(progress_report).values([{**day, "entry": entry, "percent": percent} for entry, percent in entries]))
    found = state(own_engine, "overdue")
    assert (found["progress"], shown(found["finished_on"])) == (entries[0][1], finished)


def test_an_entry_is_counted_from_one_and_written_once(own_engine):
    report = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 8, 1), "percent": 100}
    for values in (report, {**report, "entry": 1}, {**report, "entry": 0}):  # the first is entry 1, which is there
        with pytest.raises(IntegrityError), own_engine.begin() as connection:
            connection.execute(insert(progress_report).values(values))


def test_the_numbers_are_the_installations(own_engine):
    again(own_engine, overrides={"task.yellow_behind": "30"})
    assert state(own_engine, "behind")["light"] == Light.GREEN
