"""Hostile names in a real browser: where they are in view they are text, and nothing that they say is done."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.driving import Server, settled, signed_in, title, visit
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser

STREET = f"org={ORG_CODE['street']}"  # above `**x** | $a$ :red[x]`, `@@=1+` and 𠮷记茶行党支部
VIEWS = (
    "/",
    "/branches?place=990102",
    *(f"/branch?org={ORG_CODE[key]}" for key in ("markup", "markdown", "expression", "long_name")),
    f"/tasks?{STREET}&stage=all",
    f"/warnings?{STREET}",
    "/redmap",
    "/redmap?site=LJ-02",
)


def test_names_that_would_be_scripts_markup_or_expressions_do_nothing(page: Page, server: Server) -> None:
    happened: list[str] = []

    def opened(dialog: Dialog) -> None:
        happened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", opened)
    page.on("pageerror", lambda error: happened.append(str(error)))
    signed_in(page, server, "leader")
    for view in VIEWS:
        visit(page, f"{server.url}{view}")
        expect(title(page)).to_be_visible()
        expect(page.locator("svg.marks, canvas").first).to_be_visible()
        settled(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator(".st-key-fault, .stException")).to_have_count(0)
        assert page.locator(".stMain :is(script, img[onerror], .katex)").count() == 0, view
        assert happened == [], view
