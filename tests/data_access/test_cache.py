"""The reader's cache: an answer is found again by the same reader of the same data, and by nobody else."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, text

from data_access import cache
from data_access.cache import Reader
from data_access.engine import connect, installation
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import ORG, path_of

asked: list[tuple] = []


def counted(connection: Connection, scope: Scope, *values: object) -> pd.DataFrame:
    """A query that remembers that it was asked."""
    asked.append((scope, values))
    return pd.DataFrame({"one": [connection.scalar(text("SELECT 1"))]})


def drawing(frame: pd.DataFrame, *, wide: bool = False) -> dict:
    """A chart function that does as little as it can."""
    return {"rows": len(frame), "wide": wide}


def finished(drawn: dict) -> dict:
    """A finishing that can be told from what it finishes."""
    return {**drawn, "finished": True}


@pytest.fixture
def reader(engine: Engine) -> Iterator[Reader]:
    asked.clear()
    cache._answer.clear()
    with engine.connect() as connection:
        described = installation(connection)
    scope = Scope(ORG["root"], path_of(ORG["root"]), Role.LEADER)
    yield Reader(scope, "leader", "领导", described.today, 1, described, "dark", engine, finished)


def test_the_same_question_is_asked_once(reader: Reader) -> None:
    assert reader.read(counted, 1).equals(reader.read(counted, 1))
    assert len(asked) == 1


def test_what_was_read_is_the_readers_own_copy(reader: Reader) -> None:
    own = reader.read(counted)
    own["one"] = 99
    assert reader.read(counted)["one"].tolist() == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"scope": Scope(ORG["upstream"], path_of(ORG["upstream"]), Role.LEADER)},
        {"scope": Scope(ORG["root"], path_of(ORG["root"]), Role.STEWARD)},
        {"today": pd.Timestamp("2026-11-21").date()},
    ],
    ids=["data", "subtree", "role", "day"],
)
def test_whatever_changes_the_answer_is_in_the_key(reader: Reader, change: dict) -> None:
    reader.read(counted)
    replace(reader, **change).read(counted)
    assert len(asked) == 2


def test_another_database_is_another_answer(reader: Reader, tmp_path) -> None:
    reader.read(counted)
    replace(reader, engine=connect(f"sqlite:///{tmp_path}/other.db", building=True)).read(counted)
    assert len(asked) == 2


def test_values_are_in_the_key(reader: Reader) -> None:
    reader.read(counted, 1)
    reader.read(counted, "1")
    reader.read(counted, (1,))
    assert len(asked) == 3


def test_the_person_and_the_theme_are_not(reader: Reader) -> None:
    reader.read(counted)
    replace(reader, username="other", display_name="其他", theme="light").read(counted)
    assert len(asked) == 1


def test_drawings_are_finished_once_for_each_theme_and_look(reader: Reader) -> None:
    assert reader.drawn(drawing, counted) == {"rows": 1, "wide": False, "finished": True}
    assert reader.drawn(drawing, counted, wide=True)["wide"] is True
    assert replace(reader, theme="light").drawn(drawing, counted)["finished"]
    assert len(asked) == 1


def test_a_query_must_have_a_name_that_can_be_a_key(reader: Reader) -> None:
    with pytest.raises(TypeError, match="cache key"):
        reader.read(lambda connection, scope: None)


def test_what_was_asked_long_ago_leaves_nothing_behind(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FORGET", 3)
    monkeypatch.setattr(cache._memory, "asked", 0)
    for number in range(3):
        reader.read(counted, number)
    reader.read(counted, 2)  # everything was forgotten, so this is asked again
    assert len(asked) == 4
    reader.read(counted, 2)
    assert len(asked) == 4
