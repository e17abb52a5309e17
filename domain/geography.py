"""Geography of a map without tiles: boundaries, areas, points inside them, distances, views and cells.

Coordinates are WGS84 degrees, longitude first. A *world* coordinate is Web Mercator on a square of 512 units with y to
the north, the plane in which a flat map at zoom z shows 2**z pixels a unit; layout on the screen is worked out there.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]  # (n, 2): longitude, latitude, or world x, y

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
WORLD = 512.0
STEEPEST_LATITUDE = 85.0  # Mercator's end
CLOSEST_ZOOM = 15.0  # a view of one point: about a kilometre of a street


@dataclass(frozen=True)
class Box:
    """An upright rectangle in degrees or in world units."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: Points) -> "Box":
        """Return the smallest box that holds all `points`. Raises ValueError where there are none."""
        if len(points) == 0:
            raise ValueError("a box around no points")
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        return cls(float(west), float(south), float(east), float(north))

    @classmethod
    def joined(cls, boxes: Iterable["Box"]) -> "Box":
        """Return the smallest box that holds all `boxes`. Raises ValueError where there are none."""
        return cls.around(np.array([corner for box in boxes for corner in ((box.west, box.south), (box.east, box.north))]))

    @property
    def width(self) -> float:
        """From west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From south to north."""
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def grown(self, by: float) -> "Box":
        """Return the box with `by` added on every side."""
        return Box(self.west - by, self.south - by, self.east + by, self.north + by)

    def meets(self, other: "Box") -> bool:
        """True where the two boxes share more than an edge."""
        return self.west < other.east and other.west < self.east and self.south < other.north and other.south < self.north

    def holds(self, other: "Box") -> bool:
        """True where `other` lies wholly inside."""
        return self.west <= other.west and other.east <= self.east and self.south <= other.south and other.north <= self.north

    def corners(self) -> Points:
        """The four corners from the south-west, counter-clockwise, (4, 2)."""
        return np.array([(self.west, self.south), (self.east, self.south), (self.east, self.north), (self.west, self.north)])


@dataclass(frozen=True, eq=False)
class Shape:
    """A boundary: polygons, each an outer ring and its holes; rings are closed (n, 2) arrays."""

    polygons: tuple[tuple[Points, ...], ...]

    @property
    def rings(self) -> list[Points]:
        """All rings, outer ones and holes."""
        return [ring for polygon in self.polygons for ring in polygon]

    @property
    def box(self) -> Box:
        """The smallest box that holds the shape."""
        return Box.around(np.concatenate([polygon[0] for polygon in self.polygons]))

    def moved(self, move: "Move") -> "Shape":
        """Return the shape with every point put through `move`."""
        return Shape(tuple(tuple(move(ring) for ring in polygon) for polygon in self.polygons))

    def geometry(self, decimals: int = 4) -> dict[str, Any]:
        """Return the shape as a GeoJSON geometry with rounded coordinates (4 decimals are about 10 m)."""
        polygons = [[np.round(ring, decimals).tolist() for ring in polygon] for polygon in self.polygons]
        return {"type": "MultiPolygon", "coordinates": polygons}


def read_shape(geojson: str | dict[str, Any]) -> Shape:
    """Read a GeoJSON Polygon or MultiPolygon. Raises ValueError for anything else."""
    try:
        geometry = json.loads(geojson) if isinstance(geojson, str) else geojson
        kind, coordinates = geometry["type"], geometry["coordinates"]
        if kind not in ("Polygon", "MultiPolygon"):
            raise ValueError(f"not a polygon: {kind!r}")
        polygons = [coordinates] if kind == "Polygon" else coordinates
        shape = Shape(tuple(tuple(_closed(np.array(ring, dtype=float)[:, :2]) for ring in polygon) for polygon in polygons))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not a GeoJSON polygon: {error}") from error
    if not shape.polygons or any(not polygon or len(polygon[0]) < 4 for polygon in shape.polygons):
        raise ValueError("a polygon without an outer ring")
    return shape


