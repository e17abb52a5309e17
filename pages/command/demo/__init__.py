"""Presenter mode (演示模式): a story told on stage over the demo, with the speaker's notes in a second window.

Both windows of one account follow each other; another account has a stage of its own. What happens on stage happens in a copy.
"""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import cards, filters, text
from components.browser import stage
from components.browser.stage import Asked, Wish
from components.wall import GAP, Tile, apply_stage, show, show_tile
from data_access.cache import Reader
from data_access.engine import NoDatabase
from data_access.rehearsal import Rehearsal, rehearsal
from data_access.what_if import Impossible
from pages.command.demo import notes, story
from pages.command.demo.panels import Words
from pages.command.demo.story import STEPS, TITLES, Happening, Step
from pages.command.demo.told import Told, told
from pages.command.wall import head
from pages.command.wall.scenes import heights
from pages.command.wall.screen import Room
from pages.shared import go, parts

WIDTH, HEIGHT = 1920, 1080  # pixels that the stage is laid out for
HEAD, SAID, FIGURES, STRIP, EDGE = 56, 136, 168, 62, 22
SIDES, FRAME = 30, 56  # pixels of a panel that are not its drawing
FOLLOWS = 1  # seconds after which a window follows the other at the latest
NOTES = "notes"
REFUSED = "演示模式只在演示数据库上开放：现在连接的是正式数据，没有打开。请连接演示库（python -m seed 建立）后再打开本页。"
UNKNOWN = f"没有这一步：链接中的 step 应为 1—{len(STEPS)}，已显示当前步骤"


@dataclass
class Window:
    """What one window remembers: the turn of the stage that it has drawn, the step that it has written into its URL, and what could
    not be done when a button was pressed."""

    turn: int = -1
    written: int | None = None
    problem: str | None = None


@st.cache_resource(scope="session", show_spinner=False)
def _window() -> Window:
    return Window()


def render(reader: Reader) -> None:
    """Draw the stage, or with `window=notes` the speaker's notes."""
    apply_stage()
    if not reader.installation.demo:
        with st.container(key="stage-refused"):
            st.error(REFUSED, icon=":material/block:")
            go.link("", "返回", icon=":material/arrow_back:")
        return
    rehearsing = rehearsal(reader)
    rehearsing.follow(reader)
    window = _window()
    if st.query_params.get("window") == NOTES:
        _notes(reader, rehearsing, window)
    else:
        with st.container(key="wall", gap=None):
            _stage(reader, rehearsing, window)
    rehearsing.prepare(reader)  # once there is a picture: copying takes a processor
    _follow(reader, rehearsing, window)


@parts.alone()
def _stage(reader: Reader, rehearsing: Rehearsal, window: Window) -> None:
    with st.container(key="stage", gap=None):
        problem = _answered(reader, rehearsing, window)
        found = _told(reader, rehearsing, window)
        if found is None:
            cards.nothing_yet("系统里还没有组织")
            return
        step = STEPS[rehearsing.step]
        _head(found, problem, bool(rehearsing.events))
        said = step.say(found)
        with st.container(key="stage-said", height=SAID, gap=None, border=False):
            st.markdown(f"## {said.sentence}", anchors=False)
            st.markdown(said.line)
        _figures(found, step, reader, rehearsing, window)
        _panels(found, step)
        with st.container(key="stage-strip", height=STRIP, border=False):
            stage.control(TITLES, rehearsing.step, zooms=True)


@parts.alone()
def _notes(reader: Reader, rehearsing: Rehearsal, window: Window) -> None:
    problem = _answered(reader, rehearsing, window)
    found = _told(reader, rehearsing, window)
    if found is None:
        cards.nothing_yet("系统里还没有组织")
        return
    step = STEPS[rehearsing.step]
    happening = step.happens(found)
    asked = notes.render(found, rehearsing.step, happening, _happened(happening, rehearsing), ready=rehearsing.ready(), problem=problem)
    with st.container(key="notes-strip"):
        stage.control(TITLES, rehearsing.step, zooms=False)
    if asked is not None:
        window.problem = _grant(asked, reader, rehearsing)
        st.rerun()


@parts.alone(every=FOLLOWS)
def _follow(reader: Reader, rehearsing: Rehearsal, window: Window) -> None:
    """Draw the window anew where the stage was turned in the other one."""
    if rehearsing.turns != window.turn:
        st.rerun()


def _answered(reader: Reader, rehearsing: Rehearsal, window: Window) -> str | None:
    """Do what the URL and the keys ask for; return what could not be done."""
    given = st.query_params.get("step")
    step = story.asked(given)
    problem, window.problem = window.problem or (UNKNOWN if given is not None and step is None else None), None
    if step is not None and step != window.written:
        rehearsing.go(step)
        window.written = step
    if given is not None and step is None:
        filters.refused("step")
    asked = stage.asked()
    if asked is not None:
        with st.spinner("正在重新评定……"):
            problem = _grant(asked, reader, rehearsing) or problem
    return problem


def _grant(asked: Asked, reader: Reader, rehearsing: Rehearsal) -> str | None:
    """Do what a presenter asks for; return why it cannot be done."""
    if asked.wish is Wish.RESET:
        rehearsing.reset(reader)
    elif asked.wish is Wish.GO and asked.step < len(STEPS):
        rehearsing.go(asked.step)
    elif asked.wish is Wish.PLAY:
        found = told(reader, rehearsing.seen(reader))
        happening = STEPS[rehearsing.step].happens(found) if found else None
        if happening is None:
            return "这一步没有现场演示"
        try:
            rehearsing.play(reader, happening.event)
        except (Impossible, NoDatabase) as reason:
            return str(reason)
    return None


