"""Connections: the two named errors for every way in which a database can be wrong, and the data version."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete, insert, text, update
from sqlalchemy.exc import IntegrityError

from data_access.engine import (
    SHANGHAI,
    NoDatabase,
    WrongSchema,
    changed_at,
    changing,
    check,
    connect,
    installation,
    location,
    version,
)
from data_access.schema.access import account
from data_access.schema.places import data_version, setting
from data_access.schema.places import installation as installation_table
from tests.postgres import Cluster


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "postgres://host/name", "postgresql://host:port/name", "://"])
def test_an_address_that_is_none_says_how_to_write_one(url: str) -> None:
    with pytest.raises(NoDatabase, match="PARTY_DATABASE_URL"):
        connect(url)


def test_postgresql_is_reached_by_the_driver_that_is_installed() -> None:
    assert location("postgresql://host/name").drivername == "postgresql+psycopg"


def test_a_missing_file_is_no_database_and_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="找不到数据库文件"):
        check(connect(f"sqlite:///{tmp_path}/none.db"))
    assert not list(tmp_path.iterdir())


def test_a_builder_may_create_the_file(tmp_path: Path) -> None:
    with connect(f"sqlite:///{tmp_path}/new.db", building=True).begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    assert (tmp_path / "new.db").exists()


def test_a_file_that_is_no_database_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(WrongSchema, match="不是党建云看板的数据库"):
        check(connect(f"sqlite:///{tmp_path}/letter.db"))


@pytest.mark.parametrize("tables", [("songs",), ("account", "member", "task", "songs")], ids=len)
def test_another_programs_database_is_foreign_even_where_it_names_tables_as_ours_are(tmp_path: Path, tables: tuple[str, ...]) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    with create_engine(url).begin() as connection:
        for table in tables:
            connection.execute(text(f"CREATE TABLE {table} (title TEXT)"))
    with pytest.raises(WrongSchema, match="不是党建云看板的数据库"):
        check(connect(url))


def test_nobody_listening_is_no_database() -> None:
    with pytest.raises(NoDatabase, match="连接不上数据库"):
        check(connect("postgresql://party@127.0.0.1:1/party"))


def test_a_server_without_that_database_is_no_database(postgres_cluster: Cluster) -> None:
    with pytest.raises(NoDatabase, match="连接不上数据库"):
        check(connect(postgres_cluster.database("no_such_database")))


def test_a_statement_that_takes_too_long_is_answered(postgres_cluster: Cluster) -> None:
    with connect(postgres_cluster.url).connect() as connection, pytest.raises(NoDatabase, match="没有答复"):
        connection.execute(text("SET statement_timeout = 20"))
        connection.execute(text("SELECT pg_sleep(5)"))


def test_the_errors_name_no_account_and_no_host() -> None:
    with pytest.raises(NoDatabase) as caught:
        check(connect("postgresql://somebody:secret@127.0.0.1:1/party"))
    assert not any(word in str(caught.value) for word in ("somebody", "secret", "127.0.0.1"))


def test_the_small_installation_passes(engine: Engine) -> None:
    check(engine)


@pytest.mark.parametrize("statement", ["DROP TABLE audit_event", "ALTER TABLE account DROP COLUMN disabled"])
def test_a_missing_table_or_column_is_the_wrong_schema(own_engine: Engine, statement: str) -> None:
    with own_engine.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(WrongSchema, match="缺少"):
        check(own_engine)


def test_a_table_that_goes_missing_later_is_the_wrong_schema_too(own_engine: Engine) -> None:
    check(own_engine)
    with own_engine.begin() as connection:
        connection.execute(text("DROP TABLE audit_event"))
    with own_engine.connect() as connection, pytest.raises(WrongSchema, match="缺少"):
        connection.execute(text("SELECT * FROM audit_event"))


@pytest.mark.parametrize("key", ["title", "root_org", "root_place"])
def test_an_installation_must_be_described(own_engine: Engine, key: str) -> None:
    with own_engine.begin() as connection:
        connection.execute(delete(installation_table).where(installation_table.c.key == key))
    with pytest.raises(WrongSchema):
        check(own_engine)


def test_an_installation_must_be_rooted(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(installation_table).where(installation_table.c.key == "root_org").values(value="987654"))
    with pytest.raises(WrongSchema):
        check(own_engine)


def test_an_installation_describes_itself(engine: Engine) -> None:
    with engine.connect() as connection:
        described = installation(connection)
    assert (described.demo, described.today.isoformat()) == (True, "2026-11-20")


def test_a_mistake_in_a_statement_stays_what_it_is(own_engine: Engine) -> None:
    with own_engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(data_version).values(id=2, version=1))


def test_foreign_keys_are_kept(own_engine: Engine) -> None:
    with pytest.raises(IntegrityError), own_engine.begin() as connection:
        connection.execute(update(account).values(org_id=987654))


def test_a_change_raises_the_version_once(own_engine: Engine) -> None:
    before = _version(own_engine)
    with changing(own_engine) as connection:
        connection.execute(insert(setting).values(key="a", value="1"))
        connection.execute(insert(setting).values(key="b", value="2"))
    assert _version(own_engine) == before + 1


def test_a_change_says_when_it_was_in_shanghai(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(delete(installation_table).where(installation_table.c.key == "as_of"))
    with changing(own_engine):
        pass
    with own_engine.connect() as connection:
        said = changed_at(connection)
    now = datetime.now(SHANGHAI).replace(tzinfo=None)
    assert said is not None
    assert now - timedelta(minutes=1) < said <= now


def test_a_demo_always_changed_at_the_same_moment(own_engine: Engine) -> None:
    with changing(own_engine):
        pass
    with own_engine.connect() as connection:
        assert changed_at(connection) == datetime(2026, 11, 20, 9)
        connection.execute(delete(data_version))
        assert changed_at(connection) is None


def test_a_change_that_fails_changes_nothing(own_engine: Engine) -> None:
    before = _version(own_engine)
    with pytest.raises(ZeroDivisionError), changing(own_engine) as connection:
        connection.execute(insert(setting).values(key="a", value="1"))
        raise ZeroDivisionError
    with own_engine.connect() as connection:
        assert connection.execute(setting.select().where(setting.c.key == "a")).all() == []
    assert _version(own_engine) == before


def test_the_first_change_makes_the_version(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(delete(data_version))
    assert _version(own_engine) == 0
    with changing(own_engine):
        pass
    assert _version(own_engine) == 1


def test_a_server_that_stops_and_starts_is_found_again(postgres_cluster: Cluster) -> None:
    engine = connect(postgres_cluster.url)
    question = text("SELECT 1")
    with engine.connect() as connection:
        assert connection.scalar(question) == 1
    postgres_cluster.stop()
    try:
        with pytest.raises(NoDatabase), engine.connect() as connection:
            connection.scalar(question)
    finally:
        postgres_cluster.start()
    with engine.connect() as connection:
        assert connection.scalar(question) == 1
    engine.dispose()


def _version(engine: Engine) -> int:
    with engine.connect() as connection:
        return version(connection)
