"""Maps for the wall, drawn as charts: nobody points at a wall, and a picture of lines and dots runs for months where a map that
lives in the graphics card may lose its context. Everything is laid out in pixels of the sheet, x to the right, y down.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from components import palette
from components.charts.base import Chart, layered, light_scale
from components.palette import Theme
from domain import geography
from domain.geography import Box, Points, Shape, View
from domain.indicators import INDICATORS
from domain.labelling import Inset, Label, Sheet, label_spots, lay_out, spread
from domain.vocabulary import Light

TYPE = 20  # pixels of a label
GRAIN = 0.8  # pixels: nearer points of a boundary are one
DOT, RED_DOT = 14.0, 60.0  # square pixels of a branch and of a red one
CELL = 230.0  # square pixels of the cell that holds most
SITE, CHOSEN = 120.0, 900.0  # square pixels of a red site, and of the ring around a place that is pointed out
OUTLINED = 5  # pixels of the outline of a part in which a place is pointed out that has no point
ISLET = 0.05  # of a shape's largest part, by the boxes around them: smaller parts decide what the map shows only where they lie near
NEAR = 0.07  # of the map's extent
SHRINKING = 60  # pixels by which the map's margin may grow to make room for an inset
LINE, LONGEST = 9, 18  # characters of a site's name in one line, and at all
SITE_RADIUS = 8  # pixels that a site takes
_BRACKETS = re.compile(r"[(（].*?[)）]")
_ABOVE = {light.value: rank for rank, light in enumerate((Light.GREY, Light.GREEN, Light.YELLOW, Light.RED))}


@dataclass(frozen=True)
class Mark:
    """A place that is pointed out: the code of its part of the map, and its point (NaN where none is known)."""

    code: str
    lon: float
    lat: float


@dataclass(frozen=True)
class _Paper:
    """The sheet as a plane of pixels."""

    box: Box  # in world units
    pixel: float  # world units a pixel
    width: int
    height: int

    @classmethod
    def of(cls, view: View, sheet: Sheet) -> "_Paper":
        return cls(geography.shown(view, sheet.width, sheet.height), view.pixel, sheet.width, sheet.height)

    def at(self, points: Points) -> Points:
        world = geography.to_world(points)
        return np.column_stack([(world[:, 0] - self.box.west) / self.pixel, (self.box.north - world[:, 1]) / self.pixel])

    def chart(self, frame: pd.DataFrame) -> alt.Chart:
        x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, self.width], nice=False, zero=False))
        y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[self.height, 0], nice=False, zero=False))
        return alt.Chart(frame).encode(x, y)


def standing_map(frames: Mapping[str, pd.DataFrame], *, theme: str, width: int, height: int, marked: tuple[Mark, ...] = ()) -> Chart | None:
    """Draw a place and what stands in it: its parts in their index light with their score, every branch as a dot, red ones on top.

    Expects frames as `data_access.queries.distribution.sheet` describes them. Each of `marked` has rings around its point; where it
    has none, its part of the map has a thick outline. Returns None where there is nothing to draw.
    """
    look, sheet, areas = palette.theme(theme), Sheet(width, height, TYPE, 14), frames["areas"]
    if areas.empty:
        return None
    parts = areas[areas["role"] == "part"]
    if parts.empty:
        return _one_place(frames, look, theme, sheet, marked)
    shapes = dict(zip(parts["code"], parts["shape"], strict=True))
    dots = frames["dots"]
    reds = dots.loc[dots["light"] == Light.RED, ["lon", "lat"]].to_numpy(dtype=float)
    layout = lay_out(_near(shapes), _texts(parts), sheet, dots=reds, radius=5, shrinking=SHRINKING)
    paper = _Paper.of(layout.view, sheet)
    lit = dict(zip(parts["code"], parts["light"], strict=True))
    layers = [*_areas(paper, shapes, lit, look, theme), *_points(paper, dots, frames["cells"], look, theme)]
    if layout.inset:
        inside, move = set(layout.inset.codes), layout.inset.move
        layers += _inset(paper, layout.inset, shapes, lit, look, theme)
        inner, inner_cells = (_moved(frames[name], inside, move) for name in ("dots", "inset_cells"))
        layers += _points(paper, inner, inner_cells, look, theme)
        layers += _marks(paper, {code: shapes[code].moved(move) for code in inside}, _moved(_frame_of(marked), inside, move), look)
    return layered(*layers, *_marks(paper, shapes, _frame_of(marked), look), *_labels(paper, layout.labels, look))


def _one_place(frames: Mapping[str, pd.DataFrame], look: Theme, theme: str, sheet: Sheet, marked: tuple[Mark, ...]) -> Chart | None:
    """A place without parts that have boundaries: its own outline among its neighbours, its towns by name."""
    areas, spots = frames["areas"], frames["spots"]
    own = areas[areas["role"] == "here"]
    if own.empty:
        return None
    view = geography.fit(Box.joined(shape.box for shape in own["shape"]), sheet.width, sheet.height, 30)
    paper = _Paper.of(view, sheet)
    around = dict(zip(areas["code"], areas["shape"], strict=True))
    places = dict(zip(spots["code"], zip(spots["lon"], spots["lat"], strict=True), strict=True))
    labels = label_spots(places, _texts(spots), view, sheet)
    layers = [*_areas(paper, around, {}, look, theme), *_points(paper, frames["dots"], frames["cells"], look, theme)]
    return layered(*layers, *_marks(paper, around, _frame_of(marked), look), *_labels(paper, labels, look))


def sites_map(frames: Mapping[str, pd.DataFrame], *, theme: str, width: int, height: int) -> Chart | None:
    """Draw the red sites over the boundaries: filled where the point is known, hollow where it is schematic.

    Expects frames as `data_access.queries.red.sheet` describes them; with stops, they are numbered in order and joined by a line.
    Returns None where there is nothing to draw.
    """
    look, sheet = palette.theme(theme), Sheet(width, height, TYPE, 14)
    areas, sites, stops = frames["areas"], frames["sites"], frames["stops"]
    if areas.empty and sites.empty:
        return None
    shapes = dict(zip(areas["code"], areas["shape"], strict=True))
    layout = lay_out(_near(shapes), {}, sheet, inset=stops.empty, shrinking=SHRINKING) if shapes else None
    view = layout.view if layout else geography.fit(Box.around(_degrees(sites)), width, height, sheet.margin)
    inset = layout.inset if layout else None
    paper = _Paper.of(view, sheet)
    enlarged = _within(sites, [shapes[code] for code in inset.codes] if inset else [])
    outer, inner = sites[~enlarged], sites[enlarged]
    layers = _areas(paper, shapes, {}, look, theme)
    if inset:
        layers += [paper.chart(_at(paper, inner)).mark_point(filled=True, opacity=1, color=look.quiet, size=SITE / 6)]
        layers += _inset(paper, inset, shapes, {}, look, theme)
        moved = inset.move(_degrees(inner))
        inner = inner.assign(lon=moved[:, 0], lat=moved[:, 1])
    outer, inner = (_apart(group, view) if stops.empty else group for group in (outer, inner))
    named = sites["revolutionary"].astype(bool) if stops.empty else sites["site_id"].isin(stops["site_id"])
    labels: list[Label] = []
    for group, room, taken in ((outer, None, [inset.frame] if inset else []), (inner, inset.frame if inset else None, [])):
        first = list(stops["site_id"]) or list(group.loc[~group["schematic"].astype(bool), "site_id"])
        spots = {row["site_id"]: (row["lon"], row["lat"]) for row in group.to_dict("records")}
        texts = {row["site_id"]: _short(row["name"]) for row in group[named.reindex(group.index)].to_dict("records")}
        labels += label_spots(spots, texts, view, sheet, first=first, radius=SITE_RADIUS, room=room, taken=taken)
    layers += [_sites(paper, group, look) for group in (outer, inner) if len(group)]
    if len(stops):
        route = _at(paper, stops).assign(number=stops["seq"].astype(str))
        base = paper.chart(route)
        layers += [
            base.mark_line(color=look.gold, strokeWidth=2.5).encode(alt.Order("seq:Q")),
            base.mark_point(filled=True, opacity=1, size=420, color=look.bar, stroke=look.gold, strokeWidth=2),
            base.mark_text(fontWeight="bold", fontSize=16, color=look.bar_ink).encode(alt.Text("number:N")),
        ]
    return layered(*layers, *_labels(paper, tuple(labels), look))


def _degrees(points: pd.DataFrame) -> Points:
    return points[["lon", "lat"]].to_numpy(dtype=float).reshape(-1, 2)


def _within(points: pd.DataFrame, shapes: list[Shape]) -> pd.Series:
    """Which points lie in one of the shapes."""
    found = np.zeros(len(points), dtype=bool)
    for shape in shapes:
        found |= geography.inside(shape, _degrees(points))
    return pd.Series(found, index=points.index)


def _apart(sites: pd.DataFrame, view: View) -> pd.DataFrame:
    """Sites moved apart that would be drawn on top of each other."""
    moved = spread(_degrees(sites), view, 2 * SITE_RADIUS) if len(sites) else _degrees(sites)
    return sites.assign(lon=moved[:, 0], lat=moved[:, 1])


def _sites(paper: _Paper, sites: pd.DataFrame, look: Theme) -> alt.Chart:
    shown = _at(paper, sites).assign(solid=(~sites["schematic"].astype(bool)).map({True: 1.0, False: 0.15}))
    shown["ink"] = sites["revolutionary"].map({True: look.accent, False: look.quiet})
    marks = paper.chart(shown).mark_point(shape="circle", filled=False, strokeWidth=1.6, size=SITE)
    return marks.encode(alt.Stroke("ink:N", scale=None), alt.Fill("ink:N", scale=None), alt.FillOpacity("solid:Q", scale=None))


def _near(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes without what lies far out and is too small to see: the map shall not shrink for it."""
    large = {code: _without_islets(shape) for code, shape in shapes.items()}
    box = Box.joined(shape.box for shape in large.values())
    reach = box.grown(NEAR * max(box.width, box.height))
    kept = {code: [polygon for polygon in shape.polygons if reach.holds(Box.around(polygon[0]))] for code, shape in shapes.items()}
    return {code: Shape(tuple(polygons)) if polygons else large[code] for code, polygons in kept.items()}


