"""Maps for tests: places with boundaries, names that must stay text, and a finished map read back."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from components.drawing import finish
from domain.geography import Shape, read_shape

HOSTILE = ["@@=1+", "@@#Light.on", "<script>alert(1)</script>", "**x** | $a$ :red[x]", "长" * 80, "𠮷记{tip}"]


def square(west: float, south: float, size: float) -> Shape:
    """Return a square boundary."""
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    return read_shape({"type": "Polygon", "coordinates": [corners]})


def areas(names=("甲县", "乙县", "丙县"), role="part", **changed) -> pd.DataFrame:
    """Return areas as a sheet of the map has them, side by side."""
    count = len(names)
    frame = pd.DataFrame(
        {
            "code": [f"c{index}" for index in range(count)],
            "name": list(names),
            "value": [91.0, 75.5, None][:count] + [60.0] * (count - 3),
            "base": [10.0, 5.0, None][:count] + [1.0] * (count - 3),
            "light": ["green", "yellow", "grey"][:count] + ["red"] * (count - 3),
            "branches": 10,
            "members": 120,
            "branches_red": 1,
            "role": role,
            "shape": [square(118 + index * 0.5, 25, 0.5) for index in range(count)],
        }
    )
    return frame.assign(**changed)


def drawn(deck: Any) -> dict[str, dict]:
    """The layers of a finished map by id."""
    return {layer["id"]: layer for layer in json.loads(finish(deck).text)["layers"]}


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(strings(item) for item in value.values())
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(strings(item) for item in value)
