"""Building: beside and then in place, once, with nothing half-built left; and what the command says when it cannot."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text, update

from data_access.cache import Reader
from data_access.engine import HOME, VARIABLE, connect, version
from data_access.engine import installation as described
from data_access.schema.places import data_version, installation
from domain.scope import Scope
from domain.vocabulary import Role
from seed import __main__ as command
from seed import build as room
from tests import small
from tests.postgres import Cluster
from tests.small import AS_OF

# A builder whose construction is a few rows and a wait: the lock and the renaming are what is asked about.
BUILDER = """
import signal, sys, time
from pathlib import Path
from sqlalchemy import text
from seed import build as room

def construct(engine, installed, progress):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE built (one INTEGER)"))
        connection.execute(text("INSERT INTO built VALUES (1)"))
    with open(sys.argv[2], "a") as log:
        log.write("built\\n")
    time.sleep(float(sys.argv[3]))

room._construct = construct
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell takes from what it runs in the background
"""
ENTRIES = {
    "build": 'room.build(Path(sys.argv[1]), "test", lambda share, doing: None)',
    "command": """
from seed.__main__ import main
sys.exit(main(["--database", "sqlite:///" + sys.argv[1]]))
""",
    "first start": """
from data_access import building
from seed import first_start
building.DEFAULT_FILE = first_start.DEFAULT_FILE = Path(sys.argv[1])
building.report = lambda progress: None
sys.exit(first_start.main())
""",
}


def builder(target: Path, log: Path, seconds: float, entry: str = "build") -> subprocess.Popen:
    command = [sys.executable, "-c", BUILDER + ENTRIES[entry], str(target), str(log), str(seconds)]
    unnamed = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.Popen(command, cwd=HOME, env=unnamed, stderr=subprocess.PIPE, text=True)


def wait_for(log: Path) -> None:
    until = time.monotonic() + 60
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert log.exists()


def title(connection: Connection, scope: Scope) -> str:
    """A query whose answer tells one database from another."""
    return described(connection).title


def rows(target: Path) -> list[tuple]:
    with sqlite3.connect(target) as connection:
        return connection.execute("SELECT * FROM built").fetchall()


def test_two_processes_that_start_at_once_build_once(tmp_path):
    target, log = tmp_path / "party.db", tmp_path / "log"
    first, second = builder(target, log, 1), builder(target, log, 1)
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert log.read_text() == "built\n"
    assert rows(target) == [(1,)]


def test_a_killed_build_leaves_no_database_and_the_next_one_clears_up(tmp_path):
    target, log = tmp_path / "party.db", tmp_path / "log"
    killed = builder(target, log, 60)
    wait_for(log)
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    assert not target.exists()
    assert (tmp_path / "party.db.building").exists()
    assert builder(target, log, 0).wait(60) == 0
    assert rows(target) == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "party.db", "party.db.lock"]


@pytest.mark.parametrize("entry", ["command", "first start"])
@pytest.mark.parametrize(("number", "code", "said"), [(signal.SIGTERM, 143, ""), (signal.SIGINT, 130, "没有留下未建成的数据库")])
def test_a_build_that_is_stopped_leaves_nothing_and_no_traceback(tmp_path, entry, number, code, said):
    target, log = tmp_path / "party.db", tmp_path / "log"
    stopped = builder(target, log, 60, entry)
    wait_for(log)
    stopped.send_signal(number)
    errors = stopped.communicate(timeout=60)[1]
    assert stopped.returncode == code
    assert said in errors
    assert "Traceback" not in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "party.db.lock"]


def test_a_build_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def construct(engine, installed, progress):
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE built (one INTEGER)"))
        raise RuntimeError("power")

    monkeypatch.setattr(room, "_construct", construct)
    with pytest.raises(RuntimeError, match="power"):
        room.build(tmp_path / "party.db", "test", lambda share, doing: None)
    assert [path.name for path in tmp_path.iterdir()] == ["party.db.lock"]


def test_what_is_there_is_used_and_not_built_again(tmp_path, monkeypatch):
    target = tmp_path / "party.db"
    target.write_bytes(b"something")
    monkeypatch.setattr(room, "_construct", None)
    room.build(target, "test", lambda share, doing: None)
    assert target.read_bytes() == b"something"


@pytest.fixture
def demo_file(tmp_path: Path) -> Path:
    file = tmp_path / "demo.db"
    engine = create_engine(f"sqlite:///{file}")
    small.build(engine)
    engine.dispose()
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the exit code and the sentence on stderr, which comes first; only lines of the log follow it."""
    try:
        code = command.main(list(arguments))
    except SystemExit as end:
        code = int(end.code or 0)
    sentence, *details = capsys.readouterr().err.splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d [\d:,]+ ERROR party\.\w+: ", line) for line in details), details
    return code, sentence


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--database", "nonsense"), "数据库地址"),
        (("--database", "mysql://host/party"), "数据库地址"),
        (("--database", "postgresql://nobody@127.0.0.1:1/party"), "连接不上数据库"),
        (("--database", "sqlite://"), "请给出 SQLite 数据库文件的路径"),
        (("--database", "sqlite:////proc/none/party.db"), "写入失败"),
        (("--scale", "galaxy"), "参数有误"),
        (("rate", "--database", "sqlite:////proc/none/party.db"), "找不到数据库文件"),
        (("rate", "--database", "postgresql://nobody@127.0.0.1:1/party"), "连接不上数据库"),
    ],
)
def test_the_command_answers_with_one_line_and_exit_code_2(capsys, arguments, said):
    code, line = run(capsys, *arguments)
    assert code == 2
    assert said in line


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("mysql://host/party", "no driver for the database URL's scheme 'mysql'"),
        ("postgresql://nobody@127.0.0.1:1/party", "OperationalError: connection failed"),
        ("sqlite:////proc/none/party.db", "FileNotFoundError: [Errno 2]"),
    ],
)
def test_the_details_follow_the_sentence_in_the_log(capsys, url, detail):
    assert command.main(["--database", url]) == 2
    sentence, line = capsys.readouterr().err.splitlines()
    assert detail not in sentence
    assert detail in line