def _without_islets(shape: Shape) -> Shape:
    sizes = [float(np.ptp(polygon[0][:, 0]) * np.ptp(polygon[0][:, 1])) for polygon in shape.polygons]
    return Shape(tuple(polygon for polygon, size in zip(shape.polygons, sizes, strict=True) if size >= ISLET * max(sizes)))


def _texts(places: pd.DataFrame) -> dict[str, str]:
    digits = INDICATORS["fortress"].digits
    marks = [palette.ICONS[Light(light or Light.GREY)] for light in places["light"]]  # a light is never colour alone
    known = zip(marks, places["value"], strict=True)
    values = ["—" if pd.isna(value) else f"{mark} {value:.{digits}f}" for mark, value in known]
    return {code: f"{name}\n{value}" for code, name, value in zip(places["code"], places["name"], values, strict=True)}


def _short(name: str) -> str:
    """A site's name without what stands in brackets, in two lines where it is long."""
    bare = _BRACKETS.sub("", name).strip() or name
    cut = bare if len(bare) <= LONGEST else f"{bare[: LONGEST - 1]}…"
    half = -(-len(cut) // 2)
    return cut if len(cut) <= LINE else f"{cut[:half]}\n{cut[half:]}"


def _areas(paper: _Paper, shapes: Mapping[str, Shape], lit: Mapping[str, str], look: Theme, theme: str) -> list[Chart]:
    """Filled outlines, the largest first, so that an enclave lies on top; what has no light is only outlined."""
    rows = []
    rings = [(code, polygon[0]) for code, shape in shapes.items() for polygon in shape.polygons]
    sizes = {number: float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1])) for number, (_, ring) in enumerate(rings)}
    for rank, number in enumerate(sorted(sizes, key=lambda number: -sizes[number])):
        code, ring = rings[number]
        line = _thinned(paper.at(ring))
        rows.append(pd.DataFrame({"ring": rank, "light": lit.get(code) or "", "step": range(len(line)), "x": line[:, 0], "y": line[:, 1]}))
    if not rows:
        return []
    outline = paper.chart(pd.concat(rows, ignore_index=True))
    drawn = outline.mark_line(clip=True, interpolate="linear-closed", strokeWidth=1.4, stroke=look.outline, strokeJoin="round").encode(
        alt.Detail("ring:O"), alt.Order("step:Q")
    )
    if not lit:
        return [drawn.encode(alt.FillValue(look.accent), alt.FillOpacityValue(0.09))]
    return [drawn.encode(alt.Fill("light:N", scale=light_scale(theme), legend=None), alt.FillOpacityValue(0.36))]


