"""The documents are true: accounts, commands, rooms and links."""

import re
import sqlite3
import subprocess
from pathlib import Path

import pytest

from data_access import building, keys
from data_access.accounts import ATTEMPTS, LOCKED
from data_access.engine import HOME, VARIABLE
from domain.vocabulary import Role
from pages.access.sign_in import LIFETIME

ENGLISH, CHINESE = HOME / "README.md", HOME / "README.zh-CN.md"
DOCUMENTS = [ENGLISH, CHINESE, HOME / "CHANGELOG.md", *sorted((HOME / "docs").rglob("*.md"))]


@pytest.mark.parametrize("file", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_the_accounts_are_the_demos(file: Path, demo_database: Path) -> None:
    with sqlite3.connect(demo_database) as connection:
        known = {name for (name,) in connection.execute("SELECT username FROM account WHERE demo")}
    listed = set(re.findall(r"^\| `([a-z]+)` \|", file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert listed == known
    assert listed == {role.value for role in Role}


@pytest.mark.parametrize("file", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_the_commands_exist(file: Path) -> None:
    told = file.read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", (HOME / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"run", "test"} <= set(re.findall(r"\bmake (\w+)", told)) <= targets
    assert "streamlit run app.py" in told
    assert "python -m seed --help" in told
    assert VARIABLE in told


def test_make_agrees_with_what_is_told() -> None:
    dry = subprocess.run(["make", "--dry-run", "run", "PORT=9000"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    assert "streamlit run app.py --server.port 9000" in dry
    assert "--server.port 8501" in subprocess.run(["make", "--dry-run", "run"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    steps = subprocess.run(["make", "--dry-run", "test"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    for step in ("ruff check", "ruff format --check", "mypy", "tests/provide", "pytest"):
        assert step in steps


def test_continuous_integration_runs_exactly_the_tests() -> None:
    script = (HOME / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec make test")
    assert "://" not in script


def test_the_map_of_the_house_is_complete() -> None:
    told = set(re.findall(r"^\| `(\w+)/` \|", ENGLISH.read_text(encoding="utf-8"), flags=re.MULTILINE))
    rooms = {path.name for path in HOME.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert told == rooms - {"var"}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(HOME)))
def test_links_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_the_numbers_for_the_people_who_run_it() -> None:
    told = CHINESE.read_text(encoding="utf-8")
    assert f"连续输错 {ATTEMPTS} 次，该账号锁定 {LOCKED.seconds // 60} 分钟" in told
    assert f"登录有效期 {LIFETIME.days} 天" in told
    assert f"var/{keys.FILE.name}" in told
    assert keys.VARIABLE in told
    assert building.PROGRESS.parent.name == "var"


def test_what_is_imported_is_pinned() -> None:
    pins = (HOME / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in pins if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w\[\]-]+==[\d.]+", line) for line in names)
    decided = (HOME / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8").lower()
    assert all(re.split(r"[\[=]", line)[0] in decided for line in names)
