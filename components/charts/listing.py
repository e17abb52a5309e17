"""Lists for the wall: rows of a few texts that are read from five metres, without anything to scroll or click."""

from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, layered
from domain.vocabulary import Light

TYPE, QUIET = 20, 16  # pixels of a row's text, and of what is only read from near
HEAD = 30  # pixels of the line of heads
_LINES = {"only": 0, "upper": -11, "lower": 13}  # pixels from a row's middle


@dataclass(frozen=True)
class Field:
    """One text of a row: the frame's column, where it stands (0–1 of the width), how far it may reach (0–1), and its weight.

    A row of two lines has texts on its upper and its lower one. `head` stands above the column, where any field has one.
    """

    column: str
    at: float
    room: float = 1.0
    align: Literal["left", "right"] = "left"
    tone: Literal["ink", "quiet", "accent", "red", "yellow"] = "ink"
    bold: bool = False
    lit: bool = False  # a text of a light in its tone, red or yellow: with its icon
    line: Literal["only", "upper", "lower"] = "only"
    head: str = ""


@dataclass(frozen=True)
class Bar:
    """A number of a row as a bar on its lower line: the frame's column, and where it begins and ends at most (0–1 of the width)."""

    column: str
    at: float
    to: float


def rows(frame: pd.DataFrame, *, theme: str, width: int, fields: tuple[Field, ...], most: int, bar: Bar | None = None) -> Chart:
    """List the first rows of a frame; texts that need more than their room are cut with an ellipsis.

    Expects the columns that `fields` name, as texts, and that of `bar`, a count; `width` is the room in pixels. As many rows are laid
    out as `most`, so that few rows stand at the top and are not stretched.
    """
    look = palette.theme(theme)
    lights = {"red": Light.RED, "yellow": Light.YELLOW}
    inks = {"ink": look.ink, "quiet": look.quiet, "accent": look.accent} | {tone: look.light_inks[light] for tone, light in lights.items()}
    counts = frame.head(most).reset_index(drop=True)
    shown = counts[[field.column for field in fields]].astype("str")
    for field in fields:
        if field.lit:
            shown[field.column] = [f"{palette.ICONS[lights[field.tone]]} {text}" if text else "" for text in shown[field.column]]
    shown = shown.assign(row=[str(number) for number in range(len(shown))])
    order = [str(number) for number in range(most)]
    across = alt.Scale(domain=[0, 1], nice=False)
    above = HEAD if any(field.head for field in fields) else 0
    down = alt.Scale(domain=order, range=[above, alt.ExprRef("height")])
    base = alt.Chart(shown).encode(alt.Y("row:N", sort=order, axis=None, scale=down))
    lines = base.mark_rule(color=look.grid, yOffset=alt.ExprRef(f"(height - {above}) / {2 * max(most, 1)}")).encode(
        x=alt.XDatum(0, scale=across, axis=None), x2=alt.X2Datum(1)
    )
    texts = [
        base.mark_text(
            align=field.align,
            limit=round(width * field.room),
            color=inks[field.tone],
            fontWeight="bold" if field.bold else "normal",
            fontSize=QUIET if field.tone == "quiet" else TYPE,
            dy=_LINES[field.line],
        ).encode(x=alt.XDatum(field.at, scale=across, axis=None), text=alt.Text(f"{field.column}:N"))
        for field in fields
    ]
    layers = [lines, *texts]
    if above:
        style: dict[str, Any] = {"baseline": "top", "color": look.quiet, "fontSize": QUIET}
        for align in ("left", "right"):
            heads = pd.DataFrame([{"at": field.at, "head": field.head} for field in fields if field.head and field.align == align])
            if len(heads):
                above_rows = alt.Chart(heads).mark_text(**style | {"align": align})
                layers.append(above_rows.encode(alt.X("at:Q", scale=across, axis=None), y=alt.YValue(2), text=alt.Text("head:N")))
    if bar:
        longest = max(float(counts[bar.column].max()), 1.0) if len(counts) else 1.0
        ends = shown.assign(begin=bar.at, end=bar.at + counts[bar.column] / longest * (bar.to - bar.at), to=bar.to)
        beside = alt.Chart(ends).encode(base.encoding.y, alt.X("begin:Q", scale=across, axis=None))
        drawn: dict[str, Any] = {"size": 8, "cornerRadius": 3, "yOffset": _LINES["lower"]}
        layers += [
            beside.mark_bar(color=look.grid, **drawn).encode(alt.X2("to:Q")),
            beside.mark_bar(color=look.lights[Light.RED], **drawn).encode(alt.X2("end:Q")),
        ]
    return layered(*layers)
