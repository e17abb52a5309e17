"""A cookie that the reader's browser keeps, or forgets. It answers nothing, so that no run of a page waits for it or is cut short."""

from datetime import timedelta
from pathlib import Path

import streamlit as st

_cookie = st.components.v2.component("party_cookie", js=(Path(__file__).parent / "cookie.js").read_text(encoding="utf-8"))


def keep(name: str, value: str, lifetime: timedelta) -> None:
    """Have the browser keep `value` (of characters that a cookie may hold) for `lifetime`; "" is forgotten. Shows nothing."""
    _cookie(
        key="cookie-kept",
        data={"name": name, "value": value, "seconds": int(lifetime.total_seconds())},
        width="content",
        height="content",
    )
