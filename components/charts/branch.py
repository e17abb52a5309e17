"""One organisation's drawings: the five-part portrait, the index by quarter, the year of duties."""

import math
from functools import cache
from typing import Literal

import altair as alt
import pandas as pd

from components import palette
from components.cards import MISSING
from components.charts.base import BESIDE, Chart, labels, layered, light_scale, period_axis, tooltip
from components.charts.finishing import choosing
from components.charts.template import Filled, Rows
from domain.calendar import ROWS, Blank
from domain.vocabulary import DutyStatus, Light, Part

_RINGS = (0.2, 0.4, 0.6, 0.8, 1.0)
_ROOM = 1.42  # of the outer ring: where the parts' names stand
NOW, BEFORE, PEERS = "本季", "上季", "同类中位数"
# Where the words of the bands stand: above and below their lines, which may be close to each other.
_BESIDE_BANDS: tuple[tuple[Light, Literal["bottom", "top"], int], ...] = ((Light.GREEN, "bottom", -3), (Light.YELLOW, "top", 4))


def portrait(parts: pd.DataFrame, *, theme: str) -> Filled:
    """Draw the five parts as a radar: this quarter, the quarter before, the peers' median.

    Expects columns: part, share, before, median (shares in 0–1; NaN: left out). A part that was left out has no corner and says 未计入.
    The circle stays a circle whatever the room, because the wider axis shows more.
    """
    corners = _corners(parts, {"median": PEERS, "before": BEFORE, "share": NOW})
    frames = {"corners": corners, "now": corners[corners["series"] == NOW], "names": _names(parts)}
    return Filled(_radar, frames, {"theme": theme})


def _radar(corners: Rows, now: Rows, names: Rows, *, theme: str) -> Chart:
    colours = palette.theme(theme)
    wide, high = "max(1, width / height)", "max(1, height / width)"
    across = alt.X("x:Q", axis=None, scale=_span(wide))
    up = alt.Y("y:Q", axis=None, scale=_span(high))
    grid = (
        alt.Chart(_rings())
        .mark_line(color=colours.outline, opacity=0.45, strokeWidth=1, interpolate="linear-closed")
        .encode(across, up, alt.Order("order:Q"), alt.Detail("radius:N"))
    )
    spokes = (
        alt.Chart(_spokes())
        .mark_line(color=colours.outline, opacity=0.45, strokeWidth=1)
        .encode(across, up, alt.Order("order:Q"), alt.Detail("part:N"))
    )
    legend = alt.Legend(title=None, orient="bottom", symbolType="stroke", symbolStrokeWidth=3)
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=[NOW, BEFORE, PEERS], range=[colours.accent, colours.second, colours.quiet]),
        legend=legend,
    )
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=[NOW, BEFORE, PEERS], range=[[1, 0], [1, 0], [5, 4]]), legend=None)
    wash = (
        alt.Chart(now)
        .mark_line(interpolate="linear-closed", strokeWidth=0, fill=colours.accent, fillOpacity=0.22)
        .encode(across, up, alt.Order("order:Q"))
    )
    lines = alt.Chart(corners).mark_line(interpolate="linear-closed", strokeWidth=2).encode(across, up, colour, dash, alt.Order("order:Q"))
    dots = (
        alt.Chart(now)
        .mark_point(filled=True, size=46, opacity=1, color=colours.accent)
        .encode(across, up, tooltip=tooltip(name="部分", text="本季得分率"))
    )
    words = (
        alt.Chart(names)
        .mark_text(lineBreak="\n", fontSize=13, lineHeight=17)
        .encode(
            across,
            up,
            alt.Text("text:N"),
            alt.ColorValue(colours.light_inks[Light.GREY], condition={"test": "datum.known", "value": colours.ink}),
        )
    )
    return layered(grid, spokes, wash, lines, dots, words)


def _span(factor: str) -> alt.Scale:
    end = f"{_ROOM} * {factor}"
    return alt.Scale(domainMin=alt.ExprRef(f"-{end}"), domainMax=alt.ExprRef(end), nice=False, zero=False)


def _angle(place: int) -> float:
    """Parts stand clockwise from the top."""
    return math.pi / 2 - place * 2 * math.pi / len(Part)


def _point(place: int, radius: float) -> tuple[float, float]:
    return radius * math.cos(_angle(place)), radius * math.sin(_angle(place))


def _corners(parts: pd.DataFrame, series: dict[str, str]) -> pd.DataFrame:
    """The corners of the parts that are known, of each column of `series` with its name."""
    rows = []
    for column, name in series.items():
        shares = dict(zip(parts["part"], parts[column], strict=True))
        known = [(place, part, float(shares[part.value])) for place, part in enumerate(Part) if pd.notna(shares[part.value])]
        rows += [(name, place, part.label, f"{share:.1%}", *_point(place, share)) for place, part, share in known]
    return pd.DataFrame(rows, columns=["series", "order", "name", "text", "x", "y"])


