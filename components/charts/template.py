"""Charts that look the same whatever they show: the specification is worked out once, and then only given its rows.

Writing a specification down takes Altair several times as long as packing the few rows of one organisation or member.
"""

import pickle
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from components.charts.base import Chart
from components.charts.finishing import Drawing, finish, packed

Rows = pd.DataFrame | alt.NamedData  # a frame, or the name that it will be given under


@dataclass(frozen=True)
class Filled:
    """A chart that `draw(**frames, **looks)` draws, where only the rows of `frames` differ from one to the next.

    `draw` has a name of its own and reads nothing from the frames: it is asked once for each of the `looks`, with their names instead.
    """

    draw: Callable[..., Chart]
    frames: Mapping[str, pd.DataFrame]
    looks: Mapping[str, Hashable]

    @property
    def chart(self) -> Chart:
        """The chart itself, drawn anew."""
        return self.draw(**self.frames, **self.looks)


def filled(of: Filled) -> Drawing:
    """Return what `finish` returns of the chart, but for the names of its datasets."""
    empty: Drawing = pickle.loads(_empty(of.draw, tuple(of.frames), tuple(of.looks.items())))
    rows = {name: packed(frame) for name, frame in of.frames.items()}
    return Drawing(empty.spec | {"datasets": empty.spec["datasets"] | rows})


@lru_cache(maxsize=200)
def _empty(draw: Callable[..., Chart], names: tuple[str, ...], looks: tuple[tuple[str, Any], ...]) -> bytes:
    """The finished chart without the rows of its frames, as bytes: nobody may change what others are given."""
    chart = draw(**{name: alt.NamedData(name) for name in names}, **dict(looks))
    return pickle.dumps(finish(chart))
