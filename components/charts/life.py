"""Organisation life (三会一课): attainment by kind and period."""

import json
from datetime import date

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, layered, named, tooltip, written
from components.charts.finishing import choosing
from domain.period import Period

_CLASSES = (50.0, 70.0, 80.0, 90.0, 95.0)  # percent; lower bounds of the sequence's classes after the first


def attainment(cells: pd.DataFrame, *, theme: str, first: str, months: int) -> Chart:
    """Draw attainment as a calendar: a row a kind of duty, a cell a period, as wide as the months that the duty covers.

    The calendar has `months` months from `first` (a month's code); what a period has before or after them is cut off.
    Expects columns: duty (code), name, period (month, quarter or year code), value (percent; NaN where all of it is unknown), base
    (number of duties due). Rows keep the order of `duty` in the frame.
    """
    return _calendar(cells, theme=theme, first=first, months=months, row="duty", titles=("类别", "达标率", "应开次数"))


def heat(cells: pd.DataFrame, *, theme: str, first: str, months: int) -> Chart:
    """Draw attainment as a heat map: a row an organisation, a cell a month. A click chooses by `org_code`.

    Expects columns: org_code, name, period (a month's code), value (percent; NaN where all of it is unknown), base (duties that were
    due). Rows keep the order of the frame.
    """
    titles = ("组织", "按期履职", "应完成")
    return _calendar(cells, theme=theme, first=first, months=months, row="org_code", titles=titles, chosen="org_code")


def _calendar(
    cells: pd.DataFrame, *, theme: str, first: str, months: int, row: str, titles: tuple[str, str, str], chosen: str | None = None
) -> Chart:
    look = palette.theme(theme)
    opening = Period.parse(first)
    periods = {code: Period.parse(code) for code in cells["period"].unique()}
    left = {code: max(_months(opening, period.first), 0) for code, period in periods.items()}
    right = {code: min(_months(opening, period.last) + 1, months) for code, period in periods.items()}
    fills = [look.rates[sum(value >= bound for bound in _CLASSES)] if value == value else look.grid for value in cells["value"]]
    shown = cells.assign(
        left=cells["period"].map(left),
        right=cells["period"].map(right),
        text=written(cells["value"], "{:.0f}"),
        share=written(cells["value"], "{:.1f} %"),
        due=written(cells["base"], "{:,.0f}"),
        label=cells["period"].map({code: period.label for code, period in periods.items()}),
        fill=fills,
        ink=[palette.ink_on(fill, look) for fill in fills],
    )
    shown = shown[shown["right"] > shown["left"]]
    heads = {step + 0.5: _head(opening.shift(step), step == 0) for step in range(months)}
    across = alt.Scale(domain=[0, months], nice=False)
    head = alt.Axis(title=None, values=list(heads), labelExpr=f"{json.dumps(heads)}[datum.value]", grid=False, orient="bottom")
    rows = alt.Axis(title=None, labelExpr=named(cells, row, "name"), grid=False, labelColor=look.ink, labelOverlap=False)
    base = alt.Chart(shown).encode(alt.Y(f"{row}:N", sort=cells[row].drop_duplicates().tolist(), axis=rows))
    tiles = base.mark_rect(stroke=look.background, strokeWidth=2, cornerRadius=3, cursor="pointer" if chosen else "default").encode(
        alt.X("left:Q", scale=across, axis=head),
        alt.X2("right:Q"),
        alt.Fill("fill:N", scale=None),
        tooltip=tooltip(name=titles[0], label="时间", share=titles[1], due=titles[2]),
    )
    if chosen:
        tiles = tiles.add_params(choosing(chosen))
    middle = base.transform_calculate(middle="(datum.left + datum.right) / 2")
    texts = middle.mark_text(fontSize=12).encode(
        alt.X("middle:Q", scale=across, axis=None), alt.Color("ink:N", scale=None), alt.Text("text:N")
    )
    return layered(tiles, texts).resolve_axis(x="independent")


def _months(opening: Period, day: date) -> int:
    return (day.year - opening.first.year) * 12 + day.month - opening.first.month


def _head(month: Period, opens: bool) -> list[str]:
    """The month, with the year below it where a year begins."""
    return [f"{month.first.month}月"] + ([f"{month.first.year}年"] if opens or month.first.month == 1 else [])
