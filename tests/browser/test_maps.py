"""The maps in a real browser: drawn without tiles, clicked down and back up, and read on a phone."""

import math
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine

from data_access.queries.distribution import MOST_DOTS
from domain.geography import Box, fit, shown, to_world
from tests.browser.driving import NewPage, Server, query, serve, settled, signed_in, until
from tests.small import ORG, ORG_CODE

pytestmark = pytest.mark.browser

ATTEMPTS, PATIENCE = 4, 12  # clicks, and seconds for each: WebGL is drawn by the processor here

CITY = Box(120.0, 30.0, 120.9, 30.4)  # of the small installation
SEA = Box(120.6, 30.0, 120.9, 30.4)
# 石埠村 (id 28) stands at a place of its own: tests/small lays the points out by id
ROCK = (120.62 + 28 % 7 * 0.04, 30.03 + 28 % 5 * 0.08)


@pytest.fixture(scope="module")
def crowded(small_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over an installation where more branches than can be dots stand where 石埠村 does."""
    folder = tmp_path_factory.mktemp("crowded")
    database = f"sqlite:///{shutil.copy(small_database, folder / 'crowded.db')}"
    engine = create_engine(database)
    numbers = range(1000, 1000 + MOST_DOTS)
    model = pd.read_sql_query(f"SELECT * FROM organisation WHERE org_id = {ORG['extended']}", engine)
    crowd = model.loc[model.index.repeat(len(numbers))].assign(
        org_id=list(numbers), org_code=[f"LJ-{number}" for number in numbers], path=[f"/1/4/8/{number}/" for number in numbers]
    )
    crowd.to_sql("organisation", engine, if_exists="append", index=False)
    engine.dispose()
    started = serve(folder, database=database)
    yield started
    started.end()


def canvas(page: Page) -> dict[str, float]:
    """Where the map stands on the screen, once the browser has told its room and the map has been laid out for it."""
    drawn = page.locator("[data-testid='stDeckGlJsonChart'] canvas").first
    expect(drawn).to_be_visible()
    settled(page)
    until(lambda: drawn.bounding_box() is not None)  # none for a moment while the map is drawn anew
    return dict(drawn.bounding_box() or {})


def at(page: Page, whole: Box, lon: float, lat: float, margin: int = 16) -> tuple[float, float]:
    """The pixel of the screen on which a fitted map draws a place."""
    box = canvas(page)
    width, height = math.floor(box["width"] / 40) * 40, round(box["height"])
    view = fit(whole, width, height, margin)
    world = shown(view, round(box["width"]), height)
    ((x, y),) = to_world(np.array([(lon, lat)]))
    return box["x"] + (x - world.west) / view.pixel, box["y"] + (world.north - y) / view.pixel


def click(page: Page, whole: Box, lon: float, lat: float, answer: str, margin: int = 16) -> None:
    """Click a place on the map until the URL says so: a map takes clicks a moment after it is drawn, and a second one takes back."""
    for _ in range(ATTEMPTS):
        x, y = at(page, whole, lon, lat, margin)
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        page.wait_for_timeout(500)
        page.mouse.click(x, y, delay=80)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if answer in query(page):
                return
            page.wait_for_timeout(200)
    raise AssertionError(f"{answer} never came into {page.url}")


def test_a_click_leads_from_the_city_to_a_district_and_back_leads_up(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/branches")
    click(page, CITY, 120.75, 30.205, "place=990103")  # on the label, where no dot stands
    expect(page.locator(".st-key-map-way")).to_contain_text("海门县")
    expect(page.locator(".st-key-map-way")).to_contain_text("7 个党支部")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/branches$"))
    expect(page.locator(".st-key-map-way")).to_contain_text("21 个党支部")


def test_a_click_on_a_dot_opens_the_branch(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/branches?place=990103")
    click(page, SEA, *ROCK, f"org={ORG_CODE['extended']}", margin=36)
    expect(page).to_have_url(re.compile(r"/branch\?org="))


def test_a_click_on_a_town_leads_into_it(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/branches?place=990103")
    click(page, SEA, 120.8, 30.3, "town=990103200", margin=36)
    expect(page.locator(".st-key-map-way")).to_contain_text("潮头乡")


def test_a_click_on_a_cell_leads_to_the_district_and_on_to_the_town(page: Page, crowded: Server) -> None:
    signed_in(page, crowded, "leader", "/branches")
    expect(page.locator(".st-key-map-way")).to_contain_text(f"{21 + MOST_DOTS:,} 个党支部")
    click(page, CITY, *ROCK, "place=990103")
    expect(page.locator(".st-key-map-way")).to_contain_text("海门县")
    click(page, SEA, *ROCK, "town=990103200", margin=36)  # nothing but the cell is there to be clicked
    expect(page.locator(".st-key-map-way")).to_contain_text("潮头乡")


def test_the_breadcrumb_leads_up_and_keeps_the_filters(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/branches?place=990103&town=990103200&sector=village")
    page.get_by_role("button", name="临江市", exact=True).click()
    expect(page).to_have_url(re.compile(r"/branches\?sector=village$"))


def test_a_click_on_a_mark_of_several_sites_spreads_them_out(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/redmap")
    click(page, CITY, 120.4425, 30.211, "sites=LJ-02&sites=LJ-03", margin=40)
    expect(page.get_by_role("button", name="显示全部点位")).to_be_visible()


def test_a_click_on_a_site_opens_its_card(page: Page, server: Server) -> None:
    signed_in(page, server, "leader", "/redmap")
    click(page, CITY, 120.11, 30.12, "site=LJ-01", margin=40)
    expect(page.locator(".st-key-card-red-site")).to_contain_text("柳渡农会旧址")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_red_map_fits_a_phone(new_page: NewPage, server: Server, theme: str) -> None:
    page = new_page(390, 844, theme)
    signed_in(page, server, "secretary", "/redmap?route=R-2")
    expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
    box = canvas(page)
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert box["height"] < 844 / 2 + 100
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    expect(page.locator(".stMain")).to_contain_text("示意连线，非导航路线")
