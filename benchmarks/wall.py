"""What walls cost: a redraw, a poll, fifty of them on one server; and what thousands of refreshes leave behind in browser and server."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.client import Reading
from benchmarks.opening import SIZE, launched
from benchmarks.server import Server

WALLS = 50
INTERVAL = 5.0  # seconds between two polls of a wall
ROUNDS = 6  # polls of each wall
REDRAWS = 15
WARM_UP = 200  # refreshes before memory is looked at
MEBIBYTE = 1 << 20


class Hanging(Reading):
    """A wall without a browser: it opens the page, and polls as the browser would."""

    fragment = ""

    def hang(self, query: str = "every=3600") -> float:
        """Open the wall and remember which fragment is to be polled; return the script's seconds, all reruns together."""
        asked = BackMsg()
        asked.rerun_script.page_name = "wall"
        asked.rerun_script.query_string = query
        asked.rerun_script.context_info.url = "http://localhost/wall"
        return self._run(asked)

    def poll(self) -> float:
        """Ask for the data version, as the browser does every five seconds; return the script's seconds."""
        asked = BackMsg()
        asked.rerun_script.page_name = "wall"
        asked.rerun_script.query_string = "every=3600"
        asked.rerun_script.fragment_id = self.fragment
        asked.rerun_script.is_auto_rerun = True
        asked.rerun_script.context_info.url = "http://localhost/wall"
        return self._run(asked)

    def _run(self, asked: BackMsg) -> float:
        self._socket.send(asked.SerializeToString())
        seconds = 0.0
        while True:
            message = ForwardMsg.FromString(self._socket.recv(timeout=120, decode=False))
            kind = message.WhichOneof("type")
            if kind == "page_profile":
                seconds += message.page_profile.exec_time / 1e6
            if kind == "auto_rerun":
                self.fragment = message.auto_rerun.fragment_id
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return seconds


def scripts(server: Server, cookie: str) -> tuple[float, float]:
    """Return the script seconds of a redraw with a warm cache and of a poll, medians. The server must tell its script times."""
    with Hanging(server.url, cookie) as wall:
        wall.hang()
        redraws = [wall.hang() for _ in range(REDRAWS)]
        polls = [wall.poll() for _ in range(REDRAWS)]
    return statistics.median(redraws), statistics.median(polls)


@dataclass(frozen=True)
class Crowd:
    """Fifty walls at once: how late their polls were answered (seconds, 95 in 100), and what each added to the server (MiB)."""

    late: float
    worst: float
    each: float


def crowd(server: Server, cookie: str) -> Crowd:
    """Hang WALLS walls on the server and let each poll every INTERVAL seconds, ROUNDS times, evenly spread."""
    with ExitStack() as stack:
        first = stack.enter_context(Hanging(server.url, cookie))
        first.hang()
        before = server.resident()
        walls = [first]
        for _ in range(WALLS - 1):
            wall = stack.enter_context(Hanging(server.url, cookie))
            wall.hang()
            walls.append(wall)
        each = (server.resident() - before) / (WALLS - 1)
        begun = time.monotonic()
        delays = []
        for turn in range(ROUNDS * WALLS):
            due = begun + turn * INTERVAL / WALLS
            time.sleep(max(0.0, due - time.monotonic()))
            walls[turn % WALLS].poll()
            delays.append(time.monotonic() - due)
    delays.sort()
    return Crowd(delays[int(len(delays) * 0.95)], delays[-1], each)


@dataclass(frozen=True)
class Soak:
    """Refreshes that were asked for and those that came; heap of the browser and memory of the server (MiB), before and after."""

    asked: int
    came: int
    heap: tuple[float, float]
    resident: tuple[float, float]


def soak(server: Server, cookie: str, refreshes: int, told: Callable[[str], None]) -> Soak:
    """Step a wall through its scenes in a real browser as fast as it draws, `refreshes` times after WARM_UP, and look at memory."""
    name, value = cookie.split("=", 1)
    with sync_playwright() as play:
        browser = launched(play)
        context = browser.new_context(viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/wall?every=3600", wait_until="commit")
        page.wait_for_selector("[class*='st-key-wall-scene-'] svg.marks", timeout=60_000)
        _steps(page, WARM_UP)
        heap, resident = _heap(page), server.resident()
        came = 0
        for done in range(0, refreshes, 100):
            came += _steps(page, min(100, refreshes - done))
            told(f"{done + 100} refreshes: heap {_heap(page):.1f} MiB, server {server.resident():.0f} MiB")
        after = _heap(page), server.resident()
        browser.close()
    return Soak(refreshes, came, (heap, after[0]), (resident, after[1]))


def _steps(page: Page, count: int) -> int:
    """Step `count` times; return how many scenes came."""
    came = 0
    for _ in range(count):
        before = page.evaluate(_SCENE)
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"(before) => {{ const now = ({_SCENE})(); return now && now !== before; }}", arg=before, timeout=30_000)
        came += 1
    return came


_SCENE = """() => {
  const scene = document.querySelector("[class*='st-key-wall-scene-']:has(svg.marks)");
  return scene ? [...scene.classList].find((name) => name.startsWith("st-key-wall-scene-")) : null;
}"""


def _heap(page: Page) -> float:
    """The browser's heap in MiB, after its rubbish has been collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / MEBIBYTE
