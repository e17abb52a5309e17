"""A real browser on a real server. Every request of every page is recorded, and none may leave this machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from benchmarks.opening import launched
from tests.browser.driving import NewPage, Server, serve

# What is left in a browser whose reader has chosen a theme before (components/browser/theme.js).
CHOOSE = """
const theme = "%s";
localStorage.setItem("party-theme", theme);
localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify(theme));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make a journey that fails once more before it counts (docs/decisions/0001-dependencies.md)."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, the one that benchmarks use, too."""
    with sync_playwright() as playwright:
        started = launched(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(small_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over a copy of the small installation; sign-ins are written to it, nothing else may be."""
    folder = tmp_path_factory.mktemp("server")
    started = serve(folder, database=f"sqlite:///{shutil.copy(small_database, folder / 'served.db')}")
    yield started
    started.end()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Return `new_page(width=…, height=…, theme=…, system=…)`: a page of a browser that has never been here.

    `theme` is what its reader has chosen (the default's otherwise), `system` is what the machine prefers.
    """
    contexts: list[BrowserContext] = []
    strayed: list[str] = []

    def opened(width: int = 1366, height: int = 768, theme: str | None = None, system: str = "dark") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=system, locale="zh-CN")  # type: ignore[arg-type]
        if theme:
            context.add_init_script(CHOOSE % theme.title())
        context.on("request", lambda request: strayed.append(request.url) if _leaves(request) else None)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not strayed, f"requests left this machine: {strayed}"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of a browser that has never been here, on a laptop's screen."""
    return new_page()


def _leaves(request: Request) -> bool:
    address = urlsplit(request.url)
    return address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("127.0.0.1", "localhost")
