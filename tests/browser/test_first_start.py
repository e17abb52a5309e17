"""The first start: a page that shows how the demo is being built and goes on by itself; two servers that build it once."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from data_access.engine import HOME
from tests.browser.driving import NewPage, form, serve

pytestmark = pytest.mark.browser

ROOMS = ("app.py", "components", "data_access", "domain", "pages", "seed", ".streamlit")
BUILD_SECONDS = 600  # a busy machine's


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house in which nobody has lived."""
    home = tmp_path / "house"
    home.mkdir()
    for room in ROOMS:
        source = HOME / room
        if source.is_dir():
            shutil.copytree(source, home / room, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home)
    return home


def test_two_servers_build_the_demo_once_and_go_on_by_themselves(house: Path, tmp_path: Path, new_page: NewPage) -> None:
    first, second = (serve(tmp_path / name, database=None, home=house) for name in ("first", "second"))
    try:
        pages = [new_page(), new_page()]
        for page, server in zip(pages, (first, second), strict=True):
            page.goto(f"{server.url}/tasks")
            expect(page.get_by_text("正在本机建立演示数据")).to_be_visible()
            expect(page.get_by_role("progressbar")).to_be_visible()
            expect(form(page)).to_have_count(0)
        assert not (house / "var" / "party.db").exists()
        for page in pages:
            expect(form(page)).to_be_visible(timeout=BUILD_SECONDS * 1000)
            assert page.url.endswith("/tasks")
        expect(pages[0].get_by_role("heading")).to_have_text("福州市党建云看板")
    finally:
        first.end()
        second.end()
    logs = first.log.read_text() + second.log.read_text()
    assert logs.count("建立演示数据 100%") == 1
    assert {file.name for file in (house / "var").iterdir()} - {"party.db", "cookie.key", "first-start.json", "party.db.lock"} == set()


def test_a_build_that_fails_says_so_and_can_be_tried_again(house: Path, small_database: Path, tmp_path: Path, new_page: NewPage) -> None:
    builder = house / "seed" / "build.py"
    builder.write_text("raise OSError('no space left on device')\n", encoding="utf-8")
    server = serve(tmp_path, database=None, home=house)
    try:
        page = new_page()
        page.goto(server.url)
        expect(page.get_by_role("alert")).to_contain_text("演示数据没有建成")
        assert "Traceback" not in page.locator("body").inner_text()
        builder.write_text(
            "import shutil\n\ndef build(target, scale, progress):\n"
            f"    target.parent.mkdir(exist_ok=True)\n    shutil.copy({str(small_database)!r}, target)\n"
        )
        page.get_by_role("button", name="重新建立").click()
        expect(form(page)).to_be_visible()
    finally:
        server.end()
