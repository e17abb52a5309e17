"""What SQLite's planner is told, and what it makes of it."""

from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite

from data_access.engine import connect
from data_access.hints import unindexed
from data_access.queries import wall, warnings
from data_access.schema.organisations import organisation
from domain.light_counts import Chosen
from tests.data_access.queries.reading import LEADER, ROOT, WALL
from tests.small import AS_OF


def test_only_sqlite_is_told() -> None:
    query = select(organisation.c.org_id).where(unindexed(organisation.c.path) >= "/1/")
    assert "WHERE +organisation.path >= ?" in str(query.compile(dialect=sqlite.dialect()))
    assert "WHERE organisation.path >= %" in str(query.compile(dialect=postgresql.dialect()))


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (wall.open_reds, ()),
        (warnings.red_count, ()),
        (warnings.cube, (AS_OF,)),
        (warnings.listed, (AS_OF, Chosen(), 1)),
        (warnings.listed_count, (AS_OF, Chosen())),
    ],
)
def test_the_lights_of_the_whole_tree_are_looked_through_and_not_its_organisations(demo_database: Path, asked, values) -> None:
    engine = connect(f"sqlite:///{demo_database}")
    put: list[tuple[str, tuple]] = []
    event.listen(engine, "before_cursor_execute", lambda _connection, _cursor, statement, given, *_rest: put.append((statement, given)))
    with engine.connect() as connection:
        asked(connection, WALL if asked is wall.open_reds else LEADER, ROOT, *values)
        driver = connection.connection.driver_connection
        plans = [[row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", given)] for statement, given in put]
    engine.dispose()
    about_lights = [plan for plan, (statement, _) in zip(plans, put, strict=True) if "FROM light" in statement]
    assert about_lights
    for plan in about_lights:
        assert any("light USING" in step and "ix_light_open" in step for step in plan), plan
        assert not any("ix_light_org_id" in step for step in plan), plan