def _thinned(line: Points) -> Points:
    """Leave out points that nobody can tell from the one before."""
    kept = [0]
    for step in range(1, len(line)):
        if np.abs(line[step] - line[kept[-1]]).max() >= GRAIN:
            kept.append(step)
    return np.round(line[kept], 1)


def _at(paper: _Paper, points: pd.DataFrame) -> pd.DataFrame:
    places = np.round(paper.at(points[["lon", "lat"]].to_numpy(dtype=float).reshape(-1, 2)), 1)
    return points.drop(columns=["lon", "lat"]).assign(x=places[:, 0], y=places[:, 1])


def _points(paper: _Paper, dots: pd.DataFrame, cells: pd.DataFrame, look: Theme, theme: str) -> list[Chart]:
    """A dot a branch, the red ones larger and above; where there are too many, a circle a cell with its red core."""
    layers: list[Chart] = []
    if len(dots):
        shown = _at(paper, dots[["light", "lon", "lat"]])
        shown["rank"] = shown["light"].map(_ABOVE)
        red = shown["light"] == Light.RED
        quiet, loud = (paper.chart(rows.sort_values(["rank", "x", "y"])) for rows in (shown[~red], shown[red]))
        fill = alt.Fill("light:N", scale=light_scale(theme), legend=None)
        layers += [
            quiet.mark_point(filled=True, shape="circle", size=DOT, opacity=0.85, strokeWidth=0).encode(fill),
            loud.mark_point(filled=True, shape="circle", size=RED_DOT, opacity=1, stroke=look.background, strokeWidth=1.2).encode(fill),
        ]
    if len(cells):
        most = float(cells["count"].max())
        shown = _at(paper, cells[["count", "red", "lon", "lat"]])
        shown = shown.assign(size=(shown["count"] / most * CELL).clip(lower=14).round(1), core=(shown["red"] / most * CELL).round(1))
        size: dict[str, Any] = {"legend": None, "scale": None}
        layers += [
            paper.chart(shown)
            .mark_point(filled=True, shape="circle", color=look.ink, opacity=0.45, strokeWidth=0)
            .encode(alt.Size("size:Q", **size)),
            paper.chart(shown[shown["red"] > 0])
            .mark_point(filled=True, shape="circle", color=look.lights[Light.RED], opacity=1, strokeWidth=0)
            .encode(alt.Size("core:Q", **size)),
        ]
    return layers


