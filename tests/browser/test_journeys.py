"""Each role's way through the boards in a real browser: what it is offered, whom it may read of, and what stays shut."""

import pytest
from playwright.sync_api import Page, expect

from domain.vocabulary import Role
from pages import GROUPS, PAGES, Board
from tests.browser.driving import Server, by_form, english, settled, title
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser

SHUT = "没有这个页面，或您的账号不能打开它"
SECRETARY = "书记"


def go(page: Page, board: Board) -> None:
    """Take the menu's way to a page, and see that it is drawn: no fault, nothing in English."""
    menu = page.locator(".st-key-menu")
    if board.group:
        menu.get_by_role("button", name=board.group).click()
    page.get_by_role("link", name=board.title, exact=True).first.click()
    expect(title(page)).to_have_text(board.title)
    settled(page)
    expect(page.locator(".st-key-fault")).to_have_count(0)
    assert english(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def listed(role: Role) -> list[Board]:
    return [board for board in PAGES if board.listed and board.framed and role in board.roles]


def test_a_leader_goes_through_every_page_of_the_menu(page: Page, server: Server) -> None:
    by_form(page, server, "leader")
    for board in listed(Role.LEADER):
        go(page, board)
        expect(page.get_by_text("演示数据").first).to_be_visible()
    assert {board.group for board in listed(Role.LEADER)} >= set(GROUPS)
    page.goto(f"{server.url}/branch?org={ORG_CODE['overdue']}")
    facts = page.locator(".st-key-head-facts")
    expect(facts).to_contain_text(SECRETARY)
    assert "*" in facts.inner_text()


def test_a_secretary_finds_the_own_branch_and_its_people_by_name(page: Page, server: Server) -> None:
    by_form(page, server, "secretary")
    for board in listed(Role.SECRETARY):
        go(page, board)
        expect(page.locator(".st-key-breadcrumb")).to_contain_text("渡口村党支部")
    page.goto(f"{server.url}/branch")
    expect(page.locator(".st-key-head-facts")).to_contain_text(SECRETARY)
    assert "*" not in page.locator(".st-key-head-facts").inner_text()
    page.get_by_role("button", name="依据").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("下一步")
    page.goto(f"{server.url}/branch?org={ORG_CODE['upstream']}")
    expect(page.get_by_role("alert")).to_contain_text("没有找到这个组织")


def test_a_presenter_shows_the_whole_without_a_name_or_a_telephone(page: Page, server: Server) -> None:
    by_form(page, server, "presenter")
    for board in listed(Role.PRESENTER):
        go(page, board)
    page.goto(f"{server.url}/branch?org={ORG_CODE['overdue']}")
    facts = page.locator(".st-key-head-facts")
    expect(facts).to_contain_text(SECRETARY)
    assert "*" in facts.inner_text()
    assert "电话" not in facts.inner_text() and "地址" not in facts.inner_text()


def test_a_steward_sees_sums_and_nobody(page: Page, server: Server) -> None:
    by_form(page, server, "steward", "/data")
    for board in listed(Role.STEWARD):
        go(page, board)
        if board.path == "warnings":
            expect(page.locator(".stMain")).to_contain_text("您的角色只看汇总")
    page.goto(f"{server.url}/branch?org={ORG_CODE['overdue']}")
    facts = page.locator(".st-key-head-facts")
    expect(facts).to_contain_text("任期")
    assert SECRETARY not in facts.inner_text()
    page.goto(f"{server.url}/wall")
    expect(page.get_by_role("alert")).to_contain_text(SHUT)


def test_the_wall_opens_no_other_page(page: Page, server: Server) -> None:
    by_form(page, server, "wall", "/tasks")
    expect(page.get_by_role("alert")).to_contain_text(SHUT)
    page.goto(f"{server.url}/warnings?light_id=1")
    expect(page.get_by_role("alert")).to_contain_text(SHUT)
    page.goto(server.url)
    page.wait_for_url("**/wall")
