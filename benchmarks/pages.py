"""What each page costs the server: script time with cold and warm caches, and bytes to the browser.

Nothing of the page is cached when it is opened first, and nobody has been in the server but for the sign-in page, which everybody passes:
it is there that the modules are loaded.
"""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.client import Reading, Run
from benchmarks.server import Server

WARM_RUNS = 15
SHOWN = ("metric", "vega_lite_chart", "deck_gl_json_chart", "dataframe", "table")


@dataclass(frozen=True)
class Cost:
    """One page as one reader opens it: seconds of script cold and warm (median), seconds until the last message (warm, median), and
    bytes of the first opening."""

    page: str
    cold: float
    warm: float
    complete: float
    bytes: int


class NotDrawn(RuntimeError):
    """A page that ended in an error or in an apology is no page to measure."""


def cost(server: Server, cookie: str, page: str, query: str = "") -> Cost:
    """Open a page once with nothing cached for it, then WARM_RUNS times in further sessions. Raises NotDrawn."""
    first = opened(server, cookie, page, query)
    further = [opened(server, cookie, page, query) for _ in range(WARM_RUNS)]
    warm, complete = (statistics.median(getattr(run, name) for run in further) for name in ("script", "seconds"))
    return Cost(page or "/", first.script, warm, complete, first.bytes)


def drawn(server: Server, cookie: str, page: str, query: str = "") -> Mapping[str, int]:
    """Return how many elements of each kind a page draws (Streamlit's element names)."""
    return opened(server, cookie, page, query).elements


def sign_in_page(server: Server) -> None:
    """Open the sign-in page, as everybody does who has no cookie yet."""
    with Reading(server.url) as reading:
        reading.open()


def opened(server: Server, cookie: str, page: str, query: str) -> Run:
    """Open a page once, in a session of its own. Raises NotDrawn."""
    with Reading(server.url, cookie) as reading:
        run = reading.open(page, query)
    if not run.succeeded or not any(run.elements.get(kind) for kind in SHOWN):
        raise NotDrawn(f"/{page}?{query}: {' · '.join(run.texts[-3:])}")
    return run