def _moved(points: pd.DataFrame, codes: set[str], move: geography.Move) -> pd.DataFrame:
    """The points of the units in the inset, brought into its frame."""
    inner = points[points["code"].isin(codes)]
    if inner.empty:
        return inner
    moved = move(inner[["lon", "lat"]].to_numpy(dtype=float))
    return inner.assign(lon=moved[:, 0], lat=moved[:, 1])


def _inset(paper: _Paper, inset: Inset, shapes: Mapping[str, Shape], lit: Mapping[str, str], look: Theme, theme: str) -> list[Chart]:
    """The inset's frame, and the units in it."""
    corners = paper.at(inset.frame.corners())
    line = pd.DataFrame({"x": corners[:, 0], "y": corners[:, 1], "step": range(len(corners))})
    framed = paper.chart(line).mark_line(
        interpolate="linear-closed", stroke=look.outline, strokeDash=[4, 3], fill=look.background, fillOpacity=0.55
    )
    return [
        framed.encode(alt.Order("step:Q")),
        *_areas(paper, {code: shapes[code].moved(inset.move) for code in inset.codes}, lit, look, theme),
    ]


def _frame_of(marked: tuple[Mark, ...]) -> pd.DataFrame:
    return pd.DataFrame([(mark.code, mark.lon, mark.lat) for mark in marked], columns=["code", "lon", "lat"])


