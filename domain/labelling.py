"""Where labels go on a map: without collisions, with leader lines where a shape is too small, with an inset for a crowd of them.

Layout is worked out in pixels of the fitted view (x to the east, y to the north) and is deterministic: the same shapes and texts
give the same places. Zooming in only moves labels apart, because text keeps its size.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from domain.geography import (
    Box,
    Move,
    Points,
    Shape,
    View,
    area_km2,
    degree_box,
    edge_distance,
    fit,
    inside,
    label_point,
    shown,
    to_degrees,
    to_world,
)

INNER_SHARE = 1 / 60  # of the whole area: below, a unit among others is an inner one and belongs into the inset
MAGNIFIED = 1.8  # an inset must enlarge at least so much to be worth its room
LARGEST_INSET = 0.42  # of the view's width and height
LINE_HEIGHT = 1.3  # of the type size
SHALLOWEST = 0.8  # of the type size: how deep a shape must be for a label that hangs over its edge
OVER_LAND = 4  # times the type size: how much farther a label goes to stand over empty paper
AIR = 3  # pixels between two labels
DOT = 4  # pixels: the radius of a dot that is labelled
GRAIN = 6  # pixels a cell of the raster on which empty room is looked for
FINENESS = 2  # pixels that a layout cares for
FARTHEST = 40  # half type sizes that a label may be moved from its shape
DIRECTIONS = 16
BESIDE = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


@dataclass(frozen=True)
class Label:
    """One placed label: its text, its middle in degrees, and the shape's point that a leader line joins it to, if it needs one."""

    code: str
    text: str
    lon: float
    lat: float
    leader: tuple[float, float] | None


