"""Sources of records: how many branches deliver, and how many records came each month."""

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, period_axis, tooltip, written
from domain.period import Period
from domain.vocabulary import Light

_ROW = 34  # pixels a source takes
STATES = {"reporting": "正常上报", "silent": "本季停报", "never": "从未上报", "unknown": "标注未知"}
_LIGHTS = {"reporting": Light.GREEN, "silent": Light.YELLOW, "never": Light.RED, "unknown": Light.GREY}


def delivery(states: pd.DataFrame, *, theme: str) -> Chart:
    """Stack the branches of every source by what they deliver, in shares of all, with the share that reports at the end.

    Expects columns: source, name, branches, reporting, silent, never, unknown, share (reporting ÷ branches; NaN without branches).
    """
    look = palette.theme(theme)
    order = states["source"].tolist()
    told = states.assign(
        told=["　".join(f"{word} {row[state]:,}" for state, word in STATES.items()) for row in states.to_dict("records")],
        text=written(states["share"], "{:.1%}"),
        end=1.0,
    )
    long = told.melt(["source", "name", "branches", "told"], list(STATES), "state", "count")
    long = long[long["count"] > 0].assign(rank=long["state"].map({state: place for place, state in enumerate(STATES)}))
    axis = alt.Axis(title=None, labelExpr=labels(dict(zip(states["source"], states["name"], strict=True))), labelColor=look.ink, grid=False)
    down = alt.Y("source:N", sort=order, axis=axis, scale=alt.Scale(domain=order, paddingInner=0.4, paddingOuter=0.15))
    wide = alt.Scale(domain=[0, 1.14], nice=False)
    ink = alt.Scale(domain=list(STATES), range=[look.lights[light] for light in _LIGHTS.values()])
    words = labels({state: f"{palette.ICONS[_LIGHTS[state]]} {word}" for state, word in STATES.items()})
    bars = (
        alt.Chart(long)
        .transform_calculate(part="datum.count / datum.branches")
        .mark_bar()
        .encode(
            down,
            alt.X("part:Q", axis=None, scale=wide, stack="zero"),
            alt.Fill("state:N", scale=ink, legend=alt.Legend(title=None, labelExpr=words)),
            alt.Order("rank:O"),
            tooltip=tooltip(name="数据来源", told="支部"),
        )
    )
    ends = (
        alt.Chart(told)
        .mark_text(align="left", dx=6, color=look.ink, fontWeight="bold")
        .encode(down, alt.X("end:Q", axis=None, scale=wide), alt.Text("text:N"))
    )
    return layered(bars, ends).properties(height=max(len(order), 1) * _ROW + 30)


def flow(records: pd.DataFrame, *, theme: str, names: dict[str, str]) -> Chart:
    """Draw the records of each month as tiles, a row a source, the fuller the stronger; a month that it says nothing of stays empty.

    Expects columns: source, period (month code), records (NaN where the source says nothing).
    """
    look = palette.theme(theme)
    months = sorted(set(records["period"]))
    shown = records.assign(
        name=records["source"].map(names),
        text=written(records["records"], "{:,.0f}"),
        short=[_short(number) for number in records["records"]],
        month=records["period"].map(lambda code: Period.parse(code).label),
    )
    top = records.groupby("source")["records"].transform("max")
    shown["fill"] = [look.surface if pd.isna(part) else _class(part, look) for part in shown["records"] / top.where(top > 0)]
    shown["ink"] = [palette.ink_on(fill, look) for fill in shown["fill"]]
    order = list(names)
    rows = alt.Axis(title=None, labelExpr=labels(names), labelColor=look.ink, grid=False, labelLimit=110)
    base = alt.Chart(shown).encode(
        alt.X("period:O", axis=period_axis(months), scale=alt.Scale(domain=months, paddingInner=0.06)),
        alt.Y("source:N", sort=order, axis=rows, scale=alt.Scale(domain=order, paddingInner=0.25)),
    )
    tiles = base.mark_rect(cornerRadius=3).encode(
        alt.Fill("fill:N", scale=None), tooltip=tooltip(name="数据来源", month="月份", text="记录数")
    )
    texts = base.mark_text(fontSize=12).encode(alt.Text("short:N"), alt.Color("ink:N", scale=None))
    return layered(tiles, texts).properties(height=len(order) * 56)


def _short(number: float) -> str:
    """Write a count so that it fits into a tile: in ten thousands (万) from a hundred thousand on; the tooltip has all of it."""
    if pd.isna(number):
        return "—"
    return f"{number / 10_000:,.0f}万" if number >= 100_000 else f"{number:,.0f}"


def _class(part: float, look: palette.Theme) -> str:
    """The sequence's colour for a share of the largest month, 0–1."""
    return look.sequence[min(int(part * len(look.sequence)), len(look.sequence) - 1)]
