"""The copy that things happen in: as good as the demo it was made of, thrown away by a reset, and never the demo itself."""

import fcntl
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data_access.cache import Reader
from data_access.engine import check, installation, version
from data_access.rehearsal import Rehearsal, copied, sweep
from data_access.schema import metadata
from data_access.schema.ratings import org_score
from data_access.what_if import TaskFinished
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import ASSIGNMENT, ORG


def contents(engine: Engine) -> dict[str, list[tuple]]:
    with engine.connect() as connection:
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in metadata.sorted_tables}


def reader(engine: Engine) -> Reader:
    with engine.connect() as connection:
        described, stands = installation(connection), version(connection)
    return Reader(
        Scope(1, "/1/", Role.PRESENTER), "presenter", "", date(2026, 11, 20), stands, described, "dark", engine, lambda drawn: drawn
    )


def score(asked: Reader) -> float:
    with asked.engine.connect() as connection:
        query = select(func.sum(org_score.c.total)).where(org_score.c.org_id == ORG["overdue"], org_score.c.period == "2026Q4")
        return float(connection.scalar(query) or 0)


def test_a_copy_holds_what_the_demo_holds(engine: Engine, tmp_path: Path) -> None:
    copy = copied(engine, tmp_path / "copy.db")
    check(copy)
    assert contents(copy) == contents(engine)
    copy.dispose()


@pytest.fixture
def rehearsing() -> Rehearsal:
    return Rehearsal()


def test_what_happens_on_stage_happens_in_the_copy_and_a_reset_takes_it_back(engine: Engine, rehearsing: Rehearsal) -> None:
    source, before = reader(engine), contents(engine)
    happening = TaskFinished(ASSIGNMENT["far_behind"])
    rehearsing.go(6)
    assert rehearsing.seen(source) is source
    rehearsing.play(source, happening)
    rehearsing.play(source, happening)  # pressed twice: it happens once
    assert rehearsing.events == (happening,)
    on_stage = rehearsing.seen(source)
    assert score(on_stage) > score(source)
    file = Path(str(on_stage.engine.url.database))
    assert file.exists()
    rehearsing.reset(source)
    assert (rehearsing.step, rehearsing.events) == (0, ())
    assert rehearsing.seen(source) is source
    assert not file.exists()
    rehearsing.end()
    assert contents(engine) == before


def test_another_demo_is_another_rehearsal(engine: Engine, rehearsing: Rehearsal) -> None:
    source = reader(engine)
    rehearsing.play(source, TaskFinished(ASSIGNMENT["far_behind"]))
    rehearsing.prepare(replace(source, version=source.version + 1))
    assert rehearsing.events == ()
    rehearsing.end()


def test_what_happened_on_the_stage_of_an_earlier_demo_has_not_happened(engine: Engine, rehearsing: Rehearsal) -> None:
    source = reader(engine)
    rehearsing.play(source, TaskFinished(ASSIGNMENT["far_behind"]))
    rehearsing.follow(source)
    assert rehearsing.events
    later = replace(source, version=source.version + 1)
    rehearsing.follow(later)
    assert rehearsing.events == ()
    assert rehearsing.seen(later) is later
    rehearsing.prepare(later)
    rehearsing.follow(replace(later, version=later.version + 1))
    assert not rehearsing.ready(), "a copy of an earlier demo is none, whether or not anything has happened in it"
    rehearsing.end()


def test_copies_of_a_server_that_was_killed_are_swept_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    left, kept = tmp_path / "party-rehearsal-left", tmp_path / "party-rehearsal-kept"
    for folder in (left, kept):
        folder.mkdir()
        (folder / "held").touch()
        (folder / "1.db").touch()
    with (kept / "held").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        sweep(tmp_path)
    assert not left.exists()
    assert (kept / "1.db").exists()


def test_the_windows_learn_that_the_stage_was_turned(rehearsing: Rehearsal) -> None:
    rehearsing.go(0)
    assert rehearsing.turns == 0
    rehearsing.go(3)
    rehearsing.go(3)
    assert rehearsing.turns == 1
