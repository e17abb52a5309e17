"""Organisations side by side, part by part."""

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, tooltip, written
from domain.vocabulary import Part

LETTERS = "ABCD"  # what the organisations are called on charts and in tables
_SHAPES = ("circle", "square", "diamond", "triangle-up")
_ROW = 56  # pixels a part takes


def parts(shares: pd.DataFrame, *, theme: str) -> Chart:
    """Draw the five parts as rows, each organisation as a mark of its own colour and shape, and the median of the first one's peers.

    Expects columns, the organisations in their order: org_code, name, part, share (0–1; NaN: left out, no mark), median (0–1, of the
    part; NaN without peers). An organisation is called by its letter of `LETTERS`.
    """
    look = palette.theme(theme)
    order = [part.value for part in Part]
    known = dict(zip(shares["org_code"].drop_duplicates(), LETTERS, strict=False))
    letters = list(known.values())
    shown = shares.drop(columns="org_code").assign(
        letter=shares["org_code"].map(known),
        title=shares["part"].map(Part.labels()),
        text=written(shares["share"], "{:.1%}"),
        middle=written(shares["median"], "{:.1%}"),
    )
    axis = alt.Axis(title=None, labelExpr=labels(Part.labels()), labelColor=look.ink, grid=False)
    down = alt.Y("part:N", sort=order, axis=axis, scale=alt.Scale(domain=order, paddingInner=0.2, paddingOuter=0.1))
    low = min([*shares["share"].dropna(), *shares["median"].dropna(), 0.6])
    across = alt.Scale(domain=[max(low - 0.05, 0), 1.02], nice=False)
    along = alt.X("share:Q", scale=across, axis=alt.Axis(title=None, format=".0%", tickCount=5))
    spans = (
        alt.Chart(shown.groupby("part", as_index=False).agg(low=("share", "min"), high=("share", "max")))
        .mark_rule(strokeWidth=5, color=look.grid, strokeCap="round")
        .encode(down, alt.X("low:Q", scale=across), alt.X2("high"))
    )
    medians = (
        alt.Chart(shown.drop_duplicates("part"))
        .mark_tick(color=look.quiet, thickness=2, size=30)
        .encode(down, alt.X("median:Q", scale=across), tooltip=tooltip(title="部分", middle="同类中位数"))
    )
    names = dict(zip(shown["letter"], shown["letter"] + "　" + shown["name"], strict=True))
    legend = alt.Legend(title=None, labelExpr=labels(names), labelLimit=260, columns=2)
    colours = alt.Scale(domain=letters, range=[look.accent, look.second, *look.categories[3:]][: len(letters)])
    marks = (
        alt.Chart(shown)
        .mark_point(filled=True, size=170, opacity=1)
        .encode(
            down,
            along,
            alt.Color("letter:N", scale=colours, legend=legend),
            alt.YOffset("letter:N", scale=alt.Scale(domain=letters, padding=0.6)),
            alt.Shape("letter:N", scale=alt.Scale(domain=letters, range=list(_SHAPES[: len(letters)])), legend=legend),
            tooltip=tooltip(name="组织", title="部分", text="得分率", middle="同类中位数"),
        )
    )
    return layered(spans, medians, marks).properties(height=_ROW * len(order) + 40)
