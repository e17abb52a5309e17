"""One thing happens in a branch: what changes is exactly what rating everything anew would change."""

import pandas as pd
import pytest
from sqlalchemy import Engine, Table, insert, select

from data_access.engine import version
from data_access.rating import rate
from data_access.rollup import roll_up
from data_access.schema import counts, ratings
from data_access.schema.ratings import assignment_state, light, org_score
from data_access.schema.records import meeting, progress_report
from data_access.what_if import Event, Impossible, MeetingHeld, TaskFinished, play
from domain.vocabulary import Duty
from tests.small import AS_OF, ASSIGNMENT, ORG

RATED = [
    table for module in (ratings, counts) for table in vars(module).values() if isinstance(table, Table) and "weight" not in table.name
]
MADE_UP = MeetingHeld(ORG["overdue"], Duty.THEME_DAY, "2026-10")
BEHIND = TaskFinished(ASSIGNMENT["far_behind"])
LATE = TaskFinished(ASSIGNMENT["overdue"])  # reported after the others: its task has more weeks for everybody


def stored(engine: Engine) -> dict[str, list[tuple]]:
    """Every rated and rolled-up row, without the numbers of lights."""
    found = {}
    with engine.connect() as connection:
        for table in RATED:
            columns = [column for column in table.c if column.name != "light_id"]
            rows = connection.execute(select(*columns)).all()
            found[table.name] = sorted((tuple(_plain(value) for value in row) for row in rows), key=repr)
    return found


def _plain(value: object) -> object:
    return round(value, 5) if isinstance(value, float) else value


def differing(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """The rows that are in one and not in both, by table."""
    return {name: sorted(set(one[name]) ^ set(other[name]), key=repr)[:6] for name in one if one[name] != other[name]}


@pytest.mark.parametrize("events", [(MADE_UP, BEHIND), (LATE,)], ids=["meeting and task", "overdue task"])
def test_what_changes_is_what_rating_everything_anew_would_change(own_engine: Engine, events: tuple[Event, ...]) -> None:
    before = stored(own_engine)
    for event in events:
        play(own_engine, event)
    played = stored(own_engine)
    rate(own_engine)
    roll_up(own_engine)
    assert not differing(played, stored(own_engine))
    assert {"light", "assignment_state", "task_figure", "tally"} <= {*differing(before, played)}


def test_a_made_up_meeting_counts_half_and_raises_the_score(own_engine: Engine) -> None:
    query = select(org_score.c.total).where(org_score.c.org_id == ORG["overdue"], org_score.c.period == "2026Q4")
    with own_engine.connect() as connection:
        before, stood = connection.scalar(query), version(connection)
    play(own_engine, MADE_UP)
    with own_engine.connect() as connection:
        assert connection.scalar(query) > before
        assert version(connection) == stood + 1
        colours = select(light.c.light, light.c.closed_on).where(
            light.c.org_id == ORG["overdue"], light.c.rule_id == "duty.theme_day", light.c.subject == "2026-10"
        )
        assert "red" not in [row.light for row in connection.execute(colours) if row.closed_on is None]


def test_a_finish_is_a_further_entry_of_its_day(own_engine: Engine) -> None:
    day = {"assignment_id": BEHIND.assignment_id, "reported_on": AS_OF}
    with own_engine.begin() as connection:
        connection.execute(insert(progress_report).values(**day, percent=15))
    for _ in range(2):
        play(own_engine, BEHIND)
    with own_engine.connect() as connection:
        today = (progress_report.c.assignment_id == BEHIND.assignment_id) & (progress_report.c.reported_on == AS_OF)
        rows = connection.execute(select(progress_report.c.entry, progress_report.c.percent).where(today)).all()
        finished = select(assignment_state.c.finished_on).where(assignment_state.c.assignment_id == BEHIND.assignment_id)
        assert connection.scalar(finished) == AS_OF
    assert sorted(tuple(row) for row in rows) == [(1, 15), (2, 100), (3, 100)]


def test_what_cannot_happen_changes_nothing(own_engine: Engine) -> None:
    def facts() -> list[pd.DataFrame]:
        with own_engine.connect() as connection:
            return [pd.read_sql_query(select(table), connection) for table in (meeting, progress_report)]

    before = facts()
    for event in (
        TaskFinished(10**6),
        MeetingHeld(10**6, Duty.THEME_DAY, "2026-10"),
        MeetingHeld(ORG["dissolved"], Duty.THEME_DAY, "2026-10"),
    ):
        with pytest.raises(Impossible):
            play(own_engine, event)
    for then, now in zip(before, facts(), strict=True):
        pd.testing.assert_frame_equal(then, now)
