"""A wall at which nobody has been for long: its sign-in, its connection, a pause that was forgotten, and its pictures."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from pages.access.sign_in import COOKIE
from tests.browser.driving import Line, NewPage, Server, form, serve, settled, until
from tests.browser.test_wall import open_wall, paused, scene

pytestmark = pytest.mark.browser

HASTE = 6  # how much faster than any other this wall asks
MINUTE = 60 / HASTE  # seconds from one question whether the sign-in still holds to the next
SLACK = 25  # seconds for a poll, the spread and a run
LONG = 121_000  # milliseconds without a connection after which the page is asked for anew
FORGOTTEN = 600_000  # milliseconds after which a pause ends
ASKED = 2_500  # milliseconds in which a wall has looked at its clock
POLLS = 12_000  # milliseconds in which the data version is asked for twice


def kept(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)


def test_the_sign_in_renews_itself_while_the_wall_hangs(own_database: Path, tmp_path: Path, new_page: NewPage) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2026-12-01")
    server = serve(tmp_path, database=f"sqlite:///{own_database}", program=("tests.browser.clock", str(clock), "audit"), haste=HASTE)
    try:
        page = open_wall(new_page(), server)
        page.evaluate("window.same = true")
        before = kept(page)
        clock.write_text("2026-12-07")  # a day before it ends
        end = time.monotonic() + MINUTE + SLACK
        while kept(page) == before:
            assert time.monotonic() < end, "the sign-in was not renewed"
            page.wait_for_timeout(500)
        clock.write_text("2026-12-09")  # the first would have ended
        page.wait_for_timeout(2 * MINUTE * 1000)
        expect(scene(page, "overview")).to_be_visible()
        assert form(page).count() == 0
        assert page.evaluate("window.same"), "the page was loaded anew"
    finally:
        server.end()


def test_a_page_that_cannot_connect_is_asked_for_anew_once_the_server_answers(server: Server, page: Page) -> None:
    refused = False

    def answer(socket: WebSocketRoute) -> None:
        if refused:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket("**/_stcore/stream", answer)
    page.clock.install()
    with Line(int(server.url.rpartition(":")[2])) as line:
        open_wall(page, replace(server, url=line.url, cookies=dict(server.cookies)))
        page.evaluate("window.same = true")
        refused = True
        line.cut()
        expect(page.locator(".st-key-wall-cut")).to_be_visible()
        page.clock.fast_forward(LONG)
        page.wait_for_timeout(ASKED)
        assert page.evaluate("window.same"), "a server that is gone cannot be asked"
        line.mend()
        page.once("framenavigated", lambda _frame: open_again())

        def open_again() -> None:
            nonlocal refused
            refused = False

        page.clock.fast_forward(LONG)
        expect(page.locator(".st-key-wall-cut")).to_be_hidden()
        expect(scene(page, "overview")).to_be_visible()
        assert not page.evaluate("window.same")


def test_a_pause_that_nobody_lifts_ends_by_itself(server: Server, page: Page) -> None:
    page.clock.install()
    open_wall(page, server, "/wall?every=3600&scenes=overview,tasks")
    until(lambda: paused(page))
    page.clock.fast_forward(FORGOTTEN / 2)
    page.wait_for_timeout(ASKED)
    expect(page.get_by_text("已暂停")).to_be_visible()
    page.clock.fast_forward(FORGOTTEN / 2)
    expect(page.get_by_text("已暂停")).to_be_hidden()


def test_pictures_stay_the_same_as_long_as_the_data_does(server: Server, new_page: NewPage) -> None:
    page = open_wall(new_page(1920, 1080), server)  # the designed size, for which nothing is laid out a second time
    drawn = page.locator("[class*='st-key-card-wall-'] svg.marks")
    count = drawn.evaluate_all("(found) => { found.forEach((one) => { one.kept = true; }); return found.length; }")
    page.wait_for_timeout(POLLS)
    settled(page)
    assert drawn.evaluate_all("(found) => found.filter((one) => one.kept).length") == drawn.count() == count
