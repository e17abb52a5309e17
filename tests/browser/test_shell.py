"""The frame around the pages: the way back, the finder, the themes, and how it fits the screen."""

import pytest
from playwright.sync_api import Page, expect

from components import palette
from pages import GROUPS, PAGES
from tests.browser.driving import NewPage, Server, english, query, settled, signed_in, title
from tests.small import LONG_NAME

pytestmark = pytest.mark.browser

HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "markdown": "**x** | $a$ :red[x]",
    "expression": "@@=1+",
    "long": LONG_NAME,
    "rare": "𠮷记茶行党支部",
}
ENTRIES = sum(not board.group for board in PAGES) + len(GROUPS)  # of the menu: pages of a group stand under one


def _find(page: Page, words: str) -> None:
    page.get_by_role("button", name="查找组织").click()
    page.get_by_label("名称、拼音、首字母或组织代码").fill(words)
    page.keyboard.press("Enter")


def test_the_back_button_undoes_choices_and_page_changes(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/?org=LJ-0002")
    page.locator(".st-key-masthead").get_by_role("combobox").click()
    page.get_by_role("option", name="2026年第三季度").click()
    page.wait_for_url("**period=2026Q3**")
    page.locator(".st-key-menu").get_by_role("link", name="挂图作战").click()
    expect(title(page)).to_have_text("挂图作战")
    assert set(query(page).split("&")) == {"org=LJ-0002", "period=2026Q3"}
    page.get_by_role("button", name="中共临江市委员会").click()
    page.wait_for_url("**/tasks?period=2026Q3")

    page.go_back()
    expect(page.locator(".st-key-breadcrumb")).to_contain_text("中共上游区委员会")
    page.go_back()
    expect(title(page)).to_have_text("指标总览")
    page.go_back()
    page.wait_for_url("**/?org=LJ-0002")
    expect(page.locator(".st-key-masthead").get_by_role("combobox")).to_have_value("2026年第四季度（暂评）")
    page.go_forward()
    page.wait_for_url("**period=2026Q3**")
    expect(page.locator(".st-key-masthead").get_by_role("combobox")).to_have_value("2026年第三季度")


def test_an_organisation_is_found_by_pinyin_and_opened(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/tasks")
    _find(page, "liudu")
    page.get_by_role("button", name="中共柳渡镇委员会 基层党委").click()
    page.wait_for_url("**/tasks?org=LJ-0006")
    expect(page.get_by_label("名称、拼音、首字母或组织代码")).to_be_hidden()
    _find(page, "dkc")
    page.get_by_role("button", name="渡口村党支部").click()
    page.wait_for_url("**/branch?org=LJ-0012")
    expect(page.locator(".st-key-breadcrumb")).to_contain_text("渡口村党支部")
    page.go_back()
    expect(title(page)).to_have_text("挂图作战")


def test_what_is_not_found_says_so(server: Server, page: Page) -> None:
    signed_in(page, server, "upstream", "/tasks")
    _find(page, "江心小学")
    expect(page.get_by_text("没有符合的组织")).to_be_visible()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_show_as_text(server: Server, page: Page, name: str) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    signed_in(page, server, "leader", "/tasks")
    _find(page, name)
    page.locator(".st-key-found").get_by_role("button").first.click()
    expect(page.locator(".st-key-breadcrumb button").last).to_have_text(name)
    assert not alerts


@pytest.mark.parametrize("system", ["dark", "light"])
def test_dark_is_the_default_whatever_the_system_says(server: Server, new_page: NewPage, system: str) -> None:
    page = signed_in(new_page(system=system), server, "leader", "/data")
    expect(page.locator(".stApp")).to_have_css("background-color", _css(palette.DARK.background))
    expect(page.get_by_role("button", name="浅色界面")).to_be_visible()


def test_another_theme_is_chosen_and_kept_on_every_page(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/data")
    page.get_by_role("button", name="浅色界面").click()
    expect(page.locator(".stApp")).to_have_css("background-color", _css(palette.LIGHT.background))
    page.goto(f"{server.url}/tasks")
    expect(title(page)).to_be_visible()
    expect(page.locator(".stApp")).to_have_css("background-color", _css(palette.LIGHT.background))
    expect(page.locator(".st-key-bar")).to_have_css("background-color", _css(palette.LIGHT.bar))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (390, 844)])
def test_the_frame_is_slim_and_nothing_runs_over_the_edge(server: Server, new_page: NewPage, width: int, height: int) -> None:
    page = signed_in(new_page(width, height), server, "leader", "/tasks")
    expect(page.locator(".st-key-menu a, .st-key-menu button")).to_have_count(ENTRIES)
    bar, masthead = page.locator(".st-key-bar").bounding_box(), page.locator(".st-key-masthead").bounding_box()
    assert bar
    assert masthead
    assert (bar["x"], bar["y"], bar["width"]) == (0, 0, width)
    if width > 1000:
        assert bar["height"] <= 64
        assert masthead["height"] <= 64
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width >= 1366:
        menu = page.locator(".st-key-menu")
        assert menu.evaluate("menu => menu.scrollWidth <= menu.clientWidth")


def test_a_group_of_the_menu_opens_and_closes_with_the_page_that_is_chosen(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/tasks?period=2026Q3")
    page.locator(".st-key-menu").get_by_role("button", name="数据").click()
    page.get_by_role("link", name="指标口径").click()
    expect(title(page)).to_have_text("指标口径")
    expect(page.get_by_role("link", name="数据情况")).to_have_count(0)
    assert "period=2026Q3" in page.url


def test_streamlits_own_chrome_is_gone(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/tasks")
    expect(page.locator(".stAppHeader")).to_be_hidden()
    expect(page.locator(".stToolbar")).to_be_hidden()
    assert english(page) == []


def test_a_page_that_is_not_there_says_so_below_the_menu(server: Server, page: Page) -> None:
    signed_in(page, server, "leader", "/nonsense")
    for path in ("/nonsense", "/pages/command/tasks", "/tasks/deeper"):
        page.goto(f"{server.url}{path}")
        expect(page.get_by_role("alert")).to_contain_text("没有这个页面")
        expect(page.locator(".st-key-menu a, .st-key-menu button")).to_have_count(ENTRIES)
        assert page.get_by_role("dialog").count() == 0
    page.goto(f"{server.url}/overview?period=2026Q3")
    expect(title(page)).to_have_text("指标总览")
    settled(page)
    assert page.url == f"{server.url}/?period=2026Q3"


def _css(colour: str) -> str:
    red, green, blue, _ = palette.rgba(colour)
    return f"rgb({red}, {green}, {blue})"
