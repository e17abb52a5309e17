"""A database that is wrong or goes away, in a real browser: one message in Chinese, no traceback, and a way back."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from data_access import engine
from data_access.engine import connect
from data_access.rating import rate
from data_access.rollup import roll_up
from tests import small
from tests.browser.driving import Line, NewPage, Server, by_form, english, fill_in, form, serve, settled, signed_in, title
from tests.postgres import cluster

pytestmark = pytest.mark.browser


def _only_message(page: Page, message: str) -> None:
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text(message)
    settled(page)
    assert page.get_by_role("dialog").count() == 0
    assert english(page) == []


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ("nonsense", engine.UNREADABLE_URL),
        ("postgresql://somebody:secret@127.0.0.1:1/party", engine.UNREACHABLE),
        ("sqlite:////no/such/folder/party.db", engine.NO_FILE),
    ],
    ids=["nonsense", "nobody listens", "no file"],
)
def test_a_wrong_address_is_one_message_on_every_page(database: str, message: str, tmp_path: Path, new_page: NewPage) -> None:
    server = serve(tmp_path, database=database)
    try:
        page = new_page()
        for path in ("/", "/tasks?org=LJ-0006"):
            page.goto(f"{server.url}{path}")
            _only_message(page, message)
        assert "secret" not in server.log.read_text()
    finally:
        server.end()


def test_an_error_that_nobody_foresaw_has_a_number_and_no_traceback(own_database: Path, tmp_path: Path, new_page: NewPage) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text("UPDATE organisation SET kind = 'heresy' WHERE org_id = 1"))
    server = serve(tmp_path, database=f"sqlite:///{own_database}")
    try:
        page = new_page()
        page.goto(f"{server.url}/tasks")
        fill_in(page, "leader")
        _only_message(page, "系统出现意外错误")
        number = page.get_by_role("alert").inner_text().partition("编号 ")[2][:8]
        assert f"unforeseen error {number}" in server.log.read_text()
        assert "heresy" not in page.locator("body").inner_text()
    finally:
        server.end()


def test_a_database_that_stops_and_starts_again(tmp_path: Path, new_page: NewPage) -> None:
    with cluster() as postgres:
        postgres.execute("CREATE DATABASE stopping")
        built = connect(postgres.database("stopping"), building=True)
        small.build(built)
        rate(built)
        roll_up(built)
        built.dispose()
        server = serve(tmp_path, database=postgres.database("stopping"))
        try:
            page = by_form(new_page(), server, "leader", "/tasks")
            stranger = new_page()
            stranger.goto(server.url)
            expect(form(stranger)).to_be_visible()
            postgres.stop()
            page.locator(".st-key-menu").get_by_role("link", name="预警").click()
            _only_message(page, engine.UNREACHABLE)
            fill_in(stranger, "leader")  # a callback, before the page is run
            expect(stranger.get_by_role("alert").first).to_contain_text(engine.UNREACHABLE)
            postgres.start()
            page.get_by_role("button", name="重新连接").click()
            expect(title(page)).to_have_text("预警")
        finally:
            server.end()


def test_a_server_that_is_gone_is_told_in_chinese_and_the_page_comes_back(server: Server, page: Page) -> None:
    told = page.get_by_text("与服务器的连接已中断")
    with Line(int(server.url.rpartition(":")[2])) as line:
        signed_in(page, replace(server, url=line.url, cookies=dict(server.cookies)), "leader", "/tasks")
        expect(told).to_be_hidden()
        line.cut()
        expect(told).to_be_visible()
        page.wait_for_timeout(3000)  # Streamlit's own dialog takes a moment
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert english(page) == []
        line.mend()
        expect(told).to_be_hidden()
        settled(page)
