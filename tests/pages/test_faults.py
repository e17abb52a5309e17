"""A database that is wrong: one message in Chinese that says what to do, and never a traceback."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from data_access import engine
from tests.opening import OpenPage


def _only_message(page: AppTest) -> str:
    assert not page.exception
    (message,) = page.error
    assert not page.get("page_link")
    return message.value.replace("\\", "")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", engine.UNREADABLE_URL),
        ("mysql://host/name", engine.UNREADABLE_URL),
        ("postgresql://somebody:secret@127.0.0.1:1/party", engine.UNREACHABLE),
        ("sqlite:////no/such/folder/party.db", engine.NO_FILE),
    ],
    ids=["nonsense", "another kind", "nobody listens", "no file"],
)
def test_a_wrong_address(open_page: OpenPage, url: str, message: str) -> None:
    assert _only_message(open_page("leader", "", database=url)) == message


def test_a_foreign_database(open_page: OpenPage, tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path}/other.db").begin() as connection:
        connection.execute(text("CREATE TABLE songs (title TEXT)"))
    assert _only_message(open_page("leader", "", database=tmp_path / "other.db")) == engine.FOREIGN


@pytest.mark.parametrize("table", ["installation", "account", "figure", "light"])
def test_a_missing_table(open_page: OpenPage, own_database: Path, table: str) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text(f"DROP TABLE {table}"))
    assert _only_message(open_page("leader", "", database=own_database)) == engine.INCOMPLETE


def test_a_database_that_goes_away_between_two_clicks(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("leader", "", database=own_database)
    own_database.rename(own_database.with_suffix(".away"))
    assert _only_message(page.run()) == engine.NO_FILE
    own_database.with_suffix(".away").rename(own_database)
    page.run()
    assert not page.error
    assert page.get("page_link")


def test_a_table_that_goes_missing_while_pages_are_read(open_page: OpenPage, own_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("leader", "", database=own_database)
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("DROP TABLE figure"))
        connection.execute(text("UPDATE data_version SET version = version + 1"))
    page.run()
    assert not page.exception
    assert page.error[0].value.replace("\\", "") == engine.INCOMPLETE


def test_a_file_that_was_replaced_is_opened_anew(open_page: OpenPage, own_database: Path, small_database: Path) -> None:
    page = open_page("leader", "", database=own_database)
    other = own_database.with_suffix(".other")
    other.write_bytes(small_database.read_bytes())
    with create_engine(f"sqlite:///{other}").begin() as connection:
        connection.execute(text("UPDATE installation SET value = '另一个平台' WHERE key = 'title'"))
        connection.execute(text("UPDATE organisation SET name = '另一个委员会' WHERE org_id = 1"))
    other.rename(own_database)
    page.run()
    assert any("另一个平台" in said.value for said in page.markdown)
    assert any(button.label == "另一个委员会" for button in page.button)
