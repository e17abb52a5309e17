"""Signing in and out in a real browser: deep links, reloads, tabs, and what the cookie is."""

import jwt
import pytest
from playwright.sync_api import Page, expect

from pages.access import sign_in
from tests.browser.driving import NewPage, Server, by_form, fill_in, form, query, settled, title

pytestmark = pytest.mark.browser

DEEP = "/tasks?org=LJ-0006&period=2026Q3"


def test_a_deep_link_survives_signing_in_and_a_reload(server: Server, page: Page) -> None:
    by_form(page, server, "leader", DEEP)
    for _ in range(2):
        expect(title(page)).to_have_text("挂图作战")
        expect(page.locator(".st-key-breadcrumb")).to_contain_text("中共柳渡镇委员会")
        assert page.url == f"{server.url}{DEEP}"
        page.reload()
        settled(page)


def test_a_wrong_password_is_refused_in_chinese_and_may_be_put_right(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/tasks")
    fill_in(page, "presenter", "wrong")
    expect(page.get_by_role("alert")).to_contain_text(sign_in.REFUSED)
    expect(page.get_by_label("密码", exact=True)).to_have_value("")
    fill_in(page, "presenter")
    expect(title(page)).to_have_text("挂图作战")


def test_the_cookie_names_the_account_and_nothing_else(server: Server, page: Page) -> None:
    by_form(page, server, "leader")
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == sign_in.COOKIE]
    assert cookie["sameSite"] == "Strict"
    assert set(jwt.decode(cookie["value"], options={"verify_signature": False})) == {"username", "exp_date"}


def test_a_second_tab_is_signed_in_too(server: Server, page: Page) -> None:
    by_form(page, server, "leader")
    second = page.context.new_page()
    second.goto(f"{server.url}/data")
    expect(title(second)).to_have_text("数据情况")


def test_signing_out_ends_every_tab_and_the_cookie(server: Server, new_page: NewPage) -> None:
    page = by_form(new_page(), server, "upstream", DEEP)
    second = page.context.new_page()
    second.goto(f"{server.url}/data")
    expect(title(second)).to_be_visible()
    kept = page.context.cookies()

    page.locator(".st-key-account button").click()
    page.get_by_role("button", name="退出登录").click()
    expect(form(page)).to_be_visible()
    assert query(page) == ""

    second.locator(".st-key-menu").get_by_role("link", name="挂图作战").click()
    expect(form(second)).to_be_visible()
    page.reload()
    expect(form(page)).to_be_visible()

    stolen = new_page()  # somebody kept a copy of the cookie
    stolen.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": server.url} for cookie in kept])
    stolen.goto(f"{server.url}/data")
    expect(form(stolen)).to_be_visible()


def test_a_foreign_cookie_is_no_sign_in(server: Server, page: Page) -> None:
    page.context.add_cookies([{"name": sign_in.COOKIE, "value": "eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6ImxlYWRlciJ9.", "url": server.url}])
    page.goto(server.url)
    expect(form(page)).to_be_visible()


def test_the_walls_account_goes_to_the_wall(server: Server, page: Page) -> None:
    by_form(page, server, "wall")
    page.wait_for_url("**/wall")
    expect(page.locator(".st-key-bar")).to_have_count(0)


def test_a_secretary_arrives_at_what_the_own_branch_has_to_do(server: Server, page: Page) -> None:
    by_form(page, server, "secretary")
    expect(title(page)).to_have_text("支部画像")
    expect(page.locator(".st-key-card-agenda")).to_contain_text("本周要做")
    page.locator(".st-key-menu").get_by_role("link", name="指标总览").click()
    expect(title(page)).to_have_text("指标总览")
