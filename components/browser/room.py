"""How much room a drawing has in the reader's browser, for what has to be laid out in pixels."""

import re
from pathlib import Path

import streamlit as st

_FORM = re.compile(r"(\d{2,5})x(\d{2,5})\Z")

_measure = st.components.v2.component(
    "party_room", js=(Path(__file__).parent / "room.js").read_text(encoding="utf-8"), isolate_styles=False
)


def measured(key: str, default: tuple[int, int]) -> tuple[int, int]:
    """Return the width of the column that this is drawn in and the height of the window, in pixels, in steps of 40.

    The browser answers once it has drawn the page for the first time, and again when the window changes; until then, and for
    an answer that is none, it is `default`.
    """
    answer = _measure(key=key, default={"room": None}, on_room_change=lambda: None, height=1).room
    found = _FORM.fullmatch(answer) if isinstance(answer, str) else None
    return (int(found[1]), int(found[2])) if found else default