def _marks(paper: _Paper, shapes: Mapping[str, Shape], marked: pd.DataFrame, look: Theme) -> list[Chart]:
    """Bright rings around each place that is pointed out; a thick outline around the part of the map of one without a point."""
    known = marked["lon"].notna() & marked["lat"].notna()
    layers: list[Chart] = []
    outlined = {code: shapes[code] for code in marked.loc[~known, "code"] if code in shapes}
    if outlined:
        lines = [_thinned(paper.at(polygon[0])) for shape in outlined.values() for polygon in shape.polygons]
        steps = [
            pd.DataFrame({"ring": number, "step": range(len(line)), "x": line[:, 0], "y": line[:, 1]}) for number, line in enumerate(lines)
        ]
        outline = paper.chart(pd.concat(steps, ignore_index=True)).encode(alt.Detail("ring:O"), alt.Order("step:Q"))
        style: dict[str, Any] = {"clip": True, "interpolate": "linear-closed", "strokeJoin": "round"}
        layers.append(outline.mark_line(stroke=look.lights[Light.RED], strokeWidth=OUTLINED, **style))
    if known.any():
        base = paper.chart(_at(paper, marked.loc[known, ["lon", "lat"]]))
        layers += [
            base.mark_point(shape="circle", filled=False, size=size, stroke=look.lights[Light.RED], strokeWidth=width, opacity=1)
            for size, width in ((CHOSEN, 4), (CHOSEN * 2.4, 2))
        ]
    return layers


def _labels(paper: _Paper, labels: tuple[Label, ...], look: Theme) -> list[Chart]:
    """The placed labels with a rim that keeps them legible, and the lines to the shapes that are too small to hold theirs."""
    if not labels:
        return []
    texts = _at(paper, pd.DataFrame([{"text": label.text, "lon": label.lon, "lat": label.lat} for label in labels]))
    led = [(label.leader, (label.lon, label.lat)) for label in labels if label.leader]
    layers: list[Chart] = []
    if led:
        ends, starts = (paper.at(np.array(points, dtype=float)) for points in zip(*led, strict=True))
        lines = pd.DataFrame({"x": ends[:, 0], "y": ends[:, 1], "to_x": starts[:, 0], "to_y": starts[:, 1]}).round(1)
        base = paper.chart(lines)
        layers += [
            base.mark_rule(color=look.quiet, strokeWidth=1).encode(alt.X2("to_x:Q"), alt.Y2("to_y:Q")),
            base.mark_point(filled=True, size=22, color=look.ink),
        ]
    for count, group in texts.groupby(texts["text"].str.count("\n")):
        base = paper.chart(group)
        style: dict[str, Any] = {
            "lineBreak": "\n",
            "baseline": "middle",
            "fontSize": TYPE,
            "fontWeight": "bold",
            "dy": -TYPE * 0.6 * int(count),
        }
        layers += [
            base.mark_text(stroke=look.background, strokeWidth=4, strokeJoin="round", opacity=0.85, **style).encode(alt.Text("text:N")),
            base.mark_text(color=look.ink, **style).encode(alt.Text("text:N")),
        ]
    return layers
