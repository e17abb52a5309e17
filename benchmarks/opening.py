"""How long a browser takes from asking for a page until every figure, chart, table and map is drawn, against a bare board."""

import shutil
import statistics
from collections.abc import Mapping

from playwright.sync_api import Browser, Playwright, sync_playwright

from benchmarks.server import Server

ROUNDS = 7
SIZE = {"width": 1920, "height": 1080}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")  # where one is installed
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",  # there is none: pages are painted in software, and only maps by the software's WebGL
    "--enable-unsafe-swiftshader",
]

# Complete: as many of each kind as expected are in the page, every chart has its drawing, every table and map its canvas.
COMPLETE = """
({figures, charts, tables, maps}) => {
  const all = (kind) => [...document.querySelectorAll(`[data-testid="${kind}"]`)];
  const inked = (kind) => all(kind).filter((one) => one.querySelector("canvas, svg.marks")).length;
  return all("stMetric").length >= figures && inked("stVegaLiteChart") >= charts
    && inked("stDataFrame") >= tables && inked("stDeckGlJsonChart") >= maps
    && !document.querySelector('[data-stale="true"]');
}
"""


def launched(play: Playwright) -> Browser:
    """Start Chromium: Debian's where it is installed, Playwright's own otherwise."""
    return play.chromium.launch(executable_path=next(filter(None, map(shutil.which, CHROMIUM)), None), args=FLAGS)


def ratio(board: Server, bare: Server, cookie: str, expected: Mapping[str, int], path: str = "") -> tuple[float, float, float]:
    """Return (seconds of the board's page at `path`, seconds of the bare board, their ratio): medians of ROUNDS openings, taken in turn.

    `expected` counts figures, charts, tables and maps. Each opening is a new browser context, so nothing but the
    browser's own start is shared; a first round of each is thrown away.
    """
    name, value = cookie.split("=", 1)
    ours, theirs = [], []
    with sync_playwright() as play:
        browser = launched(play)
        for _ in range(ROUNDS + 1):
            theirs.append(_opening(browser, bare.url, {}, expected))
            ours.append(_opening(browser, f"{board.url}/{path}", {name: value}, expected))
        browser.close()
    here, there = statistics.median(ours[1:]), statistics.median(theirs[1:])
    return here, there, here / there


def _opening(browser: Browser, url: str, cookies: Mapping[str, str], expected: Mapping[str, int]) -> float:
    context = browser.new_context(viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_function(COMPLETE, arg=dict(expected), polling="raf", timeout=120_000)
    seconds = page.evaluate("performance.now()") / 1000
    context.close()
    return seconds
