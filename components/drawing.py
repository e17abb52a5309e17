"""Finished drawings: what a chart or map becomes before it is cached, so that showing it costs next to nothing."""

from functools import singledispatch
from typing import Any

import altair as alt
import pydeck as pdk

from components.charts.finishing import Drawing
from components.charts.finishing import finish as finish_chart
from components.charts.template import Filled, filled
from components.maps.finishing import Map
from components.maps.finishing import finish as finish_map


@singledispatch
def finish(drawn: Any) -> Any:
    """Return `drawn` as its `show` takes it. Raises TypeError for what is neither chart nor map."""
    raise TypeError(f"cannot finish a {type(drawn).__name__}")


@finish.register
def _(drawn: alt.TopLevelMixin) -> Drawing:
    return finish_chart(drawn)


@finish.register
def _(drawn: Filled) -> Drawing:
    return filled(drawn)


@finish.register
def _(drawn: pdk.Deck) -> Map:
    return finish_map(drawn)


@finish.register
def _(drawn: None) -> None:
    return None
