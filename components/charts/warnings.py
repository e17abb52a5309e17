"""Warnings (预警): open lights counted by rule, age or place, in the colours of their lights."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, light_legend, light_scale, tooltip
from components.charts.finishing import choosing
from domain.light_counts import COLOURS, SHOWN
from domain.vocabulary import Light

_LEGEND, _LEAST = 26, 44  # pixels of the legend, and of the bars however few
_OTHER = "…"  # the key of all further rows
_LEAST_ROW, _MOST_ROW = 17, 30  # pixels of a bar


def lights_by(
    tables: Mapping[str, pd.DataFrame],
    *,
    by: str,
    theme: str,
    own: str | None = None,
    legend: bool = True,
    room: int = 340,
    most: int | None = None,
    grown: float = 1,
) -> Chart:
    """Stack the lights of each row as a bar, the total at its end; where a row is chosen as reader's `own`, the others step back.

    Expects tables of `domain.light_counts.counted`, and draws the one `by`. The bars share about `room` pixels. With `most`, the rows with
    the most lights come first, and what would be more rows than these is one row at the end. `grown` is how much the type will be
    enlarged. A click chooses by `key`.
    """
    look = palette.theme(theme)
    counts = tables[by] if most is None else _largest(tables[by], most)
    row = min(max(room // max(len(counts), 1), _LEAST_ROW), _MOST_ROW)
    rows = counts.assign(
        total=counts[COLOURS].sum(axis=1),
        state=["　".join(f"{palette.mark(light)} {row[light.value]:,}" for light in SHOWN) for row in counts.to_dict("records")],
        shade=[1.0 if own in (None, code) else 0.35 for code in counts["key"]],
    )
    order = rows["key"].tolist()
    names = dict(zip(rows["key"], rows["name"], strict=True))
    long = rows.melt(["key", "name", "state", "shade"], COLOURS, "light", "count")
    long = long[long["count"] > 0].assign(rank=long["light"].map({colour: place for place, colour in enumerate(COLOURS)}))
    axis = alt.Axis(title=None, labelExpr=labels(names), labelColor=look.ink, grid=False, labelLimit=110, labelOverlap=False)
    down = alt.Y("key:N", sort=order, axis=axis, scale=alt.Scale(domain=order, paddingInner=0.34, paddingOuter=0.1))
    top = max(float(rows["total"].max()) if len(rows) else 1.0, 1.0)
    across = alt.Scale(domain=[0, top * (1 + 0.16 * grown)], nice=False)
    bars = (
        alt.Chart(long)
        .mark_bar(cursor="pointer")
        .encode(
            down,
            alt.X("count:Q", axis=None, scale=across, stack="zero"),
            alt.Fill("light:N", scale=light_scale(theme), legend=_legend() if legend else None),
            alt.Order("rank:O"),
            alt.Opacity("shade:Q", scale=None),
            tooltip=tooltip(name="类别", state="未消除"),
        )
        .add_params(choosing("key"))
    )
    ends = (
        alt.Chart(rows.assign(text=rows["total"].map("{:,}".format)))
        .mark_text(align="left", dx=6, color=look.ink)
        .encode(down, alt.X("total:Q", axis=None, scale=across), alt.Text("text:N"))
    )
    return layered(bars, ends).properties(height=max(len(order) * row, _LEAST) + (_LEGEND if legend else 0))


def _largest(counts: pd.DataFrame, most: int) -> pd.DataFrame:
    """The `most` rows with the most lights, the largest first, and the others as one row."""
    order = counts[COLOURS].sum(axis=1).sort_values(ascending=False, kind="stable").index
    ranked, rest = counts.loc[order].head(most), counts.loc[order].iloc[most:]
    if len(rest) < 2:
        return counts.loc[order]
    other = rest[COLOURS].sum().to_frame().T.assign(key=_OTHER, name=f"其他（{len(rest)}）")
    return pd.concat([ranked, other], ignore_index=True)


def _legend() -> alt.Legend:
    legend = light_legend()
    legend.values = COLOURS
    return legend


def newest(lights: pd.DataFrame, *, theme: str, width: int) -> Chart:
    """List red lights as rows: organisation, what is wrong, and how many days it has been on, as a bar with its number.

    Expects columns, in order of rows: light_id, org_name, title, days. `width` is the room in pixels; a longer name is cut.
    """
    look = palette.theme(theme)
    shown = lights.assign(
        key=lights["light_id"].astype(str),
        what=[f"{palette.ICONS[Light.RED]} {title}" for title in lights["title"]],
        text=lights["days"].map("{:,} 天".format),
    )
    order = shown["key"].tolist()
    across = alt.Scale(domain=[0, 1], nice=False)
    base = alt.Chart(shown).encode(
        alt.Y("key:N", sort=order, axis=None, scale=alt.Scale(domain=order)),
        tooltip=tooltip(org_name="党组织", title="事项", text="已亮灯"),
    )
    lines = base.mark_rule(color=look.grid, yOffset=16).encode(x=alt.XDatum(0, scale=across, axis=None), x2=alt.X2Datum(1))
    names = base.mark_text(align="left", limit=round(width * 0.53), color=look.ink).encode(
        x=alt.XDatum(0, scale=across, axis=None), text=alt.Text("org_name:N")
    )
    rules = base.mark_text(align="left", fontWeight="bold", color=look.light_inks[Light.RED]).encode(
        x=alt.XDatum(0.56, scale=across, axis=None), text=alt.Text("what:N")
    )
    days = base.mark_text(align="right", fontWeight="bold", color=look.ink).encode(
        x=alt.XDatum(1, scale=across, axis=None), text=alt.Text("text:N")
    )
    return layered(lines, names, rules, days)
