"""A button that prints the page in the reader's browser."""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_button = st.components.v2.component(
    "party_print",
    html=(_HERE / "print.html").read_text(encoding="utf-8"),
    js=(_HERE / "print.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def button(key: str) -> None:
    """Draw the button."""
    _button(key=key, width="content", height="content")
