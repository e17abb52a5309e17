"""What sessions and openings cost the server in memory."""

from contextlib import ExitStack

from benchmarks.client import Reading
from benchmarks.server import Server

SESSIONS = 10
OPENINGS = 500
WARM_UP = 100

Page = tuple[str, str]  # path and query


def with_sessions(server: Server, cookie: str, pages: list[Page]) -> float:
    """Return the server's memory in MiB while SESSIONS sessions are open, each having seen every page."""
    with ExitStack() as stack:
        for _ in range(SESSIONS):
            reading = stack.enter_context(Reading(server.url, cookie))
            for path, query in pages:
                reading.open(path, query)
        return server.resident()


def growth(server: Server, cookie: str, pages: list[Page]) -> tuple[float, float]:
    """Return the server's memory in MiB after WARM_UP openings, and after OPENINGS more, each in a session of its own."""
    for number in range(WARM_UP):
        _once(server, cookie, pages[number % len(pages)])
    before = server.resident()
    for number in range(OPENINGS):
        _once(server, cookie, pages[number % len(pages)])
    return before, server.resident()


def _once(server: Server, cookie: str, page: Page) -> None:
    with Reading(server.url, cookie) as reading:
        reading.open(*page)
