"""`python -m benchmarks [stage …]`: measure, print a table, say beside each figure what is asked; `STAGES` are run by default."""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import jwt

from benchmarks import bills, building, explaining, memory, opening, pages, pictures, wall
from benchmarks.building import Built
from benchmarks.server import HOME, Server, serving

FOLDER = HOME / "var" / "bench"
LIFETIME_DAYS = 7
STAGES = ("build", "pages", "explaining", "bills", "opening", "memory", "wall")
SOAK, PICTURES = "soak", "pictures"  # take long, and are run only where they are asked for


def main() -> None:
    """Run the stages asked for, all by default; the databases are kept in var/bench and built where they are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[*STAGES, SOAK, PICTURES, []], default=list(STAGES))
    parser.add_argument("--scale", default="city", help="the database that pages, opening and memory are measured on")
    parser.add_argument("--refreshes", type=int, default=2000, help="how many the soak makes after warming up")
    parser.add_argument("--scenes", default="tasks", help="what the soak redraws; overview draws most, and takes twice as long")
    parser.add_argument("--only", default="", help="take the pictures whose file's name holds this, e.g. wall/tasks")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PARTY_COOKIE_KEY", secrets.token_hex(32))
    if PICTURES in asked.stages:
        _pictures(asked.only)
    print("| what | measured | asked |\n|---|---|---|")
    if "build" in asked.stages:
        _built("demo", "≤ 30 s, ≤ 150 MB on disk")
        _built("city", "≤ 8 min, ≤ 1.5 GB of memory and of disk")
    if "pages" in asked.stages:
        _pages(asked.scale)
    if "explaining" in asked.stages:
        _explaining(asked.scale)
    if "bills" in asked.stages:
        _bills(asked.scale)
    if "opening" in asked.stages:
        _opening(asked.scale)
    if "memory" in asked.stages:
        _memory(asked.scale)
    if "wall" in asked.stages:
        _wall(asked.scale)
    if SOAK in asked.stages and not _soak(asked.scenes, asked.refreshes):
        sys.exit(1)


def _built(scale: str, limits: str) -> None:
    done: Built = building.build(scale, FOLDER / f"{scale}.db")
    _row(f"`{scale}` built and rated", f"{done.seconds:.0f} s, {done.peak:.0f} MiB of memory, {done.disk:.0f} MiB on disk", limits)


def _bills(scale: str) -> None:
    from data_access.engine import connect, installation

    if not (FOLDER / f"{scale}.db").exists():
        building.build(scale, FOLDER / f"{scale}.db")
    with connect(_url(scale)).connect() as connection:
        today = installation(connection).today
    done = bills.make(_url(scale), f"{today:%Y-%m}")
    _row(f"a month's bills at `{scale}` ({done.told})", f"{done.seconds:.0f} s, {done.peak:.0f} MiB of memory", "≤ 60 s, ≤ 1 GB")


def _pages(scale: str) -> None:
    for path, query in _boards(scale):
        with _app(scale, timed=True) as server:
            pages.sign_in_page(server)
            found = pages.cost(server, _cookie("leader"), path, query)
        arrival = f"{found.complete * 1000:.0f} ms until all has arrived"
        measured = f"{found.cold * 1000:.0f} ms cold, {found.warm * 1000:.0f} ms warm (median; {arrival}), {found.bytes / 1e6:.2f} MB"
        _row(f"`/{path}{'?' + query if query else ''}` at `{scale}`", measured, "≤ 1500 ms cold, ≤ 150 ms warm, ≤ 1.5 MB")


def _explaining(scale: str) -> None:
    from data_access.engine import connect

    cookie = _cookie("leader")
    with _app(scale, timed=True) as server:
        engine, secretary = connect(_url(scale)), _cookie("secretary")
        told = list(explaining.costs(server, cookie, engine))
        portraits = explaining.portraits(server, secretary, engine, "secretary")
        told += [(f"`/member`, a member's portrait (median of {explaining.BRANCHES} first openings)", portraits)]
        for what, found in told:
            measured = f"{found.cold * 1000:.0f} ms opened first, {found.warm * 1000:.0f} ms warm (median)"
            _row(f"{what} at `{scale}`", measured, "≤ 300 ms")


def _opening(scale: str) -> None:
    for username, path in (("leader", ""), ("wall", "wall")):
        cookie = _cookie(username)
        with _app(scale) as board:
            counted = pages.drawn(board, cookie, path)
            names = {"figures": "metric", "charts": "vega_lite_chart", "tables": "dataframe", "maps": "deck_gl_json_chart"}
            expected = {kind: counted.get(name, 0) for kind, name in names.items()}
            shape = ",".join(str(number) for number in expected.values())
            with serving(HOME / "benchmarks" / "bare_board.py", {"BARE_BOARD": shape}, FOLDER / "bare.log") as bare:
                here, there, ratio = opening.ratio(board, bare, cookie, expected, path)
        _row(f"`/{path}` opened until complete, of {json.dumps(expected)}", f"{here:.2f} s against {there:.2f} s: × {ratio:.2f}", "≤ × 1.3")


def _memory(scale: str) -> None:
    boards = _boards(scale)
    cookie = _cookie("leader")
    with _app(scale) as server:
        held = memory.with_sessions(server, cookie, boards)
        _row(f"server with {memory.SESSIONS} sessions at `{scale}`", f"{held:.0f} MiB", "≤ 400 MB")
        before, after = memory.growth(server, cookie, boards)
        _row(f"server over {memory.OPENINGS} openings", f"{before:.0f} → {after:.0f} MiB ({after / before - 1:+.1%})", "does not grow")


def _wall(scale: str) -> None:
    cookie = _cookie("wall")
    with _app(scale, timed=True) as server:
        redraw, poll = wall.scripts(server, cookie)
        _row(f"`/wall` redrawn at `{scale}`, warm", f"{redraw * 1000:.0f} ms of script", "≤ 80 ms")
        _row(f"`/wall` asks for the data version at `{scale}`", f"{poll * 1000:.1f} ms of script", "≤ 3 ms")
        found = wall.crowd(server, cookie, _url(scale))
        late = f"polls answered within {found.late * 1000:.0f} ms (95 %), {found.worst * 1000:.0f} ms (all)"
        _row(f"{wall.WALLS} walls at once", f"{late}; {found.each:.1f} MiB each", "hold 5 s; ≤ 5 MB each")
        first, last = found.spread
        _row("the data changes under them", f"{found.redrawn} redrew, {first:.1f}–{last:.1f} s after", f"all {wall.WALLS}, ≤ 15 s")


def _soak(scenes: str, refreshes: int) -> bool:
    """Soak a wall over a database of its own, the smallest, so that thousands of refreshes fit half an hour; true where it stood it."""
    from seed.build import build

    build(FOLDER / f"{SOAK}.db", "test", lambda _share, _doing: None, replace=True)
    environment = {"PARTY_DATABASE_URL": _url(SOAK), "PARTY_WALL_HASTE": str(wall.HASTE)}
    with serving(HOME / "app.py", environment, FOLDER / "app.log") as server:
        found = wall.soak(server, _cookie("wall"), _url(SOAK), scenes, refreshes, lambda line: print(line, file=sys.stderr, flush=True))
    heap, held = (f"{before:.1f} → {after:.1f} MiB ({after / before - 1:+.1%})" for before, after in (found.heap, found.resident))
    measured = f"{found.came:,} came; heap {heap}; server {held}; {found.seconds:.0f} s"
    _row(f"a wall over {found.asked:,} refreshes", measured, "none lost, ≤ +5 %")
    return found.sound


def _pictures(only: str) -> None:
    cookies = {account: _cookie(account) for account in ("wall", "presenter")}
    with _app("demo") as server:
        for shot, size in pictures.take(server, cookies, HOME / "docs" / "images", only):
            print(f"{shot.file}: {size / 1000:.0f} kB", file=sys.stderr, flush=True)


def _boards(scale: str) -> list[tuple[str, str]]:
    """Return (path, query) of every board that a leader opens, with a branch to look at."""
    from pages import PAGES

    branch = _some_branch(scale)
    return [(board.path, f"org={branch}" if board.path == "branch" else "") for board in PAGES if "leader" in board.roles]


def _some_branch(scale: str) -> str:
    from sqlalchemy import select

    from data_access.engine import connect
    from data_access.schema.organisations import organisation

    with connect(_url(scale)).connect() as connection:
        branch = select(organisation.c.org_code).where(organisation.c.kind == "branch", organisation.c.dissolved_on.is_(None))
        return str(connection.scalar(branch.order_by(organisation.c.org_code).limit(1)))


@contextmanager
def _app(scale: str, *, timed: bool = False) -> Iterator[Server]:
    if not (FOLDER / f"{scale}.db").exists():
        building.build(scale, FOLDER / f"{scale}.db")
    with serving(HOME / "app.py", {"PARTY_DATABASE_URL": _url(scale)}, FOLDER / "app.log", timed=timed) as server:
        yield server


def _url(scale: str) -> str:
    return f"sqlite:///{FOLDER / f'{scale}.db'}"


def _cookie(username: str) -> str:
    """Sign a demo account in without its form: the cookie that the form would have the browser keep."""
    from data_access.keys import cookie_key
    from pages.access.sign_in import COOKIE

    claims = {"username": username, "exp_date": time.time() + LIFETIME_DAYS * 86400}
    return f"{COOKIE}={jwt.encode(claims, cookie_key(), algorithm='HS256')}"


def _row(what: str, measured: str, asked: str) -> None:
    print(f"| {what} | {measured} | {asked} |", flush=True)


if __name__ == "__main__":
    main()
