"""Pictures for docs/images: every scene of the wall at every size, some in the light theme, and the stage. Made by a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.opening import launched
from benchmarks.server import Server

SIZES = ((1920, 1080), (2560, 1080), (3840, 2160), (5760, 1080))
SCENES = ("overview", "indices", "tasks", "warnings", "membership", "redmap")
LIGHT = ("overview", "warnings")  # in the light theme, too
STEPS = {2: "district", 6: "rule"}  # of the stage
ABREAST = 3  # scenes side by side on the widest wall
QUALITY = 62  # of WebP
STILL = 1500  # milliseconds in which a wall tells its room and is laid out for it
_PLACE = ".st-key-wall-line, .st-key-stage-strip"  # drawn last

# What is left in a browser whose reader has chosen the light theme (components/browser/theme.js).
_CHOOSE_LIGHT = """
localStorage.setItem("party-theme", "Light");
localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify("Light"));
"""

# Complete: a wall has its scenes side by side, every chart is drawn, nothing waits for a run.
_DRAWN = """([place, scenes]) => {
  const charts = [...document.querySelectorAll("[data-testid='stVegaLiteChart']")];
  return document.querySelector(place) && document.querySelectorAll("[class*='st-key-wall-scene-']").length === scenes
    && charts.length && charts.every((one) => one.querySelector("svg.marks, canvas"))
    && !document.querySelector("[data-stale='true']");
}"""


@dataclass(frozen=True)
class Shot:
    """One picture: its file's name without ending, the page's path, the size of the window, the account and the theme."""

    name: str
    path: str
    size: tuple[int, int]
    account: str = "wall"
    theme: str = "dark"

    @property
    def scenes(self) -> int:
        """How many scenes stand side by side; none on the stage."""
        return len(self.path.partition("scenes=")[2].split(",")) if "scenes=" in self.path else 0

    @property
    def file(self) -> str:
        """Where it stands in docs/images."""
        return f"{'stage' if self.path.startswith('/demo') else 'wall'}/{self.name}.webp"


def shots() -> Iterator[Shot]:
    """All pictures that the documents keep."""
    for width, height in SIZES:
        size = f"{width}x{height}"
        if (width, height) == SIZES[-1]:
            for start in range(0, len(SCENES), ABREAST):
                together = SCENES[start : start + ABREAST]
                yield Shot(f"{'-'.join(together)}-{size}", f"/wall?every=3600&scenes={','.join(together)}", (width, height))
            continue
        for scene in SCENES:
            yield Shot(f"{scene}-{size}", f"/wall?every=3600&scenes={scene}", (width, height))
    for scene in LIGHT:
        yield Shot(f"{scene}-light-1920x1080", f"/wall?every=3600&scenes={scene}", SIZES[0], theme="light")
    for step, name in STEPS.items():
        yield Shot(f"{name}-1920x1080", f"/demo?step={step}", SIZES[0], account="presenter")


def take(server: Server, cookies: dict[str, str], folder: Path, wanted: str = "") -> Iterator[tuple[Shot, int]]:
    """Take the pictures whose file's name holds `wanted`, and yield each with its bytes. `cookies` sign the accounts in."""
    with sync_playwright() as play:
        browser = launched(play)
        for shot in shots():
            if wanted in shot.file:
                place = folder / shot.file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(_taken(browser, server, cookies[shot.account], shot))
                yield shot, place.stat().st_size
        browser.close()


def _taken(browser: Browser, server: Server, cookie: str, shot: Shot) -> bytes:
    width, height = shot.size
    name, value = cookie.split("=", 1)
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    if shot.theme == "light":
        context.add_init_script(_CHOOSE_LIGHT)
    page = context.new_page()
    page.goto(f"{server.url}{shot.path}", wait_until="commit")
    for _ in range(2):
        page.wait_for_function(_DRAWN, arg=[_PLACE, shot.scenes], polling=200, timeout=120_000)
        page.wait_for_timeout(STILL)
    png = page.screenshot(type="png")
    context.close()
    kept = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").save(kept, "WEBP", quality=QUALITY, method=6)
    return kept.getvalue()