@dataclass(frozen=True)
class Inset:
    """An enlarged copy of a crowded part of the map, drawn in empty room beside it.

    `source` and `frame` are in degrees; `move` brings points of the source into the frame; `codes` are the units it is for.
    """

    source: Box
    frame: Box
    move: Move
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A map laid out: the view that shows it whole, its labels, its inset where it has one."""

    view: View
    labels: tuple[Label, ...]
    inset: Inset | None = None


@dataclass(frozen=True)
class Sheet:
    """The paper that a map is laid out on: its size in pixels, the size of its type and the margin around the shapes."""

    width: int
    height: int
    type_size: int = 13
    margin: int = 16


def text_size(text: str, type_size: float) -> tuple[float, float]:
    """Estimate the width and height of a text of one or more lines in pixels: full-width characters are square."""
    lines = text.split("\n")
    widths = (sum(1.0 if unicodedata.east_asian_width(character) in "FWA" else 0.6 for character in line) for line in lines)
    return max(widths) * type_size, len(lines) * LINE_HEIGHT * type_size


def lay_out(
    shapes: Mapping[str, Shape],
    texts: Mapping[str, str],
    sheet: Sheet,
    *,
    inset: bool = True,
    dots: Points | None = None,
    radius: float = DOT,
    covering: bool = True,
    shrinking: int = 0,
) -> Layout:
    """Fit `shapes` (by code) onto the sheet and place their `texts`; a shape without a text stays without a label.

    A label covers one of `dots` (degrees), circles of `radius` pixels, only where it has no other place; without `covering` it is
    then left out. Where an inset finds no room, the margin may grow by up to `shrinking` pixels to make some.
    Raises ValueError where there are no shapes. A label that finds no room anywhere is left out: tables and hovers still say it.
    """
    crowd = inner_codes(shapes) if inset else ()
    frames = None
    for margin in (*range(sheet.margin, sheet.margin + shrinking * bool(crowd) + 1, GRAIN), sheet.margin):
        view = fit(Box.joined(shape.box for shape in shapes.values()), sheet.width, sheet.height, margin)
        grid = _Grid(shown(view, sheet.width, sheet.height), view.pixel)
        drawn = {code: grid.shape(shape) for code, shape in shapes.items()}
        land = _land(drawn, sheet)
        frames = _frames([drawn[code].box for code in crowd], land, sheet)
        if frames or not crowd:
            break
    points = dots if dots is not None else np.empty((0, 2))
    avoided = [_around(at, radius) for at in grid.points(points)]
    page = _Page(Box(0, 0, sheet.width, sheet.height), land, avoided=avoided, covering=covering)
    if frames is None:
        return Layout(view, tuple(_place(drawn, texts, grid, page, sheet.type_size)))
    source, frame = frames
    enlarged = Inset(grid.degree_box(source), grid.degree_box(frame), Move.onto(grid.world_box(source), grid.world_box(frame)), crowd)
    page.taken.append(frame)
    inner = {code: grid.shape(shapes[code].moved(enlarged.move)) for code in crowd}
    outer = {code: shape for code, shape in drawn.items() if code not in crowd}
    moved = [_around(at, radius) for at in grid.points(enlarged.move(points))]
    inside_frame = _Page(frame, land, avoided=moved, covering=covering)
    labels = _place(inner, texts, grid, inside_frame, sheet.type_size) + _place(outer, texts, grid, page, sheet.type_size)
    return Layout(view, tuple(labels), enlarged)


def label_spots(
    spots: Mapping[str, tuple[float, float]],
    texts: Mapping[str, str],
    view: View,
    sheet: Sheet,
    *,
    first: Collection[str] = (),
    radius: float = DOT,
    room: Box | None = None,
    taken: Collection[Box] = (),
) -> tuple[Label, ...]:
    """Label single points (by code, degrees) beside their dots, those of `first` before the others, then from north to south.

    No label covers another one, a dot (`radius` in pixels) of `spots` or a box of `taken`, nor leaves `room` (both in degrees; the whole
    sheet by default); a point that has no room beside it stays without a label.
    """
    grid = _Grid(shown(view, sheet.width, sheet.height), view.pixel)
    dots = {code: grid.points(np.array([at]))[0] for code, at in spots.items()}
    whole = Box(0, 0, sheet.width, sheet.height) if room is None else Box.around(grid.points(room.corners()))
    held = [*(_around(at, radius) for at in dots.values()), *(Box.around(grid.points(box.corners())) for box in taken)]
    page = _Page(whole, taken=held)
    labels = []
    for code in sorted(texts, key=lambda code: (code not in first, -spots[code][1], spots[code][0], code)):
        width, height = text_size(texts[code], sheet.type_size)
        for across, up in BESIDE:
            middle = dots[code] + np.array([across * (width / 2 + radius + 2 * AIR), up * (height / 2 + radius + 2 * AIR)])
            if page.takes(middle, width, height):
                labels.append(grid.label(code, texts[code], middle))
                break
    return tuple(labels)


def spread(points: Points, view: View, gap: float) -> Points:
    """Move points (degrees) apart that a map at `view` would draw on top of each other, so that each can be seen and clicked.

    Points nearer than `gap` pixels to a first one stand on a ring around their middle, in their order; all others stay.
    """
    pixels = to_world(points) / view.pixel
    moved = pixels.copy()
    left = np.ones(len(points), dtype=bool)
    for index in range(len(points)):
        if not left[index]:
            continue
        near = left & (np.hypot(*(pixels - pixels[index]).T) < gap)
        if near.sum() > 1:
            around = np.arange(near.sum()) * 2 * np.pi / near.sum()
            radius = gap / (2 * np.sin(np.pi / near.sum()))
            moved[near] = pixels[near].mean(axis=0) + radius * np.column_stack([np.sin(around), np.cos(around)])
        left &= ~near
    return to_degrees(moved * view.pixel)


def inner_codes(shapes: Mapping[str, Shape]) -> tuple[str, ...]:
    """The crowd of small units in a map's middle: two or more that are tiny beside the whole and lie next to each other."""
    areas = {code: area_km2(shape) for code, shape in shapes.items()}
    whole = sum(areas.values())
    crowds: list[list[str]] = []
    for code in sorted(code for code in shapes if areas[code] < INNER_SHARE * whole):
        reach = shapes[code].box.grown(max(shapes[code].box.width, shapes[code].box.height) / 2)
        touching = [crowd for crowd in crowds if any(reach.meets(shapes[other].box) for other in crowd)]
        crowds = [crowd for crowd in crowds if crowd not in touching] + [sorted({code, *(other for crowd in touching for other in crowd)})]
    largest = max(sorted(crowds), key=len, default=[])
    return tuple(largest) if len(largest) > 1 else ()


