"""From any red light on `/`, three clicks reach the rows behind it and the sentence of the regulation."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import NewPage, Server, bars, card, click_row, english, follow, signed_in
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser

FIRST_ROW = {"x": 60, "y": 52}  # of a table, which is drawn on a canvas


def rows_and_regulation(page: Page, key: str) -> None:
    """What the third click must have reached at the latest."""
    opened = card(page, key)
    expect(opened.get_by_test_id("stDataFrame").first).to_be_visible()
    expect(opened).to_contain_text(re.compile("——《|——本地规定|依据：本地规定"))


def test_an_index_light_in_two_clicks_by_the_weakest_branch(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/?period=2026Q3")
    follow(page, click_row, "weakest", "/branch.*org=LJ-")
    page.get_by_role("link", name="为什么是这个分数").click()
    expect(page).to_have_url(re.compile("/explain.*org=LJ-"))
    rows_and_regulation(page, "item-rows")


def test_a_districts_light_in_three_clicks(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/?period=2026Q3")
    bars(page, "ranking").first.click()
    expect(page).to_have_url(re.compile("place="))
    follow(page, click_row, "weakest", "/branch.*org=LJ-")
    page.get_by_role("link", name="为什么是这个分数").click()
    rows_and_regulation(page, "item-rows")


def test_a_duty_light_in_two_clicks_by_its_rule(page: Page, server: Server) -> None:
    signed_in(page, server, "leader")
    bars(page, "warnings").first.click()
    expect(page).to_have_url(re.compile("/warnings.*rule="))
    page.locator(".stMain").get_by_test_id("stDataFrame").first.click(position=FIRST_ROW)
    expect(page).to_have_url(re.compile("light_id="))
    expect(page.locator(".stMain blockquote").first).to_contain_text("——")


def test_an_item_opens_its_rows_and_back_closes_them(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", f"/explain?org={ORG_CODE['overdue']}&period=2026Q3&item=life_duties")
    rows_and_regulation(page, "item-rows")
    follow(page, click_row, "items", "item=study_courses")
    expect(page.locator(".st-key-card-item-rows")).to_contain_text("必修课完成")
    page.go_back()
    expect(page.locator(".st-key-card-item-rows")).to_contain_text("组织生活按期开展")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize(("role", "path"), [("leader", "/explain"), ("secretary", "/member?member=1205&period=2026Q3")])
def test_nothing_runs_over_and_nothing_speaks_english(
    new_page: NewPage, server: Server, role: str, path: str, width: int, height: int
) -> None:
    page = new_page(width, height)
    signed_in(page, server, role, path)
    card(page, "items" if path == "/explain" else "member-items")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert english(page) == []
