"""Admissions: where they stall by district, and which clocks run out in the coming weeks."""

from datetime import date, timedelta

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, tooltip
from components.charts.counts import lit_stacks
from domain.vocabulary import Light

_WORDS = {light.value: palette.mark(light) for light in (Light.RED, Light.YELLOW, Light.GREY)} | {Light.GREEN.value: "✓ 期限内"}
OVERDUE = "已超期"


def by_district(rows: pd.DataFrame, *, theme: str) -> Chart:
    """Stack the admissions of each district by their worst light, those within their time left out: they would hide the others.

    Expects columns, in order: district_code, name, red, yellow, grey. A click chooses by `key`, the district's code.
    """
    lights = [light for light in _WORDS if light != Light.GREEN]
    long = rows.drop(columns="count").melt(["district_code", "name"], lights, "light", "count").rename(columns={"district_code": "key"})
    order = {code: place for place, code in enumerate(rows["district_code"])}
    long = long.sort_values("key", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)
    return lit_stacks(long, theme=theme, unit="名", words={light: _WORDS[light] for light in lights}, chooses=True)


def due(weeks: pd.DataFrame, *, theme: str, today: date, ahead: int) -> Chart:
    """Draw the clocks that run out in the coming weeks as columns, a colour a clock; what has run out already stands first.

    Expects columns: week (0 is overdue, 1 the seven days from `today`, up to `ahead`), clock (key), title, count; by week.
    """
    look = palette.theme(theme)
    titles = dict(zip(weeks["clock"], weeks["title"], strict=True))
    first = [today + timedelta(days=7 * week) for week in range(ahead)]
    heads = {0: OVERDUE} | {week: f"{day:%m-%d}" for week, day in enumerate(first, 1)}
    spans = {0: OVERDUE} | {week: f"{day} 至 {day + timedelta(days=6)}" for week, day in enumerate(first, 1)}
    shown = weeks.assign(span=weeks["week"].map(spans), counted=weeks["count"].map("{:,.0f} 名".format))
    totals = weeks.groupby("week", as_index=False)["count"].sum()
    sums = totals.assign(
        text=totals["count"].map("{:,.0f}".format), ink=[look.ink if week else look.light_inks[Light.RED] for week in totals["week"]]
    )
    domain = alt.Scale(domain=list(heads), paddingInner=0.3, paddingOuter=0.1)
    weekly = alt.Axis(title=None, labelExpr=labels(heads), grid=False, labelFontSize=11, labelOverlap=False)
    across = alt.X("week:O", axis=weekly, scale=domain)
    up = alt.Scale(domain=[0, float(totals["count"].max()) * 1.16], nice=False)
    colours = alt.Scale(domain=list(titles), range=list(look.categories[: len(titles)]))
    columns = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            across,
            alt.Y("count:Q", axis=None, scale=up, stack="zero"),
            alt.Color("clock:N", scale=colours, legend=alt.Legend(title=None, columns=3, labelExpr=labels(titles))),
            alt.Order("clock:N"),
            tooltip=tooltip(span="到期", title="时限", counted="人数"),
        )
    )
    figures = alt.Chart(sums).mark_text(dy=-8, fontWeight="bold")
    figures = figures.encode(across, alt.Y("count:Q", axis=None, scale=up), alt.Color("ink:N", scale=None), alt.Text("text:N"))
    return layered(columns, figures)
