"""The indicator board in a real browser: what a click on a chart or a row leads to, and that nothing is cut off."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import NewPage, Server, bars, card, click_row, english, settled, signed_in
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser

CHARTS = 14


def complete(page: Page) -> None:
    """Wait until every chart is drawn."""
    expect(page.locator("[data-testid='stVegaLiteChart'] svg.marks, [data-testid='stVegaLiteChart'] canvas")).to_have_count(CHARTS)
    settled(page)


def test_a_district_bar_narrows_the_board_and_back_widens_it(page: Page, server: Server) -> None:
    signed_in(page, server, "leader")
    members = page.get_by_test_id("stMetric").filter(has_text="党员").first.get_by_test_id("stMetricValue")
    whole = members.inner_text()
    bars(page, "ranking").first.click()
    expect(page).to_have_url(re.compile("place=99010"))
    expect(members).not_to_have_text(whole)
    page.go_back()
    expect(page).not_to_have_url(re.compile("place="))
    expect(members).to_have_text(whole)


def test_an_organisations_bar_becomes_the_focus(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/?place=990101")
    bars(page, "ranking").first.click()
    expect(page).to_have_url(re.compile("org=LJ-"))
    expect(page.locator(".st-key-breadcrumb")).to_contain_text("中共上游区委员会")


def test_a_sectors_bar_narrows_the_board(page: Page, server: Server) -> None:
    signed_in(page, server, "leader")
    bars(page, "sectors").first.click()
    expect(page).to_have_url(re.compile("sector="))


def test_a_rule_leads_to_its_warnings(page: Page, server: Server) -> None:
    signed_in(page, server, "leader")
    bars(page, "warnings").first.click()
    expect(page).to_have_url(re.compile("/warnings.*rule="))


def test_a_weak_branch_leads_to_its_portrait(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/?sector=private_enterprise")
    click_row(page, "weakest")
    expect(page).to_have_url(re.compile("/branch.*org=LJ-"))


def test_the_way_to_all_warnings(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", f"/?org={ORG_CODE['upstream']}")
    card(page, "warnings").get_by_role("link", name=re.compile("预警")).click()
    expect(page).to_have_url(re.compile(f"/warnings.*org={ORG_CODE['upstream']}.*light=red"))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (390, 844)])
@pytest.mark.parametrize("role", ["leader", "secretary"])
def test_nothing_runs_over_its_card_or_speaks_english(new_page: NewPage, server: Server, role: str, width: int, height: int) -> None:
    page = new_page(width, height)
    signed_in(page, server, role, "/?period=2026Q4")
    expect(page.locator(".st-key-card-admissions")).to_be_visible()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    over = page.evaluate(
        """() => [...document.querySelectorAll("[class*='st-key-card-']")].filter(card => {
             const edge = card.getBoundingClientRect().right + 1;
             return [...card.querySelectorAll("svg.marks, canvas, p")].some(one => one.getBoundingClientRect().right > edge);
           }).map(card => card.className)"""
    )
    assert over == []
    assert english(page) == []


def test_the_first_screen_answers_at_once(new_page: NewPage, server: Server) -> None:
    """Headlines, ranking, trend and what is to be done stand on the first screen of a wide monitor."""
    page = new_page(1920, 1080)
    signed_in(page, server, "leader")
    complete(page)
    for key in ("ranking", "trend", "warnings"):
        box = page.locator(f".st-key-card-{key}").bounding_box()
        assert box and box["y"] + box["height"] <= 1080
