"""What the panels of a wall share: for whom, of which period, and how a panel is prepared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from components.charts import Drawing
from components.charts.enlarging import enlarged
from components.wall import Panel, sized
from data_access.cache import Reader
from data_access.queries.organisations import Organisation
from data_access.queries.settings import settings
from domain.period import Period

TYPE = 1.35  # how much larger than on a desk a chart's type is: 16 pixels at least
LIST = 1.5  # of a chart that is read like a list: 20 pixels


@dataclass(frozen=True)
class Room:
    """What a panel's drawing has, in pixels of the designed size."""

    width: int
    height: int


@dataclass(frozen=True)
class Screen:
    """What a wall shows: its reader, the organisation and the quarter, and the codes of organisations that are pointed out."""

    reader: Reader
    focus: Organisation
    period: Period
    marked: tuple[str, ...] = ()

    @property
    def sight(self) -> tuple[str, ...]:
        """All that a picture of this screen depends on."""
        return (*self.reader.sight, self.focus.path, self.period.code, *self.marked)

    @property
    def bounds(self) -> dict[str, float]:
        """The lower bounds of the index lights."""
        numbers = self.reader.read(settings)
        return {"green": numbers["index.green"], "yellow": numbers["index.yellow"]}

    def months(self, count: int) -> tuple[str, ...]:
        """The codes of the last months up to today."""
        return tuple(month.code for month in Period.month(self.reader.today).back(count))

    def panel(
        self,
        key: str,
        title: str,
        base: str,
        room: Room,
        draw: Callable[..., Any],
        asked: tuple[Any, ...],
        *,
        looks: Mapping[str, Any] = MappingProxyType({}),
        alt: Callable[[Any], str] | None = None,
        absent: str = "暂无数据",
        enlarge: float = TYPE,
    ) -> Panel:
        """Prepare a panel: `asked` is a query and its values, `draw` the chart of what it finds, `looks` what else the chart takes.

        `alt` words what was found for a screen reader; where nothing was, the panel says `absent`.
        """
        found = self.reader.read(*asked)
        if nothing(found):
            return Panel(key, title, base, title, None, absent)
        drawing: Drawing | None = self.reader.drawn(draw, *asked, theme=self.reader.theme, **looks)
        told = f"{title}：{alt(found)}" if alt else title
        return Panel(key, title, base, told, drawing and sized(enlarged(drawing, enlarge), room.width, room.height), absent)


def nothing(found: Any) -> bool:
    """True where a query found nothing that could be drawn."""
    return found is None or (isinstance(found, pd.DataFrame) and found.empty)
