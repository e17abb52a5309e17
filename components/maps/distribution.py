"""The map of where organisations stand: districts coloured by an indicator, every branch as a dot or in a cell, red ones standing out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pydeck as pdk

from components import palette, scales
from components.maps import layers
from components.maps.layers import Row, place
from components.palette import Theme
from domain.definition import Indicator
from domain.geography import Box, Shape, View, fit
from domain.indicators import INDICATORS
from domain.labelling import Layout, Sheet, label_spots, lay_out
from domain.vocabulary import Light

LARGEST_CELL = 12  # pixels: the radius of the cell that holds most
SMALLEST_CELL = 2.5
SURROUNDINGS, LEAST = 0.3, 0.006  # of their own spread, and in degrees at the least: what a closer look shows around the points
FEW = 400  # dots that have room to be large
LARGE_DOTS, SMALL_DOTS = (4.0, 5.5), (2.2, 4.2)  # pixels: radius of a dot and of a red one
UNKNOWN = "属地未标明"
_ABOVE = (Light.GREY, Light.GREEN, Light.YELLOW, Light.RED)  # what is drawn over what


def distribution_map(
    frames: Mapping[str, pd.DataFrame],
    *,
    theme: str,
    indicator: str,
    kind: str,
    width: int,
    height: int,
    close: bool = False,
    type_size: int = 14,
) -> pdk.Deck | None:
    """Draw a place: its parts in the colours of `indicator` (a code), or the place itself among its neighbours, and what stands there.

    Expects frames as `data_access.queries.distribution.sheet` describes them. `kind` is what a dot is called (党支部). `width` and
    `height` are the pixels to lay it out for. A click on an area, label or cell gives the code of a place, one on a dot that of an
    organisation: `is_organisation` tells them apart. `close` fits the view to the points instead of the place's boundary. None where
    there is nothing to draw.
    """
    look, wanted, sheet = palette.theme(theme), INDICATORS[indicator], Sheet(width, height, type_size)
    areas = frames["areas"]
    if (areas["role"] == "part").any():
        return _parts(frames, look, theme, wanted, kind, sheet)
    reach = _reach(frames, close)
    return _place(frames, look, wanted, kind, sheet, fit(reach, width, height, 36), close=close) if reach else None


def is_organisation(layer: str) -> bool:
    """True where a click on the layer of that id chose an organisation; on any other it chose a place."""
    return layer.removeprefix("inset-") == layers.DOTS


def _parts(frames: Mapping[str, pd.DataFrame], look: Theme, theme: str, wanted: Indicator, kind: str, sheet: Sheet) -> pdk.Deck:
    areas = frames["areas"]
    shapes = dict(zip(areas["code"], areas["shape"], strict=True))
    texts = _texts(areas, wanted)
    reds = frames["dots"].loc[frames["dots"]["light"] == Light.RED, ["lon", "lat"]].to_numpy(dtype=float)
    layout = lay_out(shapes, texts, sheet, dots=reds, radius=SMALL_DOTS[1])
    coloured = scales.scale(areas, wanted, theme)
    fills = {code: palette.rgba(coloured.colour(key), coloured.wash) for code, key in zip(areas["code"], coloured.classes, strict=True)}
    fills |= {code: palette.rgba(look.surface, 110) for code in areas.loc[areas["branches"] == 0, "code"]}  # nothing stands there
    tips = {row["code"]: _area_tip(row, wanted) for row in layers.rows(areas)}
    names = dict(zip(areas["code"], areas["name"], strict=True))
    line = palette.rgba(look.outline, 230)
    drawn = [layers.areas(_polygons(shapes, fills, tips), line=line, width=1.2)]
    drawn += _cells(frames["cells"], look, names, kind)
    drawn += layers.points(_dots(frames["dots"], look), id=layers.DOTS)
    if layout.inset:
        inner = {code: shapes[code].moved(layout.inset.move) for code in layout.inset.codes}
        drawn += layers.inset_frame(layout.inset, look)
        drawn += [layers.areas(_polygons(inner, fills, tips), line=line, width=1.2, id=f"inset-{layers.AREAS}")]
        drawn += _inset_points(frames, layout, look, names, kind)
    return layers.deck([*drawn, *layers.captions(layout.labels, tips, look, sheet.type_size)], layout.view, look)


def _inset_points(frames: Mapping[str, pd.DataFrame], layout: Layout, look: Theme, names: Mapping[str, str], kind: str) -> list[pdk.Layer]:
    assert layout.inset
    cells, dots = (_moved(frames[name], layout) for name in ("inset_cells", "dots"))
    return [*_cells(cells, look, names, kind, prefix="inset-"), *layers.points(_dots(dots, look), id=f"inset-{layers.DOTS}")]


def _moved(points: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """The points of the units in the inset, brought into its frame."""
    assert layout.inset
    inner = points[points["code"].isin(layout.inset.codes)]
    if inner.empty:
        return inner
    moved = layout.inset.move(inner[["lon", "lat"]].to_numpy(dtype=float))
    return inner.assign(lon=moved[:, 0], lat=moved[:, 1])


def _place(
    frames: Mapping[str, pd.DataFrame], look: Theme, wanted: Indicator, kind: str, sheet: Sheet, view: View, *, close: bool
) -> pdk.Deck:
    """A place among its neighbours, its towns named; of a town that is looked at `close` the name would only lie on the dots."""
    areas = frames["areas"]
    spots = frames["spots"].head(0) if close and len(frames["dots"]) else frames["spots"]
    here = areas["role"] == "here"
    quiet, strong = palette.rgba(look.outline, 130), palette.rgba(look.outline)
    faint = {code: palette.rgba(look.surface, 110) for code in areas["code"]}
    clear = {code: palette.rgba(look.accent, 26) for code in areas["code"]}
    names = {code: layers.spoken(name) for code, name in zip(areas["code"], areas["name"], strict=True)}
    beside, own = (dict(zip(rows["code"], rows["shape"], strict=True)) for rows in (areas[~here], areas[here]))
    tips = {row["code"]: _area_tip(row, wanted) for row in layers.rows(spots)}
    texts = _texts(spots, wanted)
    at = {row["code"]: (row["lon"], row["lat"]) for row in layers.rows(spots)}
    towns = [{"code": code, "tip": tips[code], "position": place(*at[code])} for code in at]
    town_names = dict(zip(spots["code"], spots["name"], strict=True))
    drawn = [
        layers.areas(_polygons(beside, faint, names), line=quiet, id=f"beside-{layers.AREAS}"),
        layers.areas(_polygons(own, clear, names), line=strong, width=1.8, id="here", pickable=False),
        *_cells(frames["cells"], look, town_names, kind),
        *layers.points(_dots(frames["dots"], look), id=layers.DOTS),
        layers.dots(towns, fill=palette.rgba(look.background), radius=4.5, line=palette.rgba(look.ink), line_width=1.8, id=layers.SPOTS),
    ]
    labels = label_spots(at, texts, view, sheet)
    return layers.deck([*drawn, *layers.captions(labels, tips, look, sheet.type_size - 1)], view, look)


def _reach(frames: Mapping[str, pd.DataFrame], close: bool) -> Box | None:
    """What shall be in sight: the place's own boundary; without one, or for a closer look, what stands there."""
    areas = frames["areas"]
    own = [shape.box for shape in areas.loc[areas["role"] == "here", "shape"]]
    points = pd.concat([frames[name][["lon", "lat"]] for name in ("dots", "cells", "spots")]).to_numpy(dtype=float)
    if not len(points) or (own and not close):
        return own[0] if own else None
    whole = Box.around(points)
    return whole.grown(max(max(whole.width, whole.height) * SURROUNDINGS, LEAST) if own else 0)