def _closed(ring: Points) -> Points:
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def inside(shape: Shape, points: Points) -> NDArray[np.bool_]:
    """Tell for each of `points` whether it lies in the shape (even-odd rule, so holes are outside).

    Points of the same latitude are told apart together, so that those of a grid cost no more than its rows.
    """
    x0, y0, x1, y1 = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in shape.rings]).T
    levels, level = np.unique(points[:, 1], return_inverse=True)
    at, edge = np.nonzero((y0 > levels[:, None]) != (y1 > levels[:, None]))  # level edges never span
    x0, y0, x1, y1 = x0[edge], y0[edge], x1[edge], y1[edge]
    crossed = x0 + (levels[at] - y0) * (x1 - x0) / (y1 - y0)
    # Complex numbers are ordered by level, then from west to east.
    crossings = np.sort(at + 1j * crossed)
    ends = np.cumsum(np.bincount(at, minlength=len(levels)))
    east = ends[level] - np.searchsorted(crossings, level + 1j * points[:, 0], side="right")
    return east % 2 == 1


def area_km2(shape: Shape) -> float:
    """The area in square kilometres, on the plane that touches the sphere at the shape's middle latitude."""
    _, latitude = shape.box.centre
    degree = math.radians(1) * EARTH_RADIUS_M / 1000
    square = degree * degree * math.cos(math.radians(latitude))
    return square * sum(_polygon_area(polygon) for polygon in shape.polygons)


def _polygon_area(polygon: tuple[Points, ...]) -> float:
    outer, *holes = (abs(_ring_area(ring)) for ring in polygon)
    return outer - sum(holes)


def _ring_area(ring: Points) -> float:
    """The signed area by the shoelace formula, from the ring's own corner so that far-off coordinates lose no digits."""
    x, y = (ring - ring[0]).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def label_point(shape: Shape, squeeze: float | None = None) -> tuple[float, float]:
    """The point of the largest polygon that lies deepest inside it (pole of inaccessibility), where a label reads best.

    A centroid may fall into a neighbour's bay; this point never does. Found on a grid that narrows four times, which is
    exact to about a hundredth of the shape's width. `squeeze` is the length of a unit of x in units of y; by default a degree
    of longitude in degrees of latitude.
    """
    largest = Shape((max(shape.polygons, key=_polygon_area),))
    box = largest.box
    squeeze = math.cos(math.radians(box.centre[1])) if squeeze is None else squeeze
    best, reach = np.array(box.centre), np.array([box.width, box.height]) / 2
    for _ in range(4):
        xs, ys = (np.linspace(middle - span, middle + span, 17) for middle, span in zip(best, reach, strict=True))
        grid = np.array(np.meshgrid(xs, ys)).reshape(2, -1).T
        grid = grid[inside(largest, grid)]
        if len(grid):
            best = grid[int(edge_distance(largest, grid, squeeze).argmax())]
        reach = reach / 4
    return float(best[0]), float(best[1])


def edge_distance(shape: Shape, points: Points, squeeze: float = 1.0) -> NDArray[np.float64]:
    """The distance of each of `points` to the nearest edge, in the coordinates' own unit with x times `squeeze`."""
    nearest = np.full(len(points), np.inf)
    x, y = points[:, :1] * squeeze, points[:, 1:]
    for ring in shape.rings:
        start_x, start_y = ring[:-1, 0] * squeeze, ring[:-1, 1]
        along_x, along_y = np.diff(ring[:, 0]) * squeeze, np.diff(ring[:, 1])
        length = along_x**2 + along_y**2
        share = ((x - start_x) * along_x + (y - start_y) * along_y) / np.where(length == 0, 1.0, length)
        share = np.clip(share, 0, 1)
        away = (x - start_x - share * along_x) ** 2 + (y - start_y - share * along_y) ** 2
        nearest = np.minimum(nearest, away.min(axis=1))
    return np.sqrt(nearest)


def distance_m(lon: ArrayLike, lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike) -> NDArray[np.float64]:
    """The great-circle distance in metres (haversine); arguments broadcast, NaN where a coordinate is missing."""
    x0, y0, x1, y1 = (np.radians(np.asarray(value, dtype=float)) for value in (lon, lat, to_lon, to_lat))
    half = np.sin((y1 - y0) / 2) ** 2 + np.cos(y0) * np.cos(y1) * np.sin((x1 - x0) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))


def to_world(points: Points) -> Points:
    """Degrees to world units."""
    lon, lat = points[:, 0], np.radians(np.clip(points[:, 1], -STEEPEST_LATITUDE, STEEPEST_LATITUDE))
    return np.column_stack([WORLD * (lon + 180) / 360, WORLD * (math.pi + np.log(np.tan(math.pi / 4 + lat / 2))) / (2 * math.pi)])


