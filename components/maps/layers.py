"""The layers that maps are made of. Rows are plain dicts: what is drawn, and `code` and `tip` where a click or a hover answers.

No tiles and no requests: `map_provider=None`. Every layer has an id, so that a selection says what it is of.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pydeck as pdk

from components.palette import Theme, rgba
from domain.geography import Points, Shape, View
from domain.labelling import LINE_HEIGHT, Inset, Label

# The families of `theme.font` in .streamlit/config.toml: glyphs are drawn from the system's fonts, nothing is fetched.
FONT = "'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', sans-serif"

AREAS, LABELS, DOTS, CELLS, SPOTS = "areas", "labels", "dots", "cells", "spots"

_ON_TOP = {"depthCompare": "always"}  # a pitched view would cut glyphs and dots in half
_JOINER = "\u2060"
_DECIMALS = 5  # of a degree: about a metre

Row = dict[str, Any]
Colour = list[int]


def spoken(name: object) -> str:
    """Return a name as deck.gl takes it for text: "@@" at the beginning would be read as an expression or a constant."""
    text = str(name)
    return _JOINER + text if text.startswith("@@") else text


def rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as dicts."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def polygons(shape: Shape, **fields: Any) -> list[Row]:
    """Return a row for each polygon of a shape, with `fields` on each."""
    return [
        {**fields, "polygon": [np.round(ring, _DECIMALS).tolist() for ring in polygon] if len(polygon) > 1 else _rounded(polygon[0])}
        for polygon in shape.polygons
    ]


def place(lon: float, lat: float) -> list[float]:
    """Return a position, rounded to a metre."""
    return [round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)]


def areas(rows: list[Row], *, line: Colour, width: float = 1.0, id: str = AREAS, pickable: bool = True) -> pdk.Layer:
    """Filled shapes. Rows: polygon, fill (colour), and code and tip where pickable."""
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id=id,
        get_polygon="polygon",
        get_fill_color="fill",
        get_line_color=line,
        get_line_width=width,
        line_width_units=_text("pixels"),
        line_joint_rounded=True,
        stroked=True,
        filled=True,
        pickable=pickable,
        auto_highlight=pickable,
        highlight_color=[255, 255, 255, 48],
        parameters=_ON_TOP,
    )


def lines(rows: list[Row], *, colour: Colour, width: float = 1.0, id: str) -> pdk.Layer:
    """Lines along points. Rows: path."""
    return pdk.Layer(
        "PathLayer",
        rows,
        id=id,
        get_path="path",
        get_color=colour,
        get_width=width,
        width_units=_text("pixels"),
        joint_rounded=True,
        cap_rounded=True,
        parameters=_ON_TOP,
    )


def dots(
    rows: list[Row],
    *,
    fill: Colour | str,
    radius: float | str,
    line: Colour | str | None = None,
    line_width: float = 1.0,
    id: str = DOTS,
    pickable: bool = True,
) -> pdk.Layer:
    """Circles of a radius in pixels. Rows: position, the fields that `fill`, `radius` and `line` name; code and tip where pickable."""
    return pdk.Layer(
        "ScatterplotLayer",
        rows,
        id=id,
        get_position="position",
        get_fill_color=fill,
        get_radius=radius,
        radius_units=_text("pixels"),
        filled=bool(fill),
        stroked=line is not None,
        get_line_color=line or [0, 0, 0, 0],
        get_line_width=line_width,
        line_width_units=_text("pixels"),
        pickable=pickable,
        auto_highlight=pickable,
        highlight_color=[255, 255, 255, 90],
        parameters=_ON_TOP,
    )


def points(rows: list[Row], *, id: str = DOTS) -> list[pdk.Layer]:
    """Dots that each have their own look, or no layer for none. Rows: position, fill, line (colours), r (pixels), code, tip."""
    return [dots(rows, fill="fill", line="line", radius="r", line_width=0.9, id=id)] if rows else []


def texts(
    rows: list[Row],
    *,
    colour: Colour,
    size: int,
    id: str = LABELS,
    halo: Colour | None = None,
    pickable: bool = True,
) -> pdk.Layer:
    """Texts of a size in pixels, in the middle of their positions. Rows: position, text; code and tip where pickable.

    `halo` is the colour of a plate that keeps them readable over what else is drawn.
    """
    return pdk.Layer(
        "TextLayer",
        rows,
        id=id,
        get_position="position",
        get_text="text",
        get_size=size,
        size_units=_text("pixels"),
        get_color=colour,
        character_set=_text("auto"),
        font_family=_text(FONT),
        font_settings={"fontSize": 48, "buffer": 6},
        line_height=LINE_HEIGHT,
        background=halo is not None,
        get_background_color=halo or [0, 0, 0, 0],
        background_padding=[4, 1],
        background_border_radius=3,
        pickable=pickable,
        parameters=_ON_TOP,
    )


def captions(labels: Iterable[Label], tips: Mapping[str, str], look: Theme, size: int) -> list[pdk.Layer]:
    """The placed labels of a map and their leader lines; a label answers like the shape that it names."""
    placed = list(labels)
    rows = [
        {"code": label.code, "tip": tips[label.code], "text": spoken(label.text), "position": place(label.lon, label.lat)}
        for label in placed
    ]
    leaders = [{"path": [place(*label.leader), place(label.lon, label.lat)]} for label in placed if label.leader]
    ends = [{"position": path["path"][0]} for path in leaders]
    led = [
        lines(leaders, colour=rgba(look.ink, 200), id="leaders"),
        dots(ends, fill=rgba(look.ink), radius=2, id="leader-ends", pickable=False),
    ]
    return [*(led if leaders else []), texts(rows, colour=rgba(look.ink), size=size, halo=rgba(look.background, 185))]


def inset_frame(inset: Inset, look: Theme) -> list[pdk.Layer]:
    """The frame that an inset is drawn in, and the mark of what it enlarges."""
    frame = [{"polygon": _rounded(inset.frame.corners()), "fill": rgba(look.background, 235)}]
    mark = [{"path": _rounded(np.vstack([inset.source.corners(), inset.source.corners()[:1]]))}]
    return [
        lines(mark, colour=rgba(look.ink, 150), width=1.2, id="inset-source"),
        lines([{"path": _connection(inset)}], colour=rgba(look.ink, 70), width=1.0, id="inset-connection"),
        areas(frame, line=rgba(look.ink, 150), width=1.2, id="inset-frame", pickable=False),
    ]


def _connection(inset: Inset) -> list[list[float]]:
    """A line from the source's corner to the frame's, the two that are nearest to each other."""
    pairs = [(np.hypot(*(one - other)), one, other) for one in inset.source.corners() for other in inset.frame.corners()]
    _, one, other = min(pairs, key=lambda pair: pair[0])
    return _rounded(np.array([one, other]))


def deck(layers: list[pdk.Layer], view: View, look: Theme) -> pdk.Deck:
    """Return a flat map of the layers, north up; zooming out ends a little beyond the fitted view."""
    style = {"backgroundColor": look.surface, "color": look.ink, "border": f"1px solid {look.outline}", "fontFamily": FONT}
    # Drawn under the pointer's middle, because what reaches over the map's edge is cut off.
    style |= {
        "fontSize": "13px",
        "lineHeight": "1.5",
        "borderRadius": "6px",
        "maxWidth": "13em",
        "marginLeft": "-6.5em",
        "marginTop": "14px",
    }
    state = pdk.ViewState(longitude=view.lon, latitude=view.lat, zoom=view.zoom, min_zoom=view.zoom - 1, max_zoom=18, pitch=0, bearing=0)
    controller = {"dragRotate": False, "touchRotate": False, "keyboard": True, "scrollZoom": {"speed": 0.02, "smooth": True}}
    return pdk.Deck(
        layers,
        views=[pdk.View(type="MapView", controller=controller)],
        initial_view_state=state,
        map_provider=None,
        tooltip={"text": "{tip}", "style": style},
    )


def _text(value: str) -> pdk.types.String:
    """A string that deck.gl takes as it is; a bare one would be read as an expression."""
    return pdk.types.String(value)


def _rounded(points: Points) -> list[list[float]]:
    return np.round(points, _DECIMALS).tolist()