@dataclass
class _Page:
    """Labels placed so far, in pixels from the sheet's lower left corner, and what they had better not cover.

    `land` is the sheet's raster of what shapes cover.
    """

    room: Box
    land: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((1, 1), dtype=bool))
    taken: list[Box] = field(default_factory=list)
    avoided: list[Box] = field(default_factory=list)
    covering: bool = True  # what is avoided may be covered after all

    def takes(self, middle: Points, width: float, height: float, *, careful: bool = True) -> bool:
        """Place a label where there is room for it, not over anything avoided if `careful`; False where there is none."""
        box = Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)
        held = [*self.taken, *self.avoided] if careful or not self.covering else self.taken
        free = self.room.holds(box) and not any(box.grown(AIR).meets(other) for other in held)
        if free:
            self.taken.append(box)
        return free


@dataclass(frozen=True)
class _Grid:
    """Degrees to pixels of the sheet and back."""

    world: Box
    pixel: float

    def points(self, degrees: Points) -> Points:
        return (to_world(degrees) - np.array([self.world.west, self.world.south])) / self.pixel

    def shape(self, shape: Shape) -> Shape:
        """The shape in pixels, without the points that a layout cannot tell apart."""
        return Shape(tuple(tuple(_thinned(self.points(ring)) for ring in polygon) for polygon in shape.polygons))

    def world_box(self, box: Box) -> Box:
        return Box.around(box.corners() * self.pixel + np.array([self.world.west, self.world.south]))

    def degree_box(self, box: Box) -> Box:
        return degree_box(self.world_box(box))

    def degrees(self, point: Points) -> tuple[float, float]:
        ((lon, lat),) = to_degrees(point[None] * self.pixel + np.array([self.world.west, self.world.south])).tolist()
        return lon, lat

    def label(self, code: str, text: str, middle: Points, heart: Points | None = None) -> Label:
        return Label(code, text, *self.degrees(middle), None if heart is None else self.degrees(heart))


def _around(at: Points, radius: float) -> Box:
    return Box(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)


def _thinned(ring: Points) -> Points:
    steps = np.round(ring / FINENESS).astype(int)
    kept = np.append(True, (np.diff(steps, axis=0) != 0).any(axis=1))
    kept[-1] = True
    return ring[kept] if kept.sum() > 3 else ring


