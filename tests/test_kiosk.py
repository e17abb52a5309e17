"""The kiosk script: it waits for the server, starts the browser full screen, starts it again when it dies, and ends when told."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from data_access.engine import HOME

ASKED: list[str] = []  # paths that a browser has asked for
SCRIPT = HOME / "deploy" / "kiosk" / "kiosk.sh"


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append(self.path)
        self.send_response(200 if self.path == "/_stcore/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def started(folder: Path, url: str, dies: bool) -> tuple[subprocess.Popen, Path]:
    """Run the script with a browser that writes down how it was called, and dies at once or stays."""
    called = folder / "called"
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {called}\n' + ("exit 1\n" if dies else "exec sleep 60\n"))
    browser.chmod(0o755)
    environment = os.environ | {"KIOSK_BROWSER": str(browser), "KIOSK_PROFILE": str(folder / "profile"), "KIOSK_PAUSE": "0.1"}
    return subprocess.Popen([str(SCRIPT), url], env=environment, stderr=subprocess.DEVNULL), called


def lines(called: Path, count: int) -> list[str]:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = called.read_text().splitlines() if called.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"the browser was not started {count} times")


def test_a_browser_that_dies_is_started_again(address: str, tmp_path: Path) -> None:
    running, called = started(tmp_path, f"{address}/wall?every=30", dies=True)
    try:
        calls = lines(called, 3)
        assert all("--kiosk" in call and call.endswith(f"{address}/wall?every=30") for call in calls)
        assert str(tmp_path / "profile") in calls[0]
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0


def test_ending_the_script_ends_the_browser(address: str, tmp_path: Path) -> None:
    running, called = started(tmp_path, f"{address}/wall", dies=False)
    lines(called, 1)
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert len(lines(called, 1)) == 1


def test_the_browser_is_not_started_before_the_server_answers(tmp_path: Path) -> None:
    running, called = started(tmp_path, "http://127.0.0.1:9/wall", dies=False)
    time.sleep(1)
    assert not called.exists()
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0


@pytest.mark.parametrize("url", ["", "server/wall", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    told = subprocess.run([str(SCRIPT), url], capture_output=True, text=True, timeout=10)
    assert told.returncode == 2
    assert told.stderr.startswith("用法：")


def test_the_page_for_those_who_hang_it_names_the_folder_of_the_service() -> None:
    service = (SCRIPT.parent / "party-wall.service").read_text(encoding="utf-8")
    folder = re.search(r"^ExecStart=%h/(\S+)/kiosk\.sh ", service, flags=re.MULTILINE)
    assert folder is not None
    assert f"~/{folder[1]}/kiosk.sh" in (HOME / "docs" / "wall.md").read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_chromium_that_is_killed_comes_back_to_the_wall(address: str, tmp_path: Path) -> None:
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
    environment = os.environ | {"KIOSK_FLAGS": flags, "KIOSK_PROFILE": str(tmp_path / "profile"), "KIOSK_PAUSE": "0.1", "KIOSK_BROWSER": ""}
    ASKED.clear()
    running = subprocess.Popen([str(SCRIPT), f"{address}/wall?every=30"], env=environment, stderr=subprocess.DEVNULL)
    try:
        opened(1)
        first = chromium(running)
        first.kill()
        opened(2)
        assert chromium(running).pid != first.pid
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


def opened(times: int) -> None:
    end = time.monotonic() + 60
    while ASKED.count("/wall?every=30") < times:
        assert time.monotonic() < end, f"the wall was not opened {times} times"
        time.sleep(0.1)


def chromium(script: subprocess.Popen) -> psutil.Process:
    """The browser that the script has started."""
    return next(child for child in psutil.Process(script.pid).children() if "--kiosk" in child.cmdline())