def to_degrees(points: Points) -> Points:
    """World units to degrees."""
    lat = 2 * np.arctan(np.exp(points[:, 1] * 2 * math.pi / WORLD - math.pi)) - math.pi / 2
    return np.column_stack([points[:, 0] * 360 / WORLD - 180, np.degrees(lat)])


@dataclass(frozen=True)
class Move:
    """Scale and shift world coordinates; called on degrees, it answers in degrees."""

    scale: float
    x: float
    y: float

    @classmethod
    def onto(cls, source: Box, target: Box) -> "Move":
        """Return the move that brings `source` (world units) into the middle of `target`, as large as it fits."""
        scale = min(target.width / source.width, target.height / source.height)
        (from_x, from_y), (to_x, to_y) = source.centre, target.centre
        return cls(scale, to_x - scale * from_x, to_y - scale * from_y)

    def __call__(self, points: Points) -> Points:
        """Move `points` (degrees)."""
        return to_degrees(to_world(points) * self.scale + np.array([self.x, self.y]))


@dataclass(frozen=True)
class View:
    """What a flat map shows: its centre in degrees and its zoom."""

    lon: float
    lat: float
    zoom: float

    @property
    def pixel(self) -> float:
        """World units a pixel."""
        return 2.0**-self.zoom

    @property
    def metres(self) -> float:
        """Metres on the ground a pixel, in the view's middle."""
        return self.pixel / WORLD * 2 * math.pi * EARTH_RADIUS_M * math.cos(math.radians(self.lat))


def fit(box: Box, width: int, height: int, margin: int = 16) -> View:
    """Return the view that shows `box` (degrees) whole in `width` × `height` pixels, `margin` pixels from the edge."""
    world = world_box(box)
    room_x, room_y = max(width - 2 * margin, 1), max(height - 2 * margin, 1)
    pixel = max(world.width / room_x, world.height / room_y, 2.0**-CLOSEST_ZOOM)
    ((lon, lat),) = to_degrees(np.array([world.centre])).tolist()
    return View(lon, lat, math.log2(1 / pixel))


def world_box(box: Box) -> Box:
    """A box in degrees as a box in world units."""
    return Box.around(to_world(box.corners()))


def degree_box(box: Box) -> Box:
    """A box in world units as a box in degrees."""
    return Box.around(to_degrees(box.corners()))


def shown(view: View, width: int, height: int) -> Box:
    """Return what `view` shows in `width` × `height` pixels, in world units."""
    ((x, y),) = to_world(np.array([(view.lon, view.lat)]))
    half_x, half_y = width * view.pixel / 2, height * view.pixel / 2
    return Box(x - half_x, y - half_y, x + half_x, y + half_y)


def cells(points: pd.DataFrame, size: float, within: list[str], red: pd.Series) -> pd.DataFrame:
    """Gather points into hexagonal cells, so that a map draws hundreds of circles instead of thousands of dots.

    Expects columns lon, lat (degrees, none missing) and those of `within`: points that differ there never share a cell.
    `size` is the distance between the middles of two cells in world units; `red` is True for points to be counted as red.
    Returns columns: `within`, lon, lat (the mean of the cell's points), count, red (count), ordered by `within` and cell.
    """
    world = to_world(points[["lon", "lat"]].to_numpy(dtype=float))
    column, row = _hexagon(world / size)
    gathered = points[[*within, "lon", "lat"]].assign(_row=row, _column=column, red=red.to_numpy(dtype=bool))
    cell = [*within, "_row", "_column"]
    gathered = gathered.groupby(cell, sort=True, dropna=False).agg(
        lon=("lon", "mean"), lat=("lat", "mean"), count=("red", "size"), red=("red", "sum")
    )
    return gathered.reset_index().drop(columns=["_row", "_column"])


def _hexagon(points: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of the unit hexagon that holds each point (rows are √3/2 apart, odd rows shifted by a half).

    The hexagon is that of the nearest middle; the candidates are the two nearest rows.
    """
    pitch = math.sqrt(3) / 2
    low = np.floor(points[:, 1] / pitch)
    best = None
    for row in (low, low + 1):
        shift = np.mod(row, 2) / 2
        column = np.floor(points[:, 0] - shift + 0.5)
        away = (points[:, 0] - column - shift) ** 2 + (points[:, 1] - row * pitch) ** 2
        found = np.column_stack([away, column, row])
        best = found if best is None else np.where((found[:, :1] < best[:, :1]), found, best)
    assert best is not None
    return best[:, 1].astype(np.int64), best[:, 2].astype(np.int64)
