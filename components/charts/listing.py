"""Lists for the wall: rows of a few texts, each as large as its room allows, without anything to scroll or click."""

from dataclasses import dataclass
from typing import Literal

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart
from domain.vocabulary import Light


@dataclass(frozen=True)
class Field:
    """One text of a row: the frame's column, where it stands (0–1 of the width), how far it may reach (0–1), and its weight."""

    column: str
    at: float
    room: float = 1.0
    align: Literal["left", "right"] = "left"
    tone: Literal["ink", "quiet", "accent", "red"] = "ink"
    bold: bool = False
    lit: bool = False  # a text of a red light: with its icon


def rows(frame: pd.DataFrame, *, theme: str, width: int, fields: tuple[Field, ...], most: int) -> Chart:
    """List the first rows of a frame; texts that need more than their room are cut with an ellipsis.

    Expects the columns that `fields` name, as texts; `width` is the room in pixels. As many rows are laid out as `most`, so that few
    rows stand at the top and are not stretched.
    """
    look = palette.theme(theme)
    inks = {"ink": look.ink, "quiet": look.quiet, "accent": look.accent, "red": look.light_inks[Light.RED]}
    shown = frame.head(most).reset_index(drop=True)
    shown = shown[[field.column for field in fields]].astype("str")
    for field in fields:
        if field.lit:
            shown[field.column] = [f"{palette.ICONS[Light.RED]} {text}" if text else "" for text in shown[field.column]]
    shown = shown.assign(row=[str(number) for number in range(len(shown))])
    order = [str(number) for number in range(most)]
    across = alt.Scale(domain=[0, 1], nice=False)
    base = alt.Chart(shown).encode(alt.Y("row:N", sort=order, axis=None, scale=alt.Scale(domain=order)))
    lines = base.mark_rule(color=look.grid, yOffset=alt.ExprRef(f"height / {2 * max(most, 1)}")).encode(
        x=alt.XDatum(0, scale=across, axis=None), x2=alt.X2Datum(1)
    )
    texts = [
        base.mark_text(
            align=field.align,
            limit=round(width * field.room),
            color=inks[field.tone],
            fontWeight="bold" if field.bold else "normal",
            fontSize=15,
        ).encode(x=alt.XDatum(field.at, scale=across, axis=None), text=f"{field.column}:N")
        for field in fields
    ]
    return alt.layer(lines, *texts)
