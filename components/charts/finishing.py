"""From an Altair chart to the page: `finish` once, cached; `show` at every run."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st
from altair.utils import schemapi

# Streamlit's theme inks axes and legends for dark and light; this adds what it leaves open.
_LOOK: dict[str, Any] = {
    "background": "transparent",  # a chart lies on its card's surface
    "view": {"stroke": None},
    "axis": {
        "labelAngle": 0,
        "labelFontSize": 13,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 150,
        "ticks": False,
        "domain": False,
        "labelPadding": 6,
    },
    "legend": {"labelFontSize": 13, "titleFontSize": 12, "orient": "top", "direction": "horizontal", "symbolType": "square", "offset": 2},
    "header": {"labelFontSize": 13, "title": None},
    "text": {"fontSize": 13},
    "padding": {"left": 0, "right": 4, "top": 2, "bottom": 0},
}


@dataclass(frozen=True)
class Drawing:
    """A finished chart: its Vega-Lite specification, whose datasets are Arrow bytes. Plain data, so it may be cached."""

    spec: dict[str, Any]


def finish(chart: alt.TopLevelMixin) -> Drawing:
    """Return a chart with its specification built and its data packed."""
    datasets: dict[str, bytes] = {}
    with _altair, alt.theme.enable("none"), alt.data_transformers.enable("packed", datasets=datasets, known={}):
        spec = chart.to_dict(validate=False)  # half of the time; tests check every chart against the schema
    given = spec.get("config", {})
    spec["config"] = given | {part: _merged(look, given.get(part)) for part, look in _LOOK.items()}
    spec["datasets"] = datasets
    return Drawing(spec)


def show(
    drawing: Drawing,
    *,
    key: str,
    alt: str,
    height: int | Literal["content", "stretch"] = "content",
    on_select: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Show a finished chart. `alt` is what a screen reader says.

    Where the chart has a point selection named "chosen", `on_select` is called with the fields of the mark that was just
    clicked: in the run that the click caused and in no other, so that it may lead to another page.
    """
    if on_select is None:
        st.vega_lite_chart(spec=drawing.spec, key=key, alt=alt, height=height)
        return
    clicked = f"{key}-clicked"
    state = st.vega_lite_chart(
        spec=drawing.spec,
        key=key,
        alt=alt,
        height=height,
        on_select=lambda: st.session_state.update({clicked: True}),
        selection_mode="chosen",
    )
    if st.session_state.pop(clicked, False) and (marks := state["selection"].get("chosen")):
        on_select(dict(marks[0]))


def choosing(*fields: str) -> alt.Parameter:
    """Return the point selection that `show` reports: a click chooses the marks that share these fields."""
    return alt.selection_point("chosen", fields=list(fields), toggle=False)


def _merged(look: Any, given: Any) -> Any:
    return look | given if isinstance(look, dict) and isinstance(given, dict) else given or look


# Altair's data transformer and theme are global to all threads.
_altair = threading.Lock()

# Altair would check every part of a chart against its schema when the part is made: a fifth of the time that a chart takes.
schemapi.disable_debug_mode()


def _packed(data: pd.DataFrame, datasets: dict[str, bytes], known: dict[int, tuple[pd.DataFrame, str]]) -> dict[str, str]:
    """Pack a frame once, however many layers draw it. `known` holds the frames, so that no other gets the identity of one of them."""
    if id(data) not in known:
        rows = packed(data)
        name = sha256(rows).hexdigest()[:16]
        datasets[name] = rows
        known[id(data)] = (data, name)
    return {"name": known[id(data)][1]}


def packed(data: pd.DataFrame) -> bytes:
    """Return the rows of a frame, without its index, as Arrow bytes."""
    table = pa.Table.from_pandas(data, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


alt.data_transformers.register("packed", _packed)  # type: ignore[arg-type]
