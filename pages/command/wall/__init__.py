"""The wall (大屏): how are we, where is it weak, who is behind, what must be done now — one screen that hangs for months by itself.

Nothing on it is about a single person. It is laid out for 1920 × 1080 and enlarged to the screen; a wider one shows more of it.
A turn of the scenes runs the stage alone; a change of the data runs the page; between them only the data version is asked for.
"""

import streamlit as st

import pages
from components import cards, filters, text
from components.browser import wall as browser
from components.wall import EDGE, GAP, Tile, apply, show, show_tile
from data_access.cache import Reader
from data_access.engine import NoDatabase, WrongSchema
from data_access.queries import organisations, wall
from data_access.queries.organisations import Organisation
from domain.vocabulary import Role
from pages.access import sign_in
from pages.command.wall import asked, head, scenes
from pages.command.wall.asked import Asked
from pages.command.wall.screen import Screen
from pages.command.wall.watch import LOOK, POLL, Stamp, Watch, watch
from pages.shared import go
from pages.shared.masthead import current_quarter

HEAD, TILES, LINE, NOTES = 64, 168, 40, 32  # pixels: head line, six figures, line of changes, line of what the URL cannot have
UNKNOWN = "链接中的组织不存在或不在权限范围内，已显示本级"
CUT = "与服务器的连接中断 · 画面为最后一次更新，恢复后自动继续"


def render(reader: Reader) -> None:
    """Draw the wall."""
    root = reader.read(organisations.root)
    code = st.query_params.get("org")
    focus = (reader.read(organisations.by_code, code) if code else root) or root
    if focus is None:
        cards.nothing_yet("系统里还没有组织")
        return
    wanted = asked.parse(st.query_params.to_dict(), tuple(scenes.SCENES))
    unknown = [UNKNOWN] if code and focus.org_code != code else []
    notes = (*wanted.notes, *unknown)
    filters.refused(*(["scenes", "every"] if wanted.notes else []), *(["org"] if unknown else []))
    kept = watch(reader.scope, focus.path)
    stamp = (reader.version, reader.today)
    kept.look(reader.read(wall.open_reds, focus.path), focus.path, stamp, lambda lights: reader.read(wall.reds_told, lights))
    screen = Screen(reader, focus, current_quarter(reader.today), kept.marked)
    apply()
    with st.container(key="wall", gap=None):
        _stage(screen, wanted, notes, kept)
        _pulse(screen, stamp, kept)
        with st.container(key="wall-cut"):
            st.markdown(f":material/cloud_off: {CUT}")
    pages.load()


@st.fragment
def _stage(screen: Screen, wanted: Asked, notes: tuple[str, ...], kept: Watch) -> None:
    """Draw the scene that is on, and all around it."""
    with st.container(key="wall-stage", gap=None):
        _staged(screen, wanted, notes, kept)


def _staged(screen: Screen, wanted: Asked, notes: tuple[str, ...], kept: Watch) -> None:
    with st.container(key="wall-head", horizontal=True, vertical_alignment="center", gap="medium", height=HEAD):
        titles = {name: scenes.SCENES[name].title for name in wanted.scenes}
        heading = st.container(key="wall-title", horizontal=True, vertical_alignment="center", gap="medium")
        with st.container(key="wall-control-frame", width="content"):
            shown = browser.control(titles, every=wanted.every, alarm=kept.alarm, alarmed=scenes.ALARM)
        if screen.reader.scope.role is not Role.WALL:
            go.link("", "返回", icon=":material/arrow_back:")
    known = shown.scene if shown.scene in scenes.SCENES else None
    codes = asked.side_by_side(wanted.scenes, known, shown.fronts)
    height = shown.height - HEAD - TILES - LINE - 4 * GAP - EDGE // 2 - (NOTES + GAP if notes else 0)
    width = (shown.width - 2 * EDGE - GAP * (len(codes) - 1)) // len(codes)
    try:
        around = head.around(screen)
        pictures = {front: scenes.prepared(name, screen, width, height, codes[:front]) for front, name in enumerate(codes)}
        moved = head.changed(kept.around, around)
        kept.around, kept.pictures = around, pictures
    except (NoDatabase, WrongSchema):
        kept.breaks()
        if kept.around is None:
            raise
        moved = frozenset()
    with heading:
        _heading(screen, kept.around.facts, kept.named if scenes.ALARM in codes else "")
    _tiles(kept.around.tiles, screen.focus, shown.width - 2 * EDGE, moved)
    with st.container(key="wall-scenes", gap=None):
        for place, picture in zip(st.columns(len(kept.pictures), gap="small"), kept.pictures.values(), strict=True):
            with place:
                _picture(picture)
    if notes:
        with st.container(key="wall-notes", horizontal=True, vertical_alignment="center", gap="medium", height=NOTES):
            for note in notes:
                st.markdown(f":orange[:material/link_off: {text.plain(note)}]", width="content")
    with st.container(key="wall-line", height=LINE):
        runs = kept.around.changes_width > shown.width - 2 * EDGE
        with st.container(key="wall-line-runs" if runs else "wall-line-stands"):
            st.markdown(kept.around.changes * (1 + runs) or "近期没有变化")


def _heading(screen: Screen, facts: tuple[str, ...], alarm: str) -> None:
    """Draw the title and what the picture stands on; an alarm takes the room of scope and period, so that it covers no figure."""
    st.markdown(f"# {text.plain(screen.reader.installation.title)}", anchors=False, width="content")
    if alarm:
        with st.container(key="wall-alarm"):
            st.markdown(f":material/notification_important: 新亮红灯：{text.plain(alarm)}")
        facts = facts[head.LASTING :]
    with st.container(key="wall-facts", horizontal=True, vertical_alignment="center", gap="small"):
        for fact in facts:
            st.markdown(fact, width="content")


def _tiles(tiles: tuple[Tile, ...], focus: Organisation, width: int, moved: frozenset[str]) -> None:
    with st.container(key="wall-tiles"):
        if len(tiles) < 2:
            cards.nothing_yet(f"{text.plain(focus.name)}本季还没有可以显示的指标")
            return
        for place, tile in zip(st.columns(len(tiles), gap="small"), tiles, strict=True):
            with place:
                show_tile(tile, (width - GAP * (len(tiles) - 1)) // len(tiles), TILES, glows=tile.key in moved)


def _picture(picture: scenes.Picture) -> None:
    with st.container(key=f"wall-scene-{picture.code}", gap=None):
        for place, (_, column) in zip(st.columns([width for width, _ in picture.columns], gap="small"), picture.columns, strict=True):
            with place:
                for panel, height in column:
                    show(panel, height, picture.code)


@st.fragment(run_every=POLL)
def _pulse(screen: Screen, stamp: Stamp, kept: Watch) -> None:
    """Ask whether anything has changed, and say so where nobody answers: the last good picture stays."""
    try:
        changed = screen.reader.stamp(LOOK) != stamp
        kept.stale |= kept.asks_who() and sign_in.stale(screen.reader)
    except (NoDatabase, WrongSchema):
        kept.breaks()
        with st.container(key="wall-broken"):
            st.markdown(f":material/database_off: **数据源中断** · 中断自 {kept.gone} · 数据截至 {screen.reader.as_of}，恢复后自动更新")
        return
    kept.since = None
    if kept.redraws(changed):
        st.rerun()
