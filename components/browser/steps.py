"""The browser's history: one entry for one step of the reader's, so that the back button leads to what was seen before."""

from pathlib import Path

import streamlit as st

_steps = st.components.v2.component("party_steps", js=(Path(__file__).parent / "steps.js").read_text(encoding="utf-8"))


def joined() -> None:
    """Have a change of page by `pages.shared.go.to` make one entry in the browser's history instead of two. Shows nothing."""
    _steps(key="steps", width="content", height="content")
