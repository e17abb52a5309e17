"""A bill on paper: one sheet of A4, in black on white, and nothing else of the page."""

import re

import pytest
from playwright.sync_api import expect

from pages.command.bill import sheet
from tests.browser.driving import NewPage, Server, settled, signed_in
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_long_bill_prints_on_one_sheet(new_page: NewPage, server: Server, theme: str) -> None:
    page = signed_in(new_page(theme=theme), server, "leader", f"/bill?org={ORG_CODE['never']}")
    expect(page.locator(".st-key-bill table")).to_be_visible()
    expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
    settled(page)
    assert page.locator(".st-key-bill tbody tr").count() > sheet.PRINTED
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", printed)
    page.emulate_media(media="print")
    expect(page.locator(".st-key-masthead")).to_be_hidden()
    expect(page.locator(".st-key-bar")).to_be_hidden()
    expect(page.locator(".st-key-card-bill-check")).to_be_hidden()
    expect(page.locator(".st-key-bill-signatures")).to_be_visible()
    ink = page.locator(".st-key-bill td").first.evaluate("cell => getComputedStyle(cell).color")
    assert ink == "rgb(0, 0, 0)"


def test_a_notice_prints_by_itself(new_page: NewPage, server: Server) -> None:
    page = signed_in(new_page(), server, "leader", f"/bill?org={ORG_CODE['willow_town']}")
    expect(page.locator(".st-key-card-notice")).to_be_visible()
    expect(page.locator(".st-key-notice-paper table").first).to_be_attached()
    expect(page.locator(".st-key-notice-paper")).to_be_hidden()
    settled(page)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    for key in ("masthead", "bar", "card-notice", "card-measures"):
        expect(page.locator(f".st-key-{key}")).to_be_hidden()
    expect(page.locator(".st-key-notice-ranks td").first).to_be_visible()
    assert page.locator(".st-key-notice-ranks td").first.evaluate("cell => getComputedStyle(cell).color") == "rgb(0, 0, 0)"


def test_the_button_prints_and_the_workbook_is_handed_out(new_page: NewPage, server: Server) -> None:
    page = signed_in(new_page(), server, "secretary", "/bill")
    expect(page.locator(".st-key-bill table")).to_be_visible()
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="打印（A4）").click()
    assert page.evaluate("window.printed") is True
    with page.expect_download() as handed:
        page.get_by_role("button", name="导出 Excel").click()
    assert handed.value.suggested_filename == f"{ORG_CODE['overdue']}-2026-11-微账单.xlsx"