def _land(drawn: Mapping[str, Shape], sheet: Sheet) -> NDArray[np.bool_]:
    """Which cells of a raster over the sheet are covered by shapes, with a cell's margin; rows from the south."""
    xs, ys = np.arange(GRAIN / 2, sheet.width, GRAIN), np.arange(GRAIN / 2, sheet.height, GRAIN)
    cells = np.array(np.meshgrid(xs, ys)).reshape(2, -1).T
    land = np.zeros(len(cells), dtype=bool)
    for shape in drawn.values():
        box = shape.box
        near = np.nonzero(~land & (cells >= (box.west, box.south)).all(axis=1) & (cells <= (box.east, box.north)).all(axis=1))[0]
        land[near] = inside(shape, cells[near])
        edges = np.clip((np.concatenate(shape.rings) // GRAIN).astype(int), 0, (len(xs) - 1, len(ys) - 1))
        land[edges[:, 1] * len(xs) + edges[:, 0]] = True
    padded = np.pad(land.reshape(len(ys), len(xs)), 1)
    return padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:] | padded[1:-1, 1:-1]


def _frames(boxes: list[Box], land: NDArray[np.bool_], sheet: Sheet) -> tuple[Box, Box] | None:
    """Where a crowd lies and the largest empty room of its proportions, in pixels; None where that would enlarge it too little."""
    if not boxes:
        return None
    source = Box.joined(boxes)
    source = source.grown(0.06 * max(source.width, source.height))
    frame = _empty_room(land, source.width / source.height, sheet)
    if frame is None or min(frame.width / source.width, frame.height / source.height) < MAGNIFIED:
        return None
    return source, frame


def _empty_room(land: NDArray[np.bool_], aspect: float, sheet: Sheet) -> Box | None:
    """The largest box of the aspect (width over height) without land, nearest to a corner of the sheet where several are equal."""
    rows_high, columns_wide = land.shape
    sums = np.zeros((rows_high + 1, columns_wide + 1), dtype=int)
    sums[1:, 1:] = land.cumsum(axis=0).cumsum(axis=1)
    for across in range(int(LARGEST_INSET * columns_wide), 3, -1):
        up = round(across / aspect)
        if not 3 < up < LARGEST_INSET * rows_high:
            continue
        covered = sums[up:, across:] - sums[:-up, across:] - sums[up:, :-across] + sums[:-up, :-across]
        rows, columns = np.nonzero(covered == 0)
        if len(rows):
            far = np.minimum(rows, covered.shape[0] - 1 - rows) + np.minimum(columns, covered.shape[1] - 1 - columns)
            best = int(np.lexsort((columns, rows, far))[0])
            west, south = float(columns[best] * GRAIN), float(rows[best] * GRAIN)
            return Box(west, south, min(west + across * GRAIN, sheet.width), min(south + up * GRAIN, sheet.height)).grown(-GRAIN / 2)
    return None


def _place(drawn: Mapping[str, Shape], texts: Mapping[str, str], grid: _Grid, page: _Page, type_size: int) -> list[Label]:
    """Place the labels of shapes (in pixels), the smallest shape first: it has the fewest places to choose from."""
    labels = []
    for code in sorted((code for code in drawn if code in texts), key=lambda code: (_size(drawn[code]), code)):
        width, height = text_size(texts[code], type_size)
        heart = np.array(label_point(drawn[code], squeeze=1.0))
        for careful in (True, False):
            middle = _inner_place(drawn[code], heart, width, height, type_size, page, careful=careful)
            leads = middle is None
            if middle is None:
                middle = _outer_place(heart, width, height, type_size, page, careful=careful)
            if middle is not None:
                labels.append(grid.label(code, texts[code], middle, heart if leads else None))
                break
    return labels


def _size(shape: Shape) -> float:
    return shape.box.width * shape.box.height


def _inner_place(shape: Shape, heart: Points, width: float, height: float, type_size: int, page: _Page, *, careful: bool) -> Points | None:
    """The place nearest to the shape's heart where its label stands inside whole, else the one where its ends hang over the edge.

    None where neither is free, or where the shape is too thin to be told from its neighbours under a label.
    """
    box = shape.box
    spots = np.array(np.meshgrid(np.linspace(box.west, box.east, 17), np.linspace(box.south, box.north, 17))).reshape(2, -1).T
    spots = np.vstack([heart, spots[inside(shape, spots)]])
    frame = np.array([(across * width / 2, up * height / 2) for across in (-1, 0, 1) for up in (-1, 0, 1)])
    corners = inside(shape, (spots[:, None, :] + frame).reshape(-1, 2)).reshape(len(spots), len(frame))
    whole: NDArray[np.bool_] = np.all(corners, axis=1)
    deep = edge_distance(shape, spots) >= SHALLOWEST * type_size
    near = np.hypot(*(spots - heart).T)
    order = np.lexsort((spots[:, 0], spots[:, 1], near, ~whole))
    for index in order:
        if (whole[index] or deep[index]) and page.takes(spots[index], width, height, careful=careful):
            return spots[index]
    return None


def _outer_place(heart: Points, width: float, height: float, type_size: int, page: _Page, *, careful: bool) -> Points | None:
    """The nearest free place around a shape's heart for a label on a leader line, rather over empty paper than over land."""
    steps, angles = np.meshgrid(np.arange(2, FARTHEST) * type_size / 2, np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS)
    away = np.column_stack([np.cos(angles).ravel(), np.sin(angles).ravel()])
    middles = heart + away * (np.array([width, height]) / 2 + steps.ravel()[:, None])
    column, row = np.clip((middles // GRAIN).astype(int), 0, np.array(page.land.shape)[::-1] - 1).T
    cost = steps.ravel() + OVER_LAND * type_size * page.land[row, column]
    for index in np.lexsort((angles.ravel(), cost)):
        if page.takes(middles[index], width, height, careful=careful):
            return middles[index]
    return None
