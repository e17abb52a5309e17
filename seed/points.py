"""Where organisations stand on the map: near their town's point, else somewhere in their district, always inside the boundary."""

from collections.abc import Sequence

import numpy as np

from domain.geography import Shape, inside, read_shape
from seed.draws import Truth, Whole, bell, below

_NEAR = 1_600  # reach of the scatter around a town's point, in 1e-5 degrees (about 1.6 km)
_WIDE = 3_000  # around a place that is itself only drawn
_CLOSE = 300  # for those whom the wide scatter threw over the border too often
_TRIES = 8

Point = tuple[float, float]


class Placer:
    """Places the organisations of one district; `boundary` is its GeoJSON geometry, `key` tells its draws from another's."""

    def __init__(self, boundary: str, key: int) -> None:
        """Read the boundary. Raises ValueError for anything but a polygon."""
        self._shape: Shape = read_shape(boundary)
        self._key = key

    def placed(self, towns: Sequence[tuple[int, Point | None]], serials: Whole) -> tuple[list[Point], list[bool]]:
        """Return the point of each organisation, and whether it is schematic (位置示意).

        `towns` holds each one's town: its number (0 for none), and its point where one is known. A town without a point, or whose
        point lies outside the generalised boundary, gets an anchor of its own inside it, so that its branches stay together.
        """
        anchors = {town: self._anchor(*town) for town in sorted(set(towns), key=lambda town: town[0])}
        centre = np.array([anchors[town][0] for town in towns]).reshape(-1, 2)
        known = np.array([anchors[town][1] for town in towns], dtype=bool)
        spots = centre.copy()  # the centre itself lies inside
        left = np.arange(len(spots))
        for attempt, reach in enumerate((np.where(known, _NEAR, _WIDE), np.full(len(spots), _CLOSE))):
            tried = self._scattered(centre[left], reach[left], serials[left], attempt)
            within = self._within(tried.reshape(-1, 2)).reshape(len(left), _TRIES)
            hit = within.any(axis=1)
            spots[left[hit]] = tried[hit, within[hit].argmax(axis=1)]
            left = left[~hit]
            if not len(left):
                break
        return [(int(x) / 100_000, int(y) / 100_000) for x, y in spots], [not each for each in known]

    def _scattered(self, centre: Whole, reach: Whole, serials: Whole, attempt: int) -> Whole:
        """Return `_TRIES` spots around each centre: (organisations, tries, 2)."""
        offsets = [bell(1000, f"points/{axis}", self._key, serials[:, None], attempt, np.arange(_TRIES)) for axis in "xy"]
        return centre[:, None, :] + np.stack(offsets, axis=2) * reach[:, None, None] // 1000

    def _anchor(self, town: int, point: Point | None) -> tuple[Whole, bool]:
        """Return where a town's organisations gather, and whether that is its own known point."""
        if point is not None:
            own = np.array([round(point[0] * 100_000), round(point[1] * 100_000)], dtype=np.int64)
            if self._within(own[None])[0]:
                return own, True
        inner = self._drawn(town)
        distance = np.abs(inner - own).sum(axis=1) if point is not None else np.zeros(len(inner))
        return inner[int(distance.argmin())], False

    def _drawn(self, town: int) -> Whole:
        """Return spots of the district's box that lie inside: at least one."""
        box = self._shape.box
        west, south = int(box.west * 100_000) + 1, int(box.south * 100_000) + 1
        width, height = int(box.east * 100_000) - west, int(box.north * 100_000) - south
        for turn in range(1000):
            key = (self._key, town, turn, np.arange(400))
            spots = np.stack([west + below(width, "points/box x", *key), south + below(height, "points/box y", *key)], axis=1)
            inner = spots[self._within(spots)]
            if len(inner):
                return inner
        raise ValueError("a boundary without an inside")

    def _within(self, spots: Whole) -> Truth:
        return inside(self._shape, spots / 100_000)
