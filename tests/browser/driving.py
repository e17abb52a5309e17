"""Driving the app: a server of our own, and the steps that journeys share."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from data_access.engine import HOME, VARIABLE
from pages.access.sign_in import COOKIE

START_SECONDS = 60
WAIT_SECONDS = 30
ATTEMPTS, PATIENCE_SECONDS = 3, 12  # of clicks that a canvas may not take, and how long each is given

expect.set_options(timeout=WAIT_SECONDS * 1000)

NewPage = Callable[..., Page]


@dataclass
class Server:
    """A running `streamlit run app.py`: its URL, its process, what it has written, and the cookies of who has signed in."""

    url: str
    process: subprocess.Popen
    log: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def end(self) -> None:
        """End it, and nothing else."""
        self.process.terminate()
        self.process.wait(20)


def serve(
    folder: Path,
    *,
    database: str | None,
    home: Path = HOME,
    port: int | None = None,
    wait: bool = True,
    program: Sequence[str] = ("streamlit",),
    haste: int = 1,
) -> Server:
    """Start the app of `home` on a free port over `database`; None leaves it to its first start.

    `program` is the module that is run, and what it is told before Streamlit's own arguments; walls ask and redraw `haste` times faster.
    Raises RuntimeError, with the log's end, where it does not answer.
    """
    port = port or _free_port()
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment["PARTY_WALL_HASTE"] = str(haste)
    if database is not None:
        environment[VARIABLE] = database
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"server-{port}.log"
    command = [sys.executable, "-m", *program, "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("a") as written:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=written, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", process, log)
    if wait:
        _await(server)
    return server


class Line:
    """A line to a server on `port` that can be cut, and mended: a way through another port, for use as a context."""

    def __init__(self, port: int) -> None:
        """Open the way."""
        self._port = port
        self._sockets: list[socket.socket] = []
        self._whole = True
        self._entry = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._entry.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        """Return the line."""
        return self

    def __exit__(self, *_: object) -> None:
        """Cut it for good."""
        self.cut()
        self._entry.close()

    def cut(self) -> None:
        """End what goes through the line, and let nothing new through."""
        self._whole = False
        for end in self._sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._entry.accept()
                if not self._whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._port))
                self._sockets += [here, there]
                for source, target in ((here, there), (there, here)):
                    threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError), source, target:
        while heard := source.recv(65536):
            target.sendall(heard)


def fill_in(page: Page, username: str, password: str | None = None) -> None:
    """Fill the sign-in form in and send it; the demo's password by default."""
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password or f"{username}-demo-2026")
    page.get_by_role("button", name="登录").click()


def by_form(page: Page, server: Server, username: str, path: str = "/") -> Page:
    """Open `path`, sign in by the form, and wait until the browser keeps the sign-in and the page has been run."""
    page.goto(f"{server.url}{path}")
    _fill_in_and_keep(page, server, username)
    return page


def signed_in(page: Page, server: Server, username: str, path: str = "/") -> Page:
    """Open `path` as an account in a browser that it has signed in with before; by the form where that no longer holds."""
    if username in server.cookies:
        page.context.add_cookies([{"name": COOKIE, "value": server.cookies[username], "url": server.url}])
    page.goto(f"{server.url}{path}")
    expect(form(page).or_(page.locator(".st-key-bar, .st-key-unframed")).first).to_be_attached()
    if form(page).count():
        _fill_in_and_keep(page, server, username)
    settled(page)
    expect(page.locator(".stAppHeader")).to_be_hidden()  # by the style sheet, which may come after the rest
    return page


def _fill_in_and_keep(page: Page, server: Server, username: str) -> None:
    fill_in(page, username)
    expect(form(page)).to_have_count(0)
    settled(page)
    until(lambda: COOKIE in _cookies(page))
    server.cookies[username] = _cookies(page)[COOKIE]


def _cookies(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def form(page: Page) -> Locator:
    """The sign-in form's button."""
    return page.get_by_role("button", name="登录", exact=True)


def visit(page: Page, url: str) -> None:
    """Open a URL from another page of the app; once more where what that page had still to do has cut in."""
    try:
        page.goto(url)
    except Error as cut:
        if "ERR_ABORTED" not in str(cut):
            raise
        page.goto(url)


def settled(page: Page) -> None:
    """Wait until the app has finished the run that it is in."""
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_visible()


def title(page: Page) -> Locator:
    """The masthead's title."""
    return page.locator(".st-key-masthead h3")


def card(page: Page, key: str) -> Locator:
    """The card of that key, once it has its drawing."""
    found = page.locator(f".st-key-card-{key}")
    expect(found.locator("svg.marks, canvas").first).to_be_visible()
    settled(page)
    return found


def bars(page: Page, key: str) -> Locator:
    """The bars of a card's chart."""
    return card(page, key).locator("svg.marks .mark-rect.role-mark path")


def click_row(page: Page, key: str) -> None:
    """Click the first row of a card's table, which is drawn on a canvas."""
    card(page, key).get_by_test_id("stDataFrame").first.click(position={"x": 60, "y": 50})


def follow(page: Page, step: Callable[[Page, str], None], key: str, leads: str) -> None:
    """Take a step, such as `click_row` of the card `key`, until the URL matches `leads`.

    A canvas takes clicks a moment after it is drawn; a second click on a cell opens it, which Escape undoes.
    """
    for _ in range(ATTEMPTS):
        step(page, key)
        try:
            page.wait_for_url(re.compile(leads), timeout=PATIENCE_SECONDS * 1000, wait_until="commit")
            return
        except Late:
            page.keyboard.press("Escape")
    raise AssertionError(f"{leads} never came into {page.url}")


def query(page: Page) -> str:
    """The query of the page's URL."""
    return urlsplit(page.url).query


def english(page: Page) -> list[str]:
    """The English sentences on the page: three Latin words in a row that no database holds."""
    return re.findall(r"(?:\b[A-Za-z]{2,}\b[ ,.']+){3,}", page.locator(".stMain").inner_text())


def until(true: Callable[[], bool]) -> None:
    """Wait until `true()`."""
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def _await(server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    server.process.kill()
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
