"""What walls cost: a redraw, a poll, fifty of them on one server; and what thousands of refreshes leave behind in browser and server."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import Connection, select, update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.client import Reading
from benchmarks.opening import SIZE, launched
from benchmarks.server import Server
from data_access.engine import changing, connect
from data_access.schema.organisations import organisation
from data_access.schema.places import place
from domain.vocabulary import OrgKind

WALLS = 50
INTERVAL = 5.0  # seconds between two polls of a wall
ROUNDS = 6  # polls of each wall
RAISED = 2 * WALLS  # polls after which the data version is raised, so that all walls redraw
REDRAWS = 15
BETWEEN = 0.2  # seconds from one timed poll to the next: the server has cleaned up after the last, as it has after five seconds
HASTE = 100  # how much faster a wall that is soaked asks and redraws
WARM_UP = 100  # refreshes before memory is looked at: by then every cache is full
NAMES = 50  # that a district bears in turn: Vega keeps the widths of the last 10,000 texts, which ever new names would only fill
PATIENCE = 30  # seconds after which a refresh is lost
SAMPLED = 10  # refreshes from one look at memory to the next
TOLD = 100  # refreshes from one line about it to the next
GROWTH = 0.05  # of memory, that is none
MEBIBYTE = 1 << 20


class Hanging(Reading):
    """A wall without a browser: it opens the page, and polls as the browser would."""

    fragment = ""
    redrawn = 0  # times that a poll has had the wall drawn anew

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
            if kind == "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return seconds
                self.redrawn += 1


def scripts(server: Server, cookie: str) -> tuple[float, float]:
    """Return the script seconds of a redraw with a warm cache and of a poll, medians. The server must tell its script times."""
    with Hanging(server.url, cookie) as wall:
        wall.hang()
        redraws = [wall.hang() for _ in range(REDRAWS)]
        polls = []
        for _ in range(REDRAWS):
            time.sleep(BETWEEN)
            polls.append(wall.poll())
    return statistics.median(redraws), statistics.median(polls)


@dataclass(frozen=True)
class Crowd:
    """Fifty walls at once: how late their polls were answered (seconds, 95 in 100), what each added to the server (MiB), and when,
    after the data changed, the first and the last of them had redrawn (seconds); how many did."""

    late: float
    worst: float
    each: float
    spread: tuple[float, float]
    redrawn: int


def crowd(server: Server, cookie: str, database: str) -> Crowd:
    """Hang WALLS walls on the server and let each poll every INTERVAL seconds, ROUNDS times, evenly spread; meanwhile the data changes."""
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
        begun = raised = time.monotonic()
        opened = [wall.redrawn for wall in walls]
        delays, redrawn = [], []
        for turn in range(ROUNDS * WALLS):
            if turn == RAISED:
                _change(database, lambda _connection: None)
                raised = time.monotonic()
            due = begun + turn * INTERVAL / WALLS
            time.sleep(max(0.0, due - time.monotonic()))
            number = turn % WALLS
            walls[number].poll()
            delays.append(time.monotonic() - due)
            if walls[number].redrawn > opened[number]:
                opened[number] = walls[number].redrawn
                redrawn.append(time.monotonic() - raised)
    delays.sort()
    return Crowd(delays[int(len(delays) * 0.95)], delays[-1], each, (min(redrawn, default=0.0), max(redrawn, default=0.0)), len(redrawn))


@dataclass(frozen=True)
class Soak:
    """Refreshes that were asked for and those that came; the memory of the server after the first `TOLD` and after the last, and the
    lowest heap of the browser in the first and in the second half (MiB); and the seconds that they took.

    The browser keeps what it has compiled for some hundred refreshes and then drops it at once: its heap is a saw, whose lows are compared.
    It is looked at often enough (every `SAMPLED`) to see each tooth at its lowest.
    """

    asked: int
    came: int
    heap: tuple[float, float]
    resident: tuple[float, float]
    seconds: float

    @property
    def sound(self) -> bool:
        """True where no refresh was lost and nothing has grown."""
        return self.came == self.asked and all(after <= before * (1 + GROWTH) for before, after in (self.heap, self.resident))


def soak(server: Server, cookie: str, database: str, scenes: str, refreshes: int, told: Callable[[str], None]) -> Soak:
    """Change the data under a wall in a real browser, `refreshes` times after WARM_UP, and wait for each change to be seen on it.

    What changes is the name of a district, so that the picture itself says which change it shows: the first of `scenes` (as in the
    wall's URL) must name districts. The server must run with
    PARTY_WALL_HASTE, on a database that nobody else needs.
    """
    name, value = cookie.split("=", 1)
    with sync_playwright() as play:
        browser = launched(play)
        context = browser.new_context(viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/wall?every=3600&scenes={scenes}", wait_until="commit")
        page.wait_for_selector("[class*='st-key-wall-scene-'] svg.marks", timeout=60_000)
        district = _district(database)
        for number in range(WARM_UP):
            _refreshed(page, database, district, _name(number))
        samples = [(_heap(page), server.resident())]
        begun, came = time.monotonic(), 0
        for number in range(refreshes):
            came += _refreshed(page, database, district, _name(number))
            if number % SAMPLED == SAMPLED - 1 or number == refreshes - 1:
                samples.append((_heap(page), server.resident()))
            if number % TOLD == TOLD - 1:
                heap, resident = samples[-1]
                told(f"{number + 1}: heap {heap:.1f} MiB, server {resident:.0f} MiB, {time.monotonic() - begun:.0f} s")
        seconds = time.monotonic() - begun
        browser.close()
    heaps, residents = ([sample[place] for sample in samples] for place in (0, 1))
    middle = len(heaps) // 2
    lows = (min(heaps[:middle]), min(heaps[middle:]))
    return Soak(refreshes, came, lows, (residents[min(TOLD // SAMPLED, middle)], residents[-1]), seconds)


def _change(database: str, what: Callable[[Connection], object]) -> None:
    """Do something to a database as an import would: the data version is raised."""
    engine = connect(database, building=True)
    with changing(engine) as connection:
        what(connection)
    engine.dispose()


def _district(database: str) -> str:
    engine = connect(database)
    with engine.connect() as connection:
        stands = select(organisation.c.district_code).where(organisation.c.kind == OrgKind.BRANCH).order_by(organisation.c.org_id)
        found = connection.scalar(stands.where(organisation.c.district_code.is_not(None)).limit(1))
    engine.dispose()
    return str(found)


def _name(number: int) -> str:
    return f"第{number % NAMES}次"


def _refreshed(page: Page, database: str, district: str, told: str) -> bool:
    """Change the district's name; true once the wall shows it."""
    _change(database, lambda connection: connection.execute(update(place).where(place.c.code == district).values(name=told)))
    try:
        page.wait_for_function(_SHOWN, arg=told, polling=50, timeout=PATIENCE * 1000)
    except PlaywrightTimeout:
        return False
    return True


_SHOWN = """(told) => [...document.querySelectorAll("[class*='st-key-wall-scene-'] svg.marks text")]
  .some((text) => text.textContent.startsWith(told))"""


def _heap(page: Page) -> float:
    """The browser's heap in MiB, after its rubbish has been collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / MEBIBYTE
