"""Every drill-down of the boards in a real browser: the first bar or row of a card, and where it leads. Maps have tests of their own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Server, bars, card, click_row, follow, settled, signed_in, title, visit
from tests.small import ORG_CODE

pytestmark = pytest.mark.browser

Step = Callable[[Page, str], None]
UP = f"org={ORG_CODE['upstream']}"


def bar(page: Page, key: str) -> None:
    bars(page, key).first.click()


def symbol(page: Page, key: str) -> None:
    """Click the first cell of the map of tasks."""
    card(page, key).locator("svg.marks .mark-rect.role-mark path, svg.marks .mark-bar path").first.click()


def last_bar(page: Page, key: str) -> None:
    """Click the first bar of a card's last chart."""
    card(page, key).locator("svg.marks").last.locator(".mark-rect.role-mark path").first.click()


def badge(page: Page, key: str) -> None:
    """Click the first count of a line that leads to what it counts."""
    page.locator(f".st-key-{key} a").first.click()


def node(page: Page, key: str) -> None:
    """Click the first step of admission at which somebody stands."""
    page.locator(f".st-key-nodes-{key} button:not([disabled]):visible").first.click()


@pytest.fixture(scope="module")
def leader(browser: Browser, server: Server) -> Iterator[Page]:
    """One signed-in browser for all drill-downs."""
    context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN", color_scheme="dark")
    yield signed_in(context.new_page(), server, "leader")
    context.close()


@pytest.mark.parametrize(
    ("path", "step", "key", "leads"),
    [
        ("/", badge, "standing-line", r"/branches\?.*light=green"),
        ("/branches", bar, "place-ranking", r"/branches\?.*place=9901"),
        ("/branch", click_row, "weakest", r"/branch\?org=LJ-"),
        ("/branch", click_row, "tree", r"/branch\?org=LJ-"),
        (f"/branch?{UP}", click_row, "children", r"/branch\?org=LJ-(?!0002)"),
        (f"/branch?{UP}", bar, "worries", rf"/warnings\?{UP}&rule="),
        (f"/branch?{UP}", click_row, "newest", rf"/warnings\?{UP}&light_id="),
        (f"/branch?{UP}", click_row, "tasks", rf"/tasks\?{UP}&task=LJ-2026-"),
        (f"/branch?{UP}&calendar=org", bar, "calendar", r"/branch\?org=LJ-(?!0002)\d+&calendar=org"),
        (f"/branch?org={ORG_CODE['overdue']}", click_row, "tasks", r"/tasks\?org=LJ-0012&task=LJ-2026-"),
        (f"/branch?org={ORG_CODE['overdue']}", click_row, "lights", r"light_id="),
        ("/tasks", symbol, "war-map", r"task=LJ-2026-"),
        ("/tasks?rows=category", symbol, "war-map", r"[?&]category="),
        ("/tasks", click_row, "units", r"org=LJ-"),
        (f"/tasks?org={ORG_CODE['willow_town']}&stage=all", click_row, "units", r"/branch\?org=LJ-"),
        ("/tasks?stage=all", click_row, "behind", r"/branch\?org=LJ-"),
        ("/tasks?stage=all", click_row, "due-soon", r"task=LJ-2026-"),
        (f"/tasks?org={ORG_CODE['overdue']}", click_row, "own", r"task=LJ-2026-"),
        ("/warnings", bar, "by-rule", r"rule="),
        ("/warnings", bar, "by-district", r"place=9901"),
        ("/warnings", bar, "by-age", r"age="),
        ("/warnings", last_bar, "by-age", r"sector="),
        ("/warnings", click_row, "list", r"light_id=\d"),
        ("/redmap?show=sites", click_row, "red-lists", r"site=LJ-"),
        ("/redmap?site=LJ-02", click_row, "red-site", r"site=LJ-03"),
        ("/data", click_row, "units", r"org=LJ-"),
        ("/glossary", click_row, "definitions", r"code=fortress"),
        ("/peers", click_row, "peers-weakest", r"orgs=LJ-"),
        ("/peers", click_row, "peers-below", r"orgs=LJ-"),
        ("/stars", bar, "star-years", r"year=20"),
        ("/stars", bar, "star-districts", r"place=9901"),
        ("/stars", last_bar, "star-index", r"cell=\d+-\d+"),
        ("/stars", click_row, "star-branches", r"/branch\?org=LJ-"),
        ("/stars?cell=95-90", click_row, "star-branches", r"/stars\?org=LJ-\d+$"),
        ("/admission", node, "application", r"step="),
        ("/admission", bar, "admission-districts", r"place=9901"),
        ("/admission", click_row, "admission-below", r"org=LJ-"),
        ("/admission", click_row, "applicants", r"/branch\?org=LJ-"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_is_clicked_leads_further(leader: Page, server: Server, path: str, step: Step, key: str, leads: str) -> None:
    visit(leader, f"{server.url}{path}")
    follow(leader, step, key, leads)
    settled(leader)
    expect(title(leader)).to_be_visible()
    expect(leader.locator(".st-key-fault")).to_have_count(0)


def test_from_the_city_to_a_branch(leader: Page, server: Server) -> None:
    """Place by place through the tables, the first row of each."""
    leader.goto(f"{server.url}/branches")
    follow(leader, click_row, "place-table", r"place=990101")
    expect(leader.locator(".st-key-map-way")).to_contain_text("上游区")
    follow(leader, click_row, "place-table", r"town=990101")
    follow(leader, click_row, "place-list", r"/branch\?org=LJ-")
    expect(title(leader)).to_have_text("支部画像")
    settled(leader)
    leader.go_back()
    leader.wait_for_url("**/branches?*town=990101*")
    settled(leader)
    leader.go_back()
    leader.wait_for_url("**/branches?place=990101")
    expect(leader.locator(".st-key-map-way")).to_contain_text("上游区")


def test_from_a_red_light_of_the_index_to_the_rows_behind_it(leader: Page, server: Server) -> None:
    """Three clicks: the map's red branches, one of them, its score explained."""
    leader.goto(f"{server.url}/")
    leader.locator(".st-key-standing-line").get_by_role("link", name="预警").click()
    leader.wait_for_url("**/branches?*light=red*")
    follow(leader, click_row, "place-list", r"/branch\?org=LJ-")
    leader.get_by_role("link", name="为什么是这个分数").click()
    leader.wait_for_url("**/explain?org=LJ-*")
    settled(leader)
    expect(leader.locator(".st-key-card-item-rows")).to_contain_text("依据")


def test_from_a_warning_to_the_branch(leader: Page, server: Server) -> None:
    leader.goto(f"{server.url}/warnings")
    follow(leader, click_row, "list", r"light_id=\d")
    leader.get_by_role("link", name="打开支部画像").click()
    leader.wait_for_url("**/branch?org=LJ-*")
    expect(title(leader)).to_have_text("支部画像")


def test_from_the_routes_to_a_stop(leader: Page, server: Server) -> None:
    leader.goto(f"{server.url}/redmap")
    follow(leader, click_row, "red-lists", r"route=R-")
    follow(leader, click_row, "red-route", r"site=LJ-")
    expect(leader.locator(".st-key-card-red-site")).to_contain_text("返回路线")
