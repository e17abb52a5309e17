"""A server that nobody has signed in to: whatever URL is asked for, a stranger sees the form and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from benchmarks.client import Reading
from data_access.engine import HOME
from pages import PAGES
from tests.browser.driving import NewPage, Server, form, serve, settled

pytestmark = pytest.mark.browser

MODULES = sorted(file.relative_to(HOME).with_suffix("") for file in (HOME / "pages").rglob("*.py"))
PATHS = [
    *(f"/{board.path}" for board in PAGES),
    *sorted({f"/{module.name}" for module in MODULES}),
    "/pages",
    "/pages/command",
    "/pages/command/overview",
    "/pages/command/overview.py",
    "/pages.command.tasks",
    "/app",
    "/app.py",
    "/var/party.db",
    "/wall/",
    "/tasks/x?org=LJ-0001",
]


@pytest.fixture(scope="module")
def fresh(small_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = serve(tmp_path_factory.mktemp("fresh"), database=f"sqlite:///{small_database}")
    yield started
    started.end()


def test_every_url_shows_the_form_and_nothing_else(fresh: Server, new_page: NewPage) -> None:
    page = new_page()
    for path in PATHS:
        page.goto(f"{fresh.url}{path}")
        expect(form(page)).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(2)
        settled(page)
        assert page.get_by_role("dialog").count() == 0, path
        assert page.get_by_role("link").count() <= 1, path  # Streamlit's own, to skip to the content
        assert page.locator("canvas, svg.marks, table, .stDataFrame").count() == 0, path
        assert page.get_by_role("heading").count() == 1, path


@pytest.fixture(scope="module")
def forgetful(small_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to which every visit is the first, with a script in pages/ that nobody may see."""
    home = tmp_path_factory.mktemp("house")
    shutil.copy(HOME / "app.py", home)
    shutil.copytree(HOME / "pages", home / "pages", ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("components", "data_access", "domain", "tests", ".streamlit"):
        (home / room).symlink_to(HOME / room)
    (home / "pages" / "secret.py").write_text("import streamlit\n\nstreamlit.text('open')\n", encoding="utf-8")
    program = ("tests.browser.forgetful",)
    started = serve(tmp_path_factory.mktemp("forgetful"), database=f"sqlite:///{small_database}", home=home, program=program)
    yield started
    started.end()


def test_every_name_may_be_the_first_that_a_server_is_asked_for(forgetful: Server) -> None:
    names = {"", "secret", "pages", "app", *(module.name for module in MODULES), *(board.path for board in PAGES)}
    seen = {}
    for name in sorted(names):
        with Reading(forgetful.url) as reading:
            run = reading.open(name)
        assert run.succeeded, name
        seen[name] = (set(run.texts), set(run.elements) - {"empty"})  # a placeholder, sent or not as the run is quick
    texts, kinds = seen[""]
    assert "## 临江市党建云看板" in texts
    assert "text_input" in kinds
    assert {name: (told ^ texts, drawn ^ kinds) for name, (told, drawn) in seen.items() if (told, drawn) != seen[""]} == {}


def test_the_first_visit_may_be_a_deep_link(small_database: Path, tmp_path: Path, new_page: NewPage) -> None:
    """Streamlit takes the first deep link of a fresh server for a missing page, and says so in English, unless it is told better."""
    server = serve(tmp_path, database=f"sqlite:///{small_database}")
    try:
        page = new_page()
        page.goto(f"{server.url}/tasks?org=LJ-0006")
        expect(form(page)).to_be_visible()
        settled(page)
        assert page.get_by_role("dialog").count() == 0
        assert page.url == f"{server.url}/tasks?org=LJ-0006"
    finally:
        server.end()


@pytest.mark.parametrize(
    "path", ["/app.py", "/var/party.db", "/var/cookie.key", "/pages/access/sign_in.py", "/.streamlit/config.toml", "/app/static/party.db"]
)
def test_files_of_the_house_are_not_served(fresh: Server, new_page: NewPage, path: str) -> None:
    answer = new_page().request.get(f"{fresh.url}{path}")
    assert answer.status == 404 or '<div id="root"></div>' in answer.text()  # the empty frame that every page begins with
