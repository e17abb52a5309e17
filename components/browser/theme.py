"""The choice between the dark theme and the light one, kept by the browser; it hands the palette to the style sheet, too."""

from pathlib import Path

import streamlit as st

from components import palette
from domain.vocabulary import Light

_ROOM = Path(__file__).parent

_toggle = st.components.v2.component(
    "party_theme",
    html=(_ROOM / "theme.html").read_text(encoding="utf-8"),
    css=(_ROOM / "theme.css").read_text(encoding="utf-8"),
    js=(_ROOM / "theme.js").read_text(encoding="utf-8"),
)


def toggle(theme: str, paths: list[str]) -> None:
    """Draw the button that changes to the other theme. `theme` is the present one, `paths` are the URLs that shall share it."""
    colours = palette.theme(theme)
    _toggle(
        key="theme",
        data={
            "theme": theme,
            "paths": paths,
            "label": "深色界面" if theme == "light" else "浅色界面",
            "colours": {
                "bar": colours.bar,
                "bar-ink": colours.bar_ink,
                "gold": colours.gold,
                "accent": colours.accent,
                "background": colours.background,
                "surface": colours.surface,
                "ink": colours.ink,
                "quiet": colours.quiet,
                "line": colours.grid,
                "on-primary": colours.on_primary,
                "glow": colours.glow,
                "red": colours.lights[Light.RED],
                "red-ink": colours.light_inks[Light.RED],
            },
        },
        width="content",
        height="content",
    )
