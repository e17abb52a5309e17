"""Counts and shares: compositions, stacks of states, monthly flows, coverage."""

import re

import altair as alt
import pandas as pd

from components import palette
from components.cards import MISSING
from components.charts.base import Chart, labels, layered, named, period_axis, tooltip, written
from components.charts.finishing import choosing
from domain.vocabulary import Light, TermState

_ROW = 30  # pixels a row of bars takes
_BAR = 15  # pixels of a bar, however few there are
_BAND = re.compile(r"^(?P<low>\d+)(?:—(?P<high>\d+))?[岁年](?P<side>及以[上下])?$")
_SIDES = {"及以下": "≤", "及以上": "≥"}


def columns(composition: pd.DataFrame, *, theme: str, unit: str) -> Chart:
    """Draw the ordered bands of a composition as columns with their shares.

    Expects columns, in order: category, label, count, share (percent, NaN where empty). Under the columns "31—35岁" stands as 31-35
    and "61岁及以上" as ≥61: the whole label does not fit there, and is in the tooltip.
    """
    look = palette.theme(theme)
    order = composition["category"].tolist()
    short = labels(dict(zip(order, map(_short, composition["label"]), strict=True)))
    axis = alt.Axis(title=None, labelExpr=short, grid=False, labelOverlap=False, labelFontSize=12, labelColor=look.ink)
    shown = _worded(composition, unit).assign(rounded=composition["share"].map(_rounded))
    base = alt.Chart(shown).encode(
        alt.X("category:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.35, paddingOuter=0.2)),
        alt.Y("count:Q", axis=None, scale=_headroom(composition["count"])),
    )
    bars = base.mark_bar(cornerRadiusEnd=3, color=look.accent).encode(tooltip=tooltip(label="类别", counted="数量", shared="占比"))
    return layered(bars, base.mark_text(dy=-8, color=look.ink, fontSize=12).encode(alt.Text("rounded:N")))


def bars(composition: pd.DataFrame, *, theme: str, unit: str, second: bool = False) -> Chart:
    """Draw the categories of a composition as bars, each with its count and share. Expects the columns of `columns`.

    What is counted beside members, as organisations are, may have the `second` colour.
    """
    look = palette.theme(theme)
    order = composition["category"].tolist()
    axis = alt.Axis(title=None, labelExpr=named(composition, "category", "label"), grid=False, labelLimit=110, labelColor=look.ink)
    base = alt.Chart(_worded(composition, unit)).encode(
        alt.Y("category:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.4, paddingOuter=0.15)),
        alt.X("count:Q", axis=None, scale=_headroom(composition["count"], 1.75)),
    )
    marks = base.mark_bar(size=_BAR, cornerRadiusEnd=3, color=look.second if second else look.accent).encode(
        tooltip=tooltip(label="类别", counted="数量", shared="占比")
    )
    texts = base.mark_text(align="left", dx=6, color=look.ink, fontSize=12).encode(alt.Text("both:N"))
    return layered(marks, texts).properties(height=max(len(order), 1) * _ROW)


def lit_stacks(
    states: pd.DataFrame,
    *,
    theme: str,
    unit: str,
    words: dict[str, str],
    chooses: bool = False,
    shares: bool = False,
    awaited: Light | None = None,
    counted: bool = False,
) -> Chart:
    """Stack counts in the colours of their lights, a row a key; the rows' totals stand at their ends.

    Expects columns, in order of rows: key (unique a row), name, light, count; one row a key and light. `words` names the lights in
    the order of the stack. With `chooses`, a click chooses by `key` and `light`; with `shares`, every row is as long as the others. What
    is only `awaited` is no light, and has a quiet colour; with `counted`, the count of every state stands below the row.
    """
    look = palette.theme(theme)
    order = states["key"].drop_duplicates().tolist()
    totals = states.groupby("key", sort=False)["count"].transform("sum")
    shown = states.assign(
        state=states["light"].map(words),
        counted=written(states["count"], f"{{:,.0f}} {unit}"),
        rank=states["light"].map({light: place for place, light in enumerate(words)}),
    )
    axis = alt.Axis(title=None, labelExpr=named(states, "key", "name"), grid=False, labelColor=look.ink)
    rows = alt.Y("key:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.4, paddingOuter=0.15))
    scale = alt.Scale(domain=[0, 1.22]) if shares else _headroom(totals, 1.2)
    fills = alt.Scale(domain=list(words), range=[look.second if light == awaited else look.lights[light] for light in words])
    stack = (
        alt.Chart(shown)
        .mark_bar(size=_BAR, cursor="pointer" if chooses else "default")
        .encode(
            rows,
            alt.X("count:Q", axis=None, scale=scale, stack="normalize" if shares else "zero"),
            alt.Color("light:N", scale=fills, legend=alt.Legend(title=None, labelExpr=labels(words), columns=2)),
            alt.Order("rank:O"),
            tooltip=tooltip(name="类别", state="状态", counted="数量"),
        )
    )
    if chooses:
        stack = stack.add_params(choosing("key", "light"))
    sums = pd.DataFrame({"key": states["key"], "total": totals}).drop_duplicates("key")
    ends = alt.Chart(sums.assign(text=written(sums["total"], "{:,.0f}"))).mark_text(align="left", dx=6, color=look.ink)
    ends = ends.encode(rows, alt.X(datum=1, scale=scale) if shares else alt.X("total:Q", axis=None, scale=scale), alt.Text("text:N"))
    layers = [stack, ends]
    if counted:
        shown["told"] = shown["state"].str[:1] + written(states["count"], " {:,.0f}")
        told = shown[shown["count"] > 0].sort_values("rank").groupby("key", sort=False)["told"].agg("　".join).reset_index()
        below = alt.Chart(told).mark_text(align="left", dy=15, fontSize=12, color=look.quiet)
        layers.append(below.encode(rows, alt.X(value=0), alt.Text("told:N")))
    return layered(*layers).properties(height=max(len(order), 1) * _ROW + 26)


def terms(states: pd.DataFrame, *, theme: str, chooses: bool = False) -> Chart:
    """Stack organisations by where their term of office stands, and say below each kind how many terms ended and were renewed.

    Expects columns: kind, name, state (a `TermState`), count; due, held, on_time (elections of the last twelve months, a kind's own). With
    `chooses`, a click chooses by `key` (the kind) and `light`.
    """
    look = palette.theme(theme)
    lights = {TermState.VALID: Light.GREEN, TermState.SOON: Light.YELLOW, TermState.OVERDUE: Light.RED, TermState.UNKNOWN: Light.GREY}
    words = {lights[state].value: f"{palette.ICONS[lights[state]]} {state.label}" for state in TermState}
    shown = states.assign(key=states["kind"], light=states["state"].map({state.value: light.value for state, light in lights.items()}))
    stacks = lit_stacks(shown[["key", "name", "light", "count"]], theme=theme, unit="个", words=words, shares=True, chooses=chooses)
    kinds = states.drop_duplicates("kind")
    told = [
        f"近12月届满 {due:,}，换届 {held:,}" + (f"，按期 {on_time:,}" if held else "")
        for due, held, on_time in zip(kinds["due"], kinds["held"], kinds["on_time"], strict=True)
    ]
    below = alt.Chart(pd.DataFrame({"key": kinds["kind"], "text": told})).mark_text(align="left", dy=20, fontSize=12, color=look.quiet)
    return layered(stacks, below.encode(alt.Y("key:N", sort=kinds["kind"].tolist()), alt.X(value=0), alt.Text("text:N")))


def lights_by_rule(lights: pd.DataFrame, *, theme: str, rows: int) -> Chart:
    """Stack open lights by rule, at most `rows` of them, grey ones too. A click chooses by `key`, the rule.

    Expects columns, worst first: rule_id, title, red, yellow, grey.
    """
    colours = [Light.RED.value, Light.YELLOW.value, Light.GREY.value]
    first = lights[lights[colours].sum(axis=1) > 0].head(rows)
    long = first.melt(["rule_id", "title"], colours, var_name="light", value_name="count")
    long = long.rename(columns={"rule_id": "key", "title": "name"})
    order = {rule: place for place, rule in enumerate(first["rule_id"])}
    long = long.sort_values("key", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)
    return lit_stacks(long, theme=theme, unit="项", words={light: palette.mark(light) for light in colours}, chooses=True)


def monthly(flows: pd.DataFrame, *, theme: str, titles: dict[str, str], unit: str, labelled: int = 12) -> Chart:
    """Draw counts by month as grouped columns, a colour a series.

    Expects columns: period (month code), series (a key of `titles`), count (NaN where nothing is known: no column).
    """
    look = palette.theme(theme)
    months = sorted(set(flows["period"]))
    shown = flows.assign(
        title=flows["series"].map(titles),
        counted=written(flows["count"], f"{{:,.0f}} {unit}"),
        month=flows["period"].map(lambda code: f"{code[:4]}年{int(code[5:])}月"),
    )
    ink = alt.Scale(domain=list(titles), range=[look.accent, look.second, look.quiet][: len(titles)])
    legend = alt.Legend(title=None, labelExpr=labels(titles))
    base = alt.Chart(shown).encode(
        alt.X("period:O", axis=period_axis(months, labelled=labelled), scale=alt.Scale(domain=months, paddingInner=0.25, paddingOuter=0.1)),
        alt.XOffset("series:N", sort=list(titles), scale=alt.Scale(paddingInner=0.08)),
        alt.Y("count:Q", title=None, axis=alt.Axis(tickCount=4, tickMinStep=1, format=",d"), scale=_headroom(flows["count"])),
        alt.Color("series:N", scale=ink, legend=legend),
    )
    return base.mark_bar(cornerRadiusEnd=2).encode(tooltip=tooltip(month="月份", title="指标", counted="人数"))


def rate_by_month(rates: pd.DataFrame, *, theme: str, open_from: str | None, labelled: int = 12) -> Chart:
    """Draw a rate by month as columns with their figures; months from `open_from` on are still running, and hollow.

    Expects columns: period (month code), value (percent, NaN where nothing is known: a gap), base (count it stands on).
    """
    look = palette.theme(theme)
    months = sorted(set(rates["period"]))
    running = rates["period"] >= open_from if open_from else pd.Series(False, index=rates.index)
    shown = rates.assign(
        fill=running.map({True: look.background, False: look.accent}),
        figure=written(rates["value"], "{:.0f}"),
        text=written(rates["value"], "{:.1f} %"),
        due=written(rates["base"], "{:,.0f}"),
        month=rates["period"].map(lambda code: f"{code[:4]}年{int(code[5:])}月"),
        state=running.map({True: "进行中", False: "已结束"}),
    )
    base = alt.Chart(shown).encode(
        alt.X("period:O", axis=period_axis(months, labelled=labelled), scale=alt.Scale(domain=months, paddingInner=0.3, paddingOuter=0.1)),
        alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[0, 118], nice=False)),
    )
    bars = base.mark_bar(cornerRadiusEnd=2, stroke=look.accent, strokeWidth=1.5).encode(
        alt.Fill("fill:N", scale=None), tooltip=tooltip(month="月份", text="比率", due="应交人月", state="状态")
    )
    return layered(bars, base.mark_text(dy=-8, fontSize=12, color=look.ink).encode(alt.Text("figure:N")))


def tracks(rates: pd.DataFrame, *, theme: str, rate: str, note: str, room: int, grown: float = 1, absent: str = MISSING) -> Chart:
    """Draw rates as filled tracks of 100 percent, each with its figure and a note at the end.

    Expects columns, in order: key (unique), name, value (percent; NaN where there is none), note (text). `rate` and `note` name the two
    in the tooltip; `room` is what the note takes, in pixels, and `grown` how much the type will be enlarged; `absent` is written where
    there is no rate.
    """
    look = palette.theme(theme)
    order = rates["key"].tolist()
    shown = rates.assign(whole=100.0, text=written(rates["value"], "{:.1f} %").where(rates["value"].notna(), absent))
    axis = alt.Axis(title=None, labelExpr=named(rates, "key", "name"), grid=False, labelColor=look.ink)
    across = alt.Scale(domain=[0, 100], nice=False, range=[0, alt.ExprRef(f"width - {(room + 66) * grown:.0f}")])
    base = alt.Chart(shown).encode(
        alt.Y("key:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.5, paddingOuter=0.2)),
        tooltip=tooltip(name="名称", text=rate, note=note),
    )
    whole = base.mark_bar(size=_BAR, cornerRadius=3, color=look.grid).encode(alt.X("whole:Q", axis=None, scale=across))
    filled = base.mark_bar(size=_BAR, cornerRadius=3, color=look.accent).encode(alt.X("value:Q", axis=None, scale=across))
    figures = base.mark_text(align="right", dx=-room, color=look.ink, fontWeight="bold").encode(alt.X(value="width"), alt.Text("text:N"))
    notes = base.mark_text(align="right", color=look.quiet, fontSize=12).encode(alt.X(value="width"), alt.Text("note:N"))
    return layered(whole, filled, figures, notes).properties(height=max(len(order), 1) * _ROW)


def _rounded(share: float) -> str:
    """A share in whole percent; what is there is never 0 %."""
    if pd.isna(share):
        return MISSING
    return "<1 %" if 0 < share < 0.5 else f"{share:.0f} %"


def _short(label: str) -> str:
    return _BAND.sub(lambda band: f"{_SIDES.get(band['side'], '')}{band['low']}{'-' + band['high'] if band['high'] else ''}", label)


def _worded(composition: pd.DataFrame, unit: str) -> pd.DataFrame:
    counted = written(composition["count"], "{:,.0f}")
    shared = written(composition["share"], "{:.1f} %")
    return composition.assign(counted=counted + f" {unit}", shared=shared, both=counted + " · " + shared)


def _headroom(counts: pd.Series, factor: float = 1.18) -> alt.Scale:
    """A scale from zero with room beyond the largest value for its label."""
    top = counts.max()
    return alt.Scale(domain=[0, float(top) * factor if top == top and top > 0 else 1], nice=False)
