"""The wall in a real browser: it fills every screen, turns and pauses, and comes back from what befalls it at night."""

import re
import shutil
import time
from dataclasses import replace

import jwt
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, insert

from components import palette
from data_access.engine import changing, connect
from data_access.keys import cookie_key
from data_access.rating import rate
from data_access.rollup import roll_up
from data_access.schema.places import installation
from data_access.schema.ratings import light
from pages.access.sign_in import COOKIE, LIFETIME
from tests import small
from tests.browser.driving import Line, NewPage, Server, english, form, serve, settled, signed_in, until
from tests.postgres import cluster
from tests.small import AS_OF, ORG

pytestmark = pytest.mark.browser

SIZES = [(1920, 1080), (2560, 1080), (3840, 2160), (5760, 1080)]
DAY = 86400
ROOM_MS = 1500  # within which the wall has told its room and has been laid out for it
CLOSED_SECONDS = 3  # that a lid is closed

# What lies outside the window, and what is drawn larger than its panel.
ASTRAY = """() => {
  const seen = [...document.querySelectorAll("[class*='st-key-card-wall-'], .stMetric, .st-key-wall-head, .st-key-wall-line")];
  const out = seen.filter((one) => { const box = one.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1; });
  const cut = [...document.querySelectorAll("[class*='st-key-card-wall-']")].filter((card) => {
    const drawn = card.querySelector("svg.marks"); if (!drawn) return false;
    const box = card.getBoundingClientRect(), inner = drawn.getBoundingClientRect();
    return inner.right > box.right + 1 || inner.bottom > box.bottom + 1; });
  return [...out, ...cut].map((one) => one.className);
}"""


def scene(page: Page, name: str):
    return page.locator(f".st-key-wall-scene-{name}")


def bottom(page: Page) -> float:
    """Where the last line of the wall ends, in pixels of the window."""
    line = page.locator(".st-key-wall-line").bounding_box()
    return line["y"] + line["height"] if line else 0


def drawings(page: Page) -> int:
    return page.locator("[class*='st-key-card-wall-'] svg.marks").count()


def open_wall(page: Page, server: Server, path: str = "/wall?every=3600") -> Page:
    signed_in(page, server, "wall", path)
    expect(page.locator("[class*='st-key-wall-scene-']")).to_have_count(1)
    until(lambda: drawings(page) > 2)
    settled(page)
    return page


def paused(page: Page) -> bool:
    """Press the key that pauses; whether the wall has paused. One that is laid out anew meanwhile has forgotten it."""
    page.keyboard.press("Space")
    page.wait_for_timeout(ROOM_MS)
    return page.get_by_text("已暂停").is_visible()


def test_every_screen_is_filled_without_scrolling(server: Server, new_page: NewPage) -> None:
    page = open_wall(new_page(*SIZES[0]), server)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("[class*='st-key-wall-scene-']")).to_have_count(3 if width == 5760 else 1)
        until(lambda height=height: height * 0.97 <= bottom(page) <= height and page.evaluate(ASTRAY) == [])
        assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [width, height]
    assert english(page) == []


# Every width that the drawing of each panel has had.
WIDTHS = """window.widths = {};
new MutationObserver(() => document.querySelectorAll("[class*='st-key-card-wall-'] svg.marks").forEach((drawn) => {
  const panel = drawn.closest("[class*='st-key-card-wall-']").className.match(/st-key-card-wall-[\\w-]+/)[0];
  (window.widths[panel] ??= new Set()).add(drawn.getAttribute("width"));
})).observe(document, { childList: true, subtree: true, attributes: true });"""


def test_a_wall_that_is_opened_again_is_laid_out_once(server: Server, new_page: NewPage) -> None:
    page = new_page(*SIZES[1])
    page.add_init_script(WIDTHS)
    page = open_wall(page, server)
    most = "Math.max(...Object.values(window.widths).map((each) => each.size))"
    until(lambda: page.evaluate(most) == 2)
    page.reload()
    until(lambda: drawings(page) > 2)
    settled(page)
    page.wait_for_timeout(ROOM_MS)
    assert page.evaluate(most) == 1