def _texts(places: pd.DataFrame, wanted: Indicator) -> dict[str, str]:
    return {row["code"]: f"{row['name']}\n{scales.written(row['value'], wanted)}" for row in layers.rows(places)}


def _polygons(shapes: Mapping[str, Shape], fills: Mapping[str, list[int]], tips: Mapping[str, str]) -> list[Row]:
    return [row for code, shape in shapes.items() for row in layers.polygons(shape, code=code, tip=tips[code], fill=fills[code])]


def _area_tip(row: Row, wanted: Indicator) -> str:
    base = f"（{wanted.base_name} {row['base']:,.0f}）" if wanted.base and row["base"] == row["base"] else ""
    lines = [
        f"{layers.spoken(row['name'])}",
        f"{wanted.name} {scales.written(row['value'], wanted)}{base}",
        f"党支部 {row['branches']:,} 个，其中预警 {row['branches_red']:,} 个",
        f"党员 {row['members']:,} 名",
    ]
    return "\n".join(lines)


def _dots(dots: pd.DataFrame, look: Theme) -> list[Row]:
    """A dot an organisation, red ones larger and above the others; one at a schematic point is a ring."""
    order = {light.value: rank for rank, light in enumerate(_ABOVE)}
    radius, red_radius = LARGE_DOTS if len(dots) <= FEW else SMALL_DOTS
    rows = []
    for dot in layers.rows(dots.assign(rank=dots["light"].map(order)).sort_values(["rank", "org_code"])):
        colour = look.lights[Light(dot["light"])]
        where = "（位置示意）" if dot["schematic"] else ""
        rows.append(
            {
                "code": dot["org_code"],
                "tip": f"{layers.spoken(dot['name'])}\n{palette.mark(dot['light'])}{where}",
                "position": place(dot["lon"], dot["lat"]),
                "fill": palette.rgba(colour, 60 if dot["schematic"] else 255),
                "line": palette.rgba(colour if dot["schematic"] else look.background, 210),
                "r": red_radius if dot["light"] == Light.RED else radius,
            }
        )
    return rows


def _cells(cells: pd.DataFrame, look: Theme, names: Mapping[str, str], kind: str, prefix: str = "") -> list[pdk.Layer]:
    """A circle a cell, its area for the count; the red core is the share of red ones, on the same measure."""
    if cells.empty:
        return []
    radius = np.maximum(SMALLEST_CELL, LARGEST_CELL * np.sqrt(cells["count"] / cells["count"].max()))
    core = radius * np.sqrt(cells["red"] / cells["count"])
    rows = [
        {
            "code": cell["code"],
            "tip": f"{layers.spoken(names.get(cell['code'], UNKNOWN))}\n这里有{kind} {cell['count']:,} 个，其中预警 {cell['red']:,} 个",
            "position": place(cell["lon"], cell["lat"]),
            "r": round(cell["radius"], 1),
            "core": round(cell["core"], 1),
        }
        for cell in layers.rows(cells.assign(radius=radius, core=core))
    ]
    reds = [row for row in rows if row["core"] > 0]
    ring = palette.rgba(look.background, 200)
    return [
        layers.dots(rows, fill=palette.rgba(look.ink, 120), radius="r", line=ring, id=f"{prefix}{layers.CELLS}"),
        layers.dots(reds, fill=palette.rgba(look.lights[Light.RED]), radius="core", id=f"{prefix}{layers.CELLS}-red", pickable=False),
    ]