@cache
def _rings() -> pd.DataFrame:
    rows = [(radius, place, *_point(place, radius)) for radius in _RINGS for place in range(len(Part))]
    return pd.DataFrame(rows, columns=["radius", "order", "x", "y"])


@cache
def _spokes() -> pd.DataFrame:
    rows = [(part.value, end, *_point(place, end)) for place, part in enumerate(Part) for end in (0.0, 1.0)]
    return pd.DataFrame(rows, columns=["part", "order", "x", "y"])


def _names(parts: pd.DataFrame) -> pd.DataFrame:
    shares = parts.set_index("part")["share"]
    rows = []
    for place, part in enumerate(Part):
        known = bool(pd.notna(shares[part.value]))
        value = f"{shares[part.value]:.0%}" if known else "未计入"
        rows.append((f"{part.label}\n{value}", known, *_point(place, 1.28)))
    return pd.DataFrame(rows, columns=["text", "known", "x", "y"])


def quarters(history: pd.DataFrame, *, theme: str, green: float, yellow: float, name: str = "堡垒指数") -> Filled:
    """Draw an index, called `name`, by quarter: a line that breaks where it was not rated, points in their light's colour.

    Expects columns: period, total (NaN: not rated), light, provisional; `green` and `yellow` are the bands' lower ends. A provisional
    quarter is a hollow point and says 暂评; a quarter without a rating says 未评定 at the foot.
    """
    provisional = history["provisional"].eq(True)
    known = history["total"].dropna()
    low = min(float(known.min()) if len(known) else yellow, yellow)
    low -= max(8, (107 - low) * 0.45 - 4)  # room for the lowest figure, and for the note at the foot
    low = 5 * (low // 5)  # so that indices with much the same figures are drawn alike (`Filled`)
    frame = history.assign(
        text=[MISSING if pd.isna(total) else f"{total:.1f}" for total in history["total"]],
        mark=[_rated(total, light, bool(open)) for total, light, open in zip(history["total"], history["light"], provisional, strict=True)],
        note=["未评定" if pd.isna(total) else "暂评" if open else "" for total, open in zip(history["total"], provisional, strict=True)],
        foot=low,
        dip=(history["total"] < history["total"].shift()) & ~(history["total"] > history["total"].shift(-1)),
        provisional=provisional,
    )[["period", "total", "light", "provisional", "text", "mark", "note", "foot", "dip"]]
    bands = pd.DataFrame({"at": [green, yellow], "light": [Light.GREEN.value, Light.YELLOW.value]})
    bands["text"] = [f"{palette.mark(light)} ≥{at:g}" for light, at in zip(bands["light"], bands["at"], strict=True)]
    looks = {"order": tuple(history["period"]), "low": low, "theme": theme, "name": name}
    return Filled(_quarters, {"rated": frame, "bands": bands}, looks)


def _quarters(rated: Rows, bands: Rows, *, order: tuple[str, ...], low: float, theme: str, name: str) -> Chart:
    colours = palette.theme(theme)
    axis = period_axis(order)
    axis.labelFontSize = 11  # so that eight quarters have their names on a third of a laptop's screen
    across = alt.X("period:N", sort=list(order), axis=axis, scale=alt.Scale(domain=[*order, BESIDE, BESIDE * 2]))
    height = alt.Scale(domain=[low, 107], nice=False, zero=False)
    up = alt.Y("total:Q", scale=height, axis=None)
    rules = alt.Chart(bands).mark_rule(color=colours.outline, strokeDash=[4, 4], opacity=0.7).encode(alt.Y("at:Q", scale=height, axis=None))
    words = [
        alt.Chart(bands)
        .mark_text(align="right", baseline=baseline, dx=-2, dy=dy, fontSize=11, color=colours.quiet)
        .encode(alt.Y("at:Q", scale=height, axis=None), x=alt.XValue("width"), text=alt.Text("text:N"))
        .transform_filter(f"datum.light == '{light.value}'")
        for light, baseline, dy in _BESIDE_BANDS
    ]
    base = alt.Chart(rated).encode(across)
    line = base.mark_line(color=colours.quiet, strokeWidth=2, invalid="break-paths-show-domains").encode(up)
    scale = light_scale(theme)
    dots = base.mark_point(size=110, strokeWidth=2.5, opacity=1, invalid="filter").encode(
        up,
        alt.Stroke("light:N", scale=scale, legend=None),
        alt.Fill("light:N", scale=scale, legend=None, condition={"test": "datum.provisional", "value": colours.background}),
        tooltip=tooltip(period="季度", text=name, mark="状态"),
    )
    figures = [_figures(base, up, dip, halo, colours) for dip in (False, True) for halo in (True, False)]
    notes = base.mark_text(baseline="bottom", dy=-2, fontSize=11, color=colours.quiet).encode(
        alt.Y("foot:Q", scale=height, axis=None), alt.Text("note:N")
    )
    return layered(rules, *words, line, dots, *figures, notes)


def _figures(base: alt.Chart, up: alt.Y, dip: bool, halo: bool, colours: palette.Theme) -> alt.Chart:
    """The quarters' figures: above their points, below them in a dip of the line; on a halo, so that a line behind them ends there."""
    texts = base.mark_text(
        dy=20 if dip else -16, fontWeight="bold", color=colours.ink, stroke=colours.surface, strokeWidth=4 if halo else 0
    ).encode(up, alt.Text("text:N"))
    return texts.transform_filter(f"isValid(datum.total) && {'' if dip else '!'}datum.dip")


def _rated(total: float, light: object, provisional: bool) -> str:
    if pd.isna(total):
        return palette.mark(Light.GREY)
    word = palette.mark(str(light)) if isinstance(light, str) else ""
    return f"{word}（暂评）" if provisional else word


# Colour and symbol of a duty's cell: never colour alone.
_CELLS: dict[str, tuple[Light | None, str, str]] = {
    DutyStatus.HELD.value: (Light.GREEN, palette.ICONS[Light.GREEN], DutyStatus.HELD.label),
    DutyStatus.LATE.value: (Light.YELLOW, palette.ICONS[Light.YELLOW], DutyStatus.LATE.label),
    DutyStatus.MISSED.value: (Light.RED, palette.ICONS[Light.RED], DutyStatus.MISSED.label),
    DutyStatus.UNKNOWN.value: (Light.GREY, palette.ICONS[Light.GREY], DutyStatus.UNKNOWN.label),
    DutyStatus.DUE.value: (None, "○", DutyStatus.DUE.label),
    Blank.AHEAD.value: (None, "", Blank.AHEAD.label),
    Blank.NONE.value: (None, "–", Blank.NONE.label),
}


def duty_legend() -> str:
    """Return the calendar's symbols with their words, in one line."""
    return "　".join(f"{symbol} {word}" for _, symbol, word in _CELLS.values() if symbol)


def year_of_duties(cells: pd.DataFrame, *, theme: str) -> Chart:
    """Draw a branch's year: duties down, months across, one cell a period in its status' colour with its symbol.

    A click chooses by `duty` and `period`; a month without a duty (a blank) has no period.

    Expects columns: duty, period, first_month, last_month, status, due_on, done_on (of `domain.calendar.year_of_duties`).
    """
    colours = palette.theme(theme)
    order = list(ROWS)
    fills = [_fill(status, colours) for status in cells["status"]]
    frame = pd.DataFrame(
        {
            "duty": cells["duty"],
            "period": cells["period"],
            "from": cells["first_month"] - 0.96,
            "to": cells["last_month"] - 0.04,
            "middle": (cells["first_month"] + cells["last_month"] - 1) / 2,
            "fill": fills,
            "symbol": [_CELLS[status][1] for status in cells["status"]],
            "ink": [palette.ink_on(fill, colours) for fill in fills],
            "name": cells["duty"].map(ROWS),
            "status": [_CELLS[status][2] for status in cells["status"]],
            "due": [_day(day) for day in cells["due_on"]],
            "done": [_day(day) for day in cells["done_on"]],
        }
    )
    months = alt.Axis(
        title=None,
        values=[month - 0.5 for month in range(1, 13)],
        labelExpr="ceil(datum.value) + '月'",
        orient="top",
        grid=False,
        labelPadding=4,
    )
    span = alt.Scale(domain=[0, 12], nice=False)
    across = alt.X("from:Q", scale=span, axis=months)
    down = alt.Y(
        "duty:N",
        sort=order,
        scale=alt.Scale(domain=order, paddingInner=0.12),
        axis=alt.Axis(title=None, labelExpr=labels(ROWS), labelLimit=120),
    )
    base = alt.Chart(frame)
    rects = base.mark_rect(cornerRadius=3, cursor="pointer").encode(
        across,
        alt.X2("to"),
        down,
        alt.Fill("fill:N", scale=None),
        tooltip=tooltip(name="事项", status="状态", due="期限", done="完成日期"),
    )
    rects = rects.add_params(choosing("duty", "period"))
    symbols = base.mark_text(fontSize=13, fontWeight="bold").encode(
        alt.X("middle:Q", scale=span, axis=months), down, alt.Text("symbol:N"), alt.Color("ink:N", scale=None)
    )
    return layered(rects, symbols).properties(height={"step": 30})


def _fill(status: str, colours: palette.Theme) -> str:
    light = _CELLS[status][0]
    if light:
        return colours.lights[light]
    return colours.accent_wash if status == DutyStatus.DUE else colours.surface


def _day(day: pd.Timestamp) -> str:
    return MISSING if pd.isna(day) else f"{day:%Y-%m-%d}"
