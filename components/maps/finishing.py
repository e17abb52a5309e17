"""From a deck to the page: `finish` once, cached; `show` at every run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pydeck as pdk
import streamlit as st


@dataclass(frozen=True)
class Map:
    """A finished map: the JSON text of its deck and its tooltip, under the names by which Streamlit asks a deck for them."""

    text: str
    _tooltip: dict[str, Any]

    def to_json(self) -> str:
        """The deck as JSON."""
        return self.text


def finish(deck: pdk.Deck) -> Map:
    """Return a deck as compact text, ready to be cached and sent."""
    return Map(json.dumps(json.loads(deck.to_json()), ensure_ascii=False, separators=(",", ":")), deck._tooltip)


def show(
    drawing: Map,
    *,
    key: str,
    alt: str,
    height: int | Literal["stretch"] = 560,
    on_select: Callable[[str, dict[str, Any]], None] | None = None,
) -> None:
    """Show a finished map. `alt` is what a screen reader says. A new `key` brings the camera back to the whole.

    `on_select` is called with the layer's id and the row of what was just clicked: in the run that the click caused and in no
    other, so that it may lead to another page. The row comes from the browser: its code is checked before it is trusted.
    """
    if on_select is None:
        st.pydeck_chart(drawing, key=key, alt=alt, height=height)  # type: ignore[arg-type]
        return
    clicked = f"{key}-clicked"
    state = st.pydeck_chart(
        drawing,  # type: ignore[arg-type]
        key=key,
        alt=alt,
        height=height,
        on_select=lambda: st.session_state.update({clicked: True}),
        selection_mode="single-object",
    )
    if st.session_state.pop(clicked, False):
        for layer, rows in state["selection"]["objects"].items():
            if rows:
                on_select(layer, dict(rows[0]))