def _told(reader: Reader, rehearsing: Rehearsal, window: Window) -> Told | None:
    """Read what is on stage, and note in the URL and the window's memory what is drawn."""
    window.turn = rehearsing.turns
    if window.written != rehearsing.step or st.query_params.get("step") != str(rehearsing.step + 1):
        st.query_params["step"] = str(rehearsing.step + 1)
        window.written = rehearsing.step
    return told(reader, rehearsing.seen(reader))


def _head(found: Told, problem: str | None, changed: bool) -> None:
    with st.container(key="stage-head", horizontal=True, vertical_alignment="center", gap="medium", height=HEAD, border=False):
        st.markdown(f"# {text.plain(found.reader.installation.title)}", anchors=False, width="content")
        st.markdown(f":material/schedule: 数据截至 {found.reader.today}", width="content")
        st.markdown(":material/science: 演示数据" + (" · 现场副本，按 Home 复原" if changed else ""), width="content")
        if problem:
            st.markdown(f":orange[:material/info: {text.plain(problem)}]", width="content")
        st.space("stretch")
        st.link_button("讲稿（N）", "?window=notes", icon=":material/speaker_notes:", type="tertiary", width="content")
        go.link("", "返回", icon=":material/arrow_back:")


def _figures(found: Told, step: Step, reader: Reader, rehearsing: Rehearsal, window: Window) -> None:
    """The figures of the story, and beside them what may happen."""
    happening = step.happens(found)
    tiles = head.around(found.screen).tiles if step is STEPS[0] else _standing(found)
    with _place("stage-figures", step):
        widths = [1.0] * len(tiles) + ([1.7] if happening else [])
        places = st.columns(widths or [1.0], gap="small")
        for place, tile in zip(places, tiles, strict=False):
            with place:
                show_tile(tile, round((WIDTH - 2 * EDGE - GAP * (len(places) - 1)) / sum(widths)), FIGURES)
        if happening:
            with places[-1], st.container(key="stage-event", height=FIGURES, vertical_alignment="center", border=False):
                _event(happening, reader, rehearsing, window)


def _event(happening: Happening, reader: Reader, rehearsing: Rehearsal, window: Window) -> None:
    if _happened(happening, rehearsing):
        st.markdown(f":green[:material/check_circle:] **{happening.done}**")
        return
    st.markdown(f"**{happening.question}**")
    if st.button(happening.button, type="primary", icon=":material/play_arrow:", width="stretch", key="stage-play"):
        with st.spinner("正在重新评定……"):
            window.problem = _grant(Asked(Wish.PLAY, rehearsing.step), reader, rehearsing)
        st.rerun()


def _happened(happening: Happening | None, rehearsing: Rehearsal) -> bool:
    return happening is not None and happening.event in rehearsing.events


def _standing(found: Told) -> tuple[Tile, ...]:
    """The story's figures now, and how they changed on stage."""
    before, now, cast = found.before, found.now, found.cast
    district = text.plain(cast.district.name) if cast.district else ""
    figures = (
        ("branch", "支部堡垒指数", now.branch, before.branch, "{:.1f}", "分", True, cast.branch is not None),
        ("branch-reds", "支部红色预警", now.branch_reds, before.branch_reds, "{:,.0f}", "项", False, cast.branch is not None),
        ("district", f"{district}堡垒指数", now.district, before.district, "{:.1f}", "分", True, cast.district is not None),
        ("whole", "本级堡垒指数", now.whole, before.whole, "{:.1f}", "分", True, True),
        ("reds", "本级红色预警", now.reds, before.reds, "{:,.0f}", "项", False, True),
    )
    return tuple(
        Tile(
            f"story-{key}",
            {
                "label": label,
                "value": value,
                "pattern": pattern,
                "unit": unit,
                "previous": earlier,
                "versus": "较演示前",
                "rising": rising,
                "absent": "本季未评定",
            },
            None,
        )
        for key, label, value, earlier, pattern, unit, rising, plays in figures
        if plays
    )


def _place(key: str, step: Step) -> DeltaGenerator:
    """Return a container of the step's own. What another step has left in its own is hidden at once, and not when the run has ended."""
    places = {one.code: st.container(key=key if one is step else f"{key}-off-{one.code}", gap=None) for one in STEPS}
    return places[step.code]


def _panels(found: Told, step: Step) -> None:
    height = HEIGHT - HEAD - SAID - FIGURES - STRIP - 2 * GAP
    whole = sum(column.width for column in step.columns)
    free = WIDTH - 2 * EDGE - GAP * (len(step.columns) - 1)
    with _place("stage-panels", step):
        for place, column in zip(st.columns([one.width for one in step.columns], gap="small"), step.columns, strict=True):
            inner = round(free * column.width / whole) - SIDES
            with place:
                for (draw, _), tall in zip(column.panels, heights([share for _, share in column.panels], height), strict=True):
                    panel = draw(found, Room(inner, tall - FRAME))
                    if isinstance(panel, Words):
                        _words(panel, tall)
                    else:
                        show(panel, tall, f"stage-{step.code}")


def _words(panel: Words, height: int) -> None:
    framed = cards.card(panel.title, base=panel.base or None, key=f"wall-stage-{panel.key}", height=height)
    with framed, st.container(key=f"stage-words-{panel.key}"):
        st.markdown(panel.text)
