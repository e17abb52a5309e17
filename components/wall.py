"""The wall's panels: prepared first, drawn after, so that a wall that cannot read its data keeps the picture it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components import cards
from components.charts import Drawing

EDGE, GAP = 16, 12  # pixels: around the wall, and between its panels
FRAME = 56  # pixels of a panel that are not its drawing: edges and heading
_SHEET = Path(__file__).with_name("wall.css")
SIDES = 30  # pixels of its width that are not
PADDING = {"left": 0, "right": 4, "top": 2, "bottom": 2}  # pixels in a drawing; Streamlit would leave 20 below
BROAD = 480  # pixels of a headline figure from which its trend stands beside it
SPARK = 46  # pixels of the trend below it


@dataclass(frozen=True)
class Panel:
    """One panel: heading, the quiet line beside it (both Markdown), and its drawing; without one, the sentence that says why."""

    key: str
    title: str
    base: str
    alt: str
    drawing: Drawing | None
    absent: str = "暂无数据"


@dataclass(frozen=True)
class Tile:
    """One headline figure: the arguments of `cards.headline`, and its trend."""

    key: str
    told: Mapping[str, Any]
    trend: Drawing | None


def apply() -> None:
    """Load the wall's style sheet."""
    st.html(_SHEET)


def apply_stage() -> None:
    """Load the style sheets of a stage, which is a wall that somebody presents."""
    apply()
    st.html(_SHEET.with_name("stage.css"))


def show(panel: Panel, height: int, scene: str) -> None:
    """Draw a panel of this height in pixels. `scene` tells it from the same panel in another scene beside it."""
    key = f"wall-{scene}-{panel.key}"
    with cards.card(panel.title, base=panel.base, key=key, height=height):
        if panel.drawing is None:
            cards.nothing_yet(panel.absent)
        else:
            _draw(panel.drawing, key, panel.alt)


def show_tile(tile: Tile, width: int, height: int, *, glows: bool = False) -> None:
    """Draw a headline figure of this size in pixels: its trend below it, on a broad tile beside it. It `glows` where it has changed."""
    broad = width >= BROAD
    room = (round(width * 0.56), height - 34) if broad else (width - 4, SPARK)
    with st.container(key=f"wall-tile-{tile.key}", height=height, border=False):
        cards.headline(**tile.told)
        if tile.trend:
            with st.container(key=f"wall-{'beside' if broad else 'below'}-{tile.key}"):
                _draw(sized(tile.trend, *room), f"spark-{tile.key}", f"{tile.told['label']}走势")
        if glows:
            with st.container(key=f"wall-glow-{tile.key}"):
                st.space("small")


def sized(drawing: Drawing, width: int, height: int) -> Drawing:
    """Return a drawing of a size in pixels, its axes included: on an enlarged wall the browser would measure the wrong one."""
    fitted = {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}, "padding": PADDING}
    return Drawing(drawing.spec | fitted)


def _draw(drawing: Drawing, key: str, alt: str) -> None:
    st.vega_lite_chart(spec=dict(drawing.spec), key=key, alt=alt, width="content", height="content")