def test_keys_step_and_pause_and_the_pointer_hides(server: Server, page: Page) -> None:
    open_wall(page, server, "/wall?every=5&scenes=overview,tasks")
    until(lambda: paused(page))
    if scene(page, "tasks").is_visible():
        page.keyboard.press("ArrowLeft")
    expect(scene(page, "overview")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(scene(page, "tasks")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(scene(page, "overview")).to_be_visible()
    page.wait_for_timeout(6000)
    expect(scene(page, "overview")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.st-key-wall')).cursor") == "none"
    page.keyboard.press("Space")
    expect(scene(page, "tasks")).to_be_visible()
    for full in (True, False):
        page.keyboard.press("f")
        until(lambda full=full: page.evaluate("document.fullscreenElement !== null") is full)


def test_the_url_chooses_the_theme_and_leaves_the_readers_choice_alone(server: Server, new_page: NewPage) -> None:
    page = open_wall(new_page(), server, "/wall?every=3600&theme=light")
    ground = page.locator(".stApp")
    expect(ground).to_have_css("background-color", light_ground())
    expect(page).to_have_url(re.compile("theme=light"))
    assert page.evaluate("localStorage.getItem('party-theme')") is None
    page.goto(f"{server.url}/wall?every=3600")
    expect(ground).not_to_have_css("background-color", light_ground())


def light_ground() -> str:
    """The light theme's ground, as a browser says it."""
    ground = palette.theme("light").background.lstrip("#")
    return "rgb({}, {}, {})".format(*(int(ground[at : at + 2], 16) for at in (0, 2, 4)))


def test_midnight_and_the_end_of_a_quarter(small_database, tmp_path, new_page: NewPage) -> None:
    database = f"sqlite:///{shutil.copy(small_database, tmp_path / 'rolling.db')}"
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(delete(installation).where(installation.c.key == "as_of"))  # from now on the clock counts
    engine.dispose()
    clock = tmp_path / "clock"
    clock.write_text("2026-12-31")
    server = serve(tmp_path, database=database, program=("tests.browser.clock", str(clock), "engine"))
    try:
        page = open_wall(new_page(), server)
        facts = page.locator(".st-key-wall-facts")
        expect(facts).to_contain_text("2026年第四季度")
        reds = page.locator(".st-key-card-wall-overview-reds svg.marks")
        lit = reds.text_content()
        clock.write_text("2027-01-01")
        until(lambda: reds.text_content() not in ("", lit))  # every light has been on for a day more
        clock.write_text("2027-02-01")  # a month of the new quarter has ended
        expect(facts).to_contain_text("2027年第一季度")
        expect(facts).to_contain_text("数据截至 2026-11-20 09:00")  # nobody has brought anything newer
        expect(scene(page, "overview")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
    finally:
        server.end()


def test_the_network_is_cut_and_the_lid_closed(server: Server, page: Page) -> None:
    with Line(int(server.url.rpartition(":")[2])) as line:
        open_wall(page, replace(server, url=line.url, cookies=dict(server.cookies)), "/wall?every=5&scenes=overview,tasks")
        line.cut()
        expect(page.locator(".st-key-wall-cut")).to_be_visible()
        lid = page.context.new_cdp_session(page)
        lid.send("Page.setWebLifecycleState", {"state": "frozen"})
        time.sleep(CLOSED_SECONDS)
        lid.send("Page.setWebLifecycleState", {"state": "active"})
        line.mend()
        expect(page.locator(".st-key-wall-cut")).to_be_hidden()
        expect(scene(page, "tasks")).to_be_visible()
        expect(scene(page, "overview")).to_be_visible()
        assert english(page) == []


def test_a_database_that_goes_and_comes_back(tmp_path, new_page: NewPage) -> None:
    with cluster() as postgres:
        postgres.execute("CREATE DATABASE hanging")
        engine = connect(postgres.database("hanging"), building=True)
        small.build(engine)
        rate(engine)
        roll_up(engine)
        server = serve(tmp_path, database=postgres.database("hanging"))
        try:
            page = open_wall(new_page(), server, "/wall?every=3600&scenes=overview,tasks")
            before = drawings(page)
            postgres.stop()
            expect(page.locator(".st-key-wall-broken")).to_contain_text("数据源中断")
            expect(page.locator(".st-key-wall-broken")).to_contain_text("数据截至 2026-11-20 09:00")
            expect(page.locator(".st-key-wall-broken")).to_contain_text(re.compile(r"中断自 \d\d:\d\d"))
            page.keyboard.press("ArrowRight")  # to a scene that was never read
            settled(page)
            assert drawings(page) == before
            expect(scene(page, "overview")).to_be_visible()
            late = new_page()
            late.goto(f"{server.url}/wall")
            expect(late.get_by_role("alert")).to_contain_text("连接不上数据库")
            postgres.start()
            expect(page.locator(".st-key-wall-broken")).to_have_count(0)
            expect(scene(page, "tasks")).to_be_visible()
            expect(form(late)).to_be_visible()  # by itself

            engine.dispose()
            with changing(engine) as connection:
                connection.execute(insert(light).values(_red("willow_town")))
            expect(page.locator(".st-key-wall-alarm")).to_contain_text("新亮红灯")
            expect(scene(page, "warnings")).to_be_visible()
        finally:
            engine.dispose()
            server.end()


def _red(org: str) -> dict:
    return {
        "light_id": 900_001,
        "org_id": ORG[org],
        "rule_id": "election.term",
        "subject": "term",
        "light": "red",
        "since": AS_OF,
        "evidence": '{"table": "election", "rows": [], "text": "任期届满。"}',
    }


def test_a_server_that_dies_and_is_started_again(own_database, tmp_path, new_page: NewPage) -> None:
    database = f"sqlite:///{own_database}"
    server = serve(tmp_path, database=database)
    port = int(server.url.rpartition(":")[2])
    page = open_wall(new_page(), server)
    before = drawings(page)
    server.process.kill()
    server.process.wait(20)
    expect(page.locator(".st-key-wall-cut")).to_be_visible()
    page.wait_for_timeout(4000)  # Streamlit's own dialog comes two seconds after
    assert [dialog.is_visible() for dialog in page.get_by_role("dialog").all()] in ([], [False])
    assert drawings(page) == before
    again = serve(tmp_path, database=database, port=port)
    try:
        expect(page.locator(".st-key-wall-cut")).to_be_hidden()
        expect(scene(page, "overview")).to_be_visible()
        until(lambda: drawings(page) == before)
        assert english(page) == []
    finally:
        again.end()


@pytest.mark.parametrize(("username", "renewed"), [("wall", True), ("leader", False)])
def test_only_the_walls_sign_in_renews_itself(server: Server, page: Page, username: str, renewed: bool) -> None:
    ends = time.time() + DAY / 2
    token = jwt.encode({"username": username, "exp_date": ends}, cookie_key(), algorithm="HS256")
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])
    page.goto(f"{server.url}/wall")
    expect(page.locator(".st-key-wall-line")).to_be_visible()

    def left() -> float:
        cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE)
        return jwt.decode(cookie["value"], options={"verify_signature": False})["exp_date"] - time.time()

    if renewed:
        until(lambda: left() > LIFETIME.total_seconds() - DAY)
        page.reload()
        expect(page.locator(".st-key-wall-line")).to_be_visible()
    else:
        page.wait_for_timeout(6000)
        assert left() < DAY
