"""The two indices: who stands where, and how they moved from quarter to quarter."""

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import BESIDE, Chart, labels, layered, light_scale, named, period_axis, tooltip, written
from components.charts.counts import tracks
from components.charts.finishing import choosing
from domain.period import Period
from domain.vocabulary import Light

_ROW = 27  # pixels a ranked row takes
_BAR = 17  # pixels of its bar


def ranking(standing: pd.DataFrame, *, theme: str, green: float, yellow: float, rows: int, grown: float = 1) -> Chart:
    """Rank rows as bars of the fortress index in their light's colour, with the pioneer index as a diamond beside it.

    Expects columns, best first: key (unique), name, score, light, pioneer (scores 0–100, NaN where not rated), branches, rated (the
    counts it stands on). Of more than `rows` rows the last are drawn. `green` and `yellow` are the bands' lower bounds. Bars begin
    at zero. `grown` is how much the type will be enlarged: so much more room the columns of figures take. A click chooses by `key`.
    """
    look = palette.theme(theme)
    standing = standing.tail(rows)
    order = standing["key"].tolist()
    shown = standing.assign(
        score_text=written(standing["score"], "{:.1f}"),
        pioneer_text=written(standing["pioneer"], "{:.1f}"),
        light_text=standing["light"].map(palette.mark),
        base=[
            f"{rated:,.0f} / {branches:,.0f} 个支部参评" for rated, branches in zip(standing["rated"], standing["branches"], strict=True)
        ],
    )
    marks = standing["light"].map(lambda light: palette.ICONS[Light(light)])
    lit = standing.assign(name=marks + " " + standing["name"])
    names = alt.Axis(title=None, labelExpr=named(lit, "key", "name"), labelLimit=132, labelColor=look.ink)
    figures = 98 * grown  # pixels of the two columns that stand beside
    across = alt.Scale(domain=[0, 100], nice=False, range=[0, alt.ExprRef(f"width - {figures:.0f}")])
    base = alt.Chart(shown).encode(alt.Y("key:N", sort=order, axis=names, scale=alt.Scale(paddingInner=0.34, paddingOuter=0.1)))
    chosen = choosing("key")
    bars = (
        base.mark_bar(size=_BAR, cornerRadiusEnd=3, cursor="pointer")
        .encode(
            alt.X("score:Q", scale=across, axis=None),
            alt.Color("light:N", scale=light_scale(theme), legend=None),
            alt.OpacityValue(0.35, condition={"param": chosen.name, "value": 1}),
            tooltip=tooltip(name="名称", score_text="堡垒指数", light_text="状态", pioneer_text="先锋指数", base="评定范围"),
        )
        .add_params(chosen)
    )
    pioneers = base.mark_point(shape="diamond", filled=True, size=95, opacity=1, stroke=look.background, strokeWidth=1.5).encode(
        alt.X("pioneer:Q", scale=across, axis=None), alt.ColorValue(look.second)
    )
    scores = base.mark_text(align="right", dx=-46, fontWeight="bold", color=look.ink).encode(alt.X(value="width"), alt.Text("score_text:N"))
    seconds = base.mark_text(align="right", color=look.second).encode(alt.X(value="width"), alt.Text("pioneer_text:N"))
    bounds = alt.Chart(pd.DataFrame({"at": [green, yellow]})).mark_rule(strokeDash=[3, 3], color=look.outline, opacity=0.8)
    return layered(bars, bounds.encode(alt.X("at:Q", scale=across, axis=None)), pioneers, scores, seconds).properties(
        height=max(len(order), 1) * _ROW
    )


def trend(history: pd.DataFrame, *, theme: str, green: float, yellow: float, worded: bool = True) -> Chart:
    """Draw indices by quarter as lines over the bands; a missing quarter breaks the line, a provisional one (暂评) is hollow.

    Expects columns: period (code), series ("fortress" or "pioneer"), value (0–100, NaN where not rated), provisional (bool).
    `worded` writes what the bands' bounds are called; where it does not, the chart is low, and its type enlarged.
    """
    look = palette.theme(theme)
    titles = {"fortress": "堡垒指数", "pioneer": "先锋指数"}
    shown = history.assign(
        title=history["series"].map(titles),
        text=written(history["value"], "{:.1f}"),
        state=history["provisional"].map({True: "暂评", False: "定评"}),
        quarter=history["period"].map(lambda code: Period.parse(code).label),
        upper=history["value"] >= history.groupby("period")["value"].transform("max"),  # its figure stands above the point
    )
    known = history["value"].dropna()
    bottom, top = min([*known, yellow]), max([*known, green])
    room = (top - bottom) * (0.17 if worded else 0.3)  # for the lowest figure, which stands below its point, and for the highest above
    scale = alt.Scale(domain=[bottom - max(room, 2), min(top + max(room, 2.5), 108)], nice=False)
    ink = alt.Scale(domain=list(titles), range=[look.accent, look.second])
    legend = alt.Legend(title=None, labelExpr=labels(titles), symbolType="stroke", symbolStrokeWidth=3)
    periods = sorted(set(history["period"]))
    base = alt.Chart(shown).encode(
        alt.X("period:O", axis=period_axis(periods), scale=alt.Scale(domain=[*periods, *([BESIDE] if worded else [])])),
        alt.Color("series:N", scale=ink, legend=legend),
    )
    value = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(tickCount=4))
    lines = base.mark_line(strokeWidth=2.5, interpolate="monotone").encode(value)
    hover = tooltip(quarter="季度", title="指标", text="得分", state="评定")
    rated = base.mark_point(filled=True, size=72, opacity=1).encode(value, tooltip=hover).transform_filter("!datum.provisional")
    hollow = base.mark_point(size=72, opacity=1, fill=look.background, strokeWidth=2.5).encode(value, tooltip=hover)
    texts = [
        mark.encode(value, alt.Text("text:N")).transform_filter(f"{side} && isValid(datum.value)")
        for side, dy in (("datum.upper", -13), ("!datum.upper", 15))
        for mark in (
            base.mark_text(dy=dy, fontWeight="bold", stroke=look.surface, strokeWidth=4),  # a figure stays legible on a line
            base.mark_text(dy=dy, fontWeight="bold"),
        )
    ]
    bounds = pd.DataFrame({"at": [green, yellow], "word": ["正常线", "关注线"]})
    bands = alt.Chart(bounds).mark_rule(strokeDash=[3, 3], color=look.outline).encode(alt.Y("at:Q", scale=scale))
    heads = alt.Chart(bounds if worded else bounds.head(0)).mark_text(align="right", dx=-2, dy=-7, fontSize=12, color=look.quiet)
    words = heads.encode(alt.Y("at:Q", scale=scale), alt.X(value="width"), alt.Text("word:N"))
    return layered(bands, words, lines, rated, hollow.transform_filter("datum.provisional"), *texts)


def parts(shares: pd.DataFrame, *, theme: str, grown: float = 1) -> Chart:
    """Draw how much of each part of the index was reached, and the change against the quarter before.

    A part that nobody is rated on says 未计入 in the place of its figure.

    Expects columns: part, name, value, previous (percent; NaN where no branch stands on the part).
    """
    change = shares["value"] - shares["previous"]
    notes = written(change, "{:+.1f}").replace({"+0.0": "持平", "-0.0": "持平"}).where(shares["value"].notna(), "")
    rows = pd.DataFrame({"key": shares["part"], "name": shares["name"], "value": shares["value"], "note": notes})
    return tracks(rows, theme=theme, rate="得分率", note="较上季（百分点）", room=52, grown=grown, absent="未计入")
