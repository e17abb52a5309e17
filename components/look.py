"""The look of the pages: one style sheet for screens and one for paper, keyed on the containers' keys."""

from pathlib import Path

import streamlit as st

_SHEETS = [Path(__file__).with_name(name) for name in ("theme.css", "print.css")]


def apply() -> None:
    """Load the style sheets."""
    for sheet in _SHEETS:
        st.html(sheet)