def test_a_database_with_data_is_not_touched(capsys, demo_file):
    before = demo_file.read_bytes()
    code, line = run(capsys, "--database", f"sqlite:///{demo_file}")
    assert (code, "--replace" in line) == (2, True)
    assert demo_file.read_bytes() == before


def test_only_a_demo_is_replaced(capsys, tmp_path, demo_file):
    with sqlite3.connect(demo_file) as connection:
        connection.execute("DELETE FROM installation WHERE key = 'demo'")
    foreign = tmp_path / "notes.txt"
    foreign.write_text("not a database, but somebody's")
    for file in (demo_file, foreign):
        before = file.read_bytes()
        code, line = run(capsys, "--replace", "--database", f"sqlite:///{file}")
        assert (code, "不能替换" in line) == (2, True)
        assert file.read_bytes() == before


def test_a_demo_is_replaced_when_asked(capsys, demo_file, monkeypatch):
    def construct(engine, installed, progress):
        with engine.begin() as connection:
            data_version.create(connection)
            connection.execute(text("CREATE TABLE built (one INTEGER)"))

    monkeypatch.setattr(room, "_construct", construct)
    assert command.main(["--replace", "--database", f"sqlite:///{demo_file}"]) == 0
    assert "完成" in capsys.readouterr().out
    assert inspect(create_engine(f"sqlite:///{demo_file}")).get_table_names() == ["built", "data_version"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_remembered_of_the_database_before_is_no_answer_about_its_successor(kind, tmp_path, request, monkeypatch):
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/demo.db"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE seed_successor")
        url = cluster.database("seed_successor")
    titles = iter(["先前", "后来", "再后"])

    def construct(engine, installed, progress):
        small.build(engine)
        with engine.begin() as connection:
            connection.execute(update(installation).where(installation.c.key == "title").values(value=next(titles)))

    monkeypatch.setattr(room, "_construct", construct)
    seen = []
    for _ in range(3):
        room.build(url, "test", lambda share, doing: None, replace=True)
        engine = connect(url)
        with engine.connect() as connection:
            reader = Reader(Scope(1, "/1/", Role.LEADER), "", "", AS_OF, version(connection), described(connection), "dark", engine, str)
        seen.append((reader.version, reader.read(title)))
        engine.dispose()
    assert seen == [(1, "先前"), (2, "后来"), (3, "再后")]


def test_rating_again_raises_the_data_version(capsys, demo_file):
    assert command.main(["rate", "--database", f"sqlite:///{demo_file}"]) == 0
    assert "完成" in capsys.readouterr().out
    with sqlite3.connect(demo_file) as connection:
        assert connection.execute("SELECT count(*) FROM org_score").fetchone()[0] > 0
        assert connection.execute("SELECT version FROM data_version").fetchone()[0] > 1


def test_postgresql_is_built_beside_and_moved_into_place(postgres_cluster: Cluster, monkeypatch, capsys):
    postgres_cluster.execute("CREATE DATABASE seed_build")
    url = postgres_cluster.database("seed_build")
    seen: list[tuple[list[str], list[str]]] = []

    def construct(engine, installed, progress):
        room.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO installation VALUES ('title', '演示'), ('demo', '1'), ('root_org', '1'), ('root_place', '1')")
            )
        tables = inspect(create_engine(url))
        seen.append((tables.get_table_names("public"), tables.get_table_names(room._DRAFT)))

    monkeypatch.setattr(room, "_construct", construct)
    assert command.main(["--database", url]) == 0
    public, draft = seen[0]
    assert (public, "member" in draft) == ([], True)
    tables = inspect(create_engine(url))
    assert "member" in tables.get_table_names("public")
    assert room._DRAFT not in tables.get_schema_names()
    capsys.readouterr()
    code, line = run(capsys, "--database", url)
    assert (code, "--replace" in line) == (2, True)
    assert command.main(["--database", url, "--replace"]) == 0
    assert len(seen) == 2


def test_a_failed_build_in_postgresql_leaves_the_old_database(postgres_cluster: Cluster, monkeypatch):
    postgres_cluster.execute("CREATE DATABASE seed_failed")
    url = postgres_cluster.database("seed_failed")
    engine = connect(url, building=True)
    small.build(engine)

    def construct(engine, installed, progress):
        room.metadata.create_all(engine)
        raise RuntimeError("power")

    monkeypatch.setattr(room, "_construct", construct)
    with pytest.raises(RuntimeError, match="power"):
        room.build(url, "test", lambda share, doing: None, replace=True)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM organisation")) == len(small.ORG)
    engine.dispose()
