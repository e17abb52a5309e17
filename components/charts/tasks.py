"""Tasks (挂图作战): the map of tasks by district, and one task's burn-up."""

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from components import palette
from components.cards import MISSING
from components.charts.base import Chart, labels, layered, light_legend, light_scale, tooltip, written
from components.charts.finishing import choosing
from domain.vocabulary import Light

_ROW = 40  # pixels a task takes
_AROUND = 64  # pixels that legend and heads take of the map's height
_ORDER = (Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)
_BAR = (0.66, 0.84)  # where in its row the bar of lights lies
_WITHIN = (0.1, 0.9)  # where across a cell
_FOOT = 8  # percent: a figure below its point needs so much, or it lies on the axis
_BESIDE = 216  # pixels beside a listed task's bar, for its progress and its plan
_LINE = 17  # pixels from one line of a row's title to the next


def war_map(cells: pd.DataFrame, *, theme: str, names: int = 270, title: int = 40, tall: bool = False) -> Chart:
    """Draw tasks (or their categories) down and districts across: in a cell its progress, its red lights, its assignments by light.

    Expects one row a task and district, rows in the frame's order, districts by their key ("": all of them, which stands first):
    row (key), title, note (under the title), district (key), name, light (of the whole cell against plan; it tints the cell),
    assignments, value (progress in percent), plan, green, yellow, red, grey (assignments by light). A click chooses by `row` and
    `district`. `names` is the room of a title in pixels, which goes on in a second line after `title` characters; in a `tall` row the
    red lights stand below the progress, for cells too narrow for both.
    """
    look = palette.theme(theme)
    tasks, districts = cells.drop_duplicates("row"), cells.drop_duplicates("district").sort_values("district")
    rows = {task: place for place, task in enumerate(tasks["row"])}
    columns = {district: place for place, district in enumerate(districts["district"])}
    shown = cells.assign(
        top=cells["row"].map(rows),
        left=cells["district"].map(columns),
        progress=written(cells["value"], "{:.0f} %"),
        planned=written(cells["plan"], "{:.0f} %"),
        alarm=[_alarm(count) for count in cells["red"]],
        lights=[_lights(row) for row in cells.to_dict("records")],
        counted=cells["assignments"].map("{:,} 项".format),
    )
    wide, high = alt.Scale(domain=[0, len(columns)], nice=False), alt.Scale(domain=[len(rows), 0], nice=False)
    middles = [place + 0.5 for place in range(len(columns))]
    heads = labels({str(middle): name for middle, name in zip(middles, districts["name"], strict=True)})
    above = alt.Axis(title=None, orient="top", grid=False, values=middles, labelExpr=heads, labelColor=look.ink, labelLimit=76)
    pairs = zip(tasks["title"], tasks["note"], strict=True)
    titles = {place + 0.5: [*_lines(whole, title), note] for place, (whole, note) in enumerate(pairs)}
    most = max(map(len, titles.values()), default=1)
    beside = alt.Axis(
        title=None,
        grid=False,
        values=list(titles),
        labelExpr=f"{json.dumps(titles)}[datum.value]",
        labelLimit=names,
        labelLineHeight=_LINE,
        labelBaseline="middle",  # of the first line: the block of lines is brought to the middle
        labelOffset=-_LINE * (most - 1) / 2,
        labelColor=look.ink,
    )
    legend = light_legend()
    legend.symbolStrokeWidth, legend.symbolOpacity = 0, 1
    hover = tooltip(title="任务", name="县区", counted="分配", progress="实际进度", planned="计划进度", lights="状态")
    grounds = (
        alt.Chart(_placed(shown, 0.03, 0.97, 0.05, 0.95))
        .mark_rect(cornerRadius=4, stroke=look.grid, cursor="pointer")
        .encode(
            alt.X("x1:Q", scale=wide, axis=above),
            alt.X2("x2"),
            alt.Y("y1:Q", scale=high, axis=beside),
            alt.Y2("y2"),
            alt.Fill("light:N", scale=light_scale(theme), legend=legend),  # none here would take away the bars' own
            alt.FillOpacityValue(0.2, condition={"test": f"datum.light == '{Light.GREEN}'", "value": 0.05}),
            tooltip=hover,
        )
        .add_params(choosing("row", "district"))
    )
    bars = (
        alt.Chart(_split(shown, _WITHIN).assign(y1=lambda part: part["top"] + _BAR[0], y2=lambda part: part["top"] + _BAR[1]))
        .mark_rect()
        .encode(
            alt.X("x1:Q", scale=wide),
            alt.X2("x2"),
            alt.Y("y1:Q", scale=high),
            alt.Y2("y2"),
            alt.Fill("colour:N", scale=light_scale(theme), legend=legend),
            tooltip=hover,
        )
    )
    words = alt.Chart(_placed(shown, 0.07, 0.93, *((0.26, 0.5) if tall else (0.38, 0.38))))
    progress = words.mark_text(align="left", fontSize=13, fontWeight="bold", color=look.ink).encode(
        alt.X("x1:Q", scale=wide), alt.Y("y1:Q", scale=high), alt.Text("progress:N")
    )
    alarms = words.mark_text(align="right", fontSize=12, fontWeight="bold", color=look.light_inks[Light.RED]).encode(
        alt.X("x2:Q", scale=wide), alt.Y("y2:Q", scale=high), alt.Text("alarm:N")
    )
    nowhere = alt.Chart(_empty(shown, rows, columns)).mark_text(color=look.quiet, opacity=0.5, text=MISSING)
    nowhere = nowhere.encode(alt.X("x1:Q", scale=wide), alt.Y("y1:Q", scale=high))
    return layered(grounds, bars, progress, alarms, nowhere).properties(height=len(rows) * _ROW + _AROUND)


def _lights(cell: Mapping[Any, int]) -> str:
    """A cell's assignments by light; of a past day none is known."""
    known = any(cell[light.value] for light in _ORDER)
    return "　".join(f"{palette.mark(light)} {cell[light.value]:,}" for light in _ORDER) if known else MISSING


def _lines(title: str, most: int) -> list[str]:
    """A title in one line, or in two of about the same length where it has more than `most` characters."""
    half = -(-len(title) // 2)
    return [title] if len(title) <= most else [title[:half], title[half:]]


def _alarm(count: int) -> str:
    """Red lights in the corner of a cell; three digits leave no room for a space."""
    return f"{palette.ICONS[Light.RED]}{' ' if count < 100 else ''}{count:,}" if count else ""


def _placed(cells: pd.DataFrame, left: float, right: float, top: float, bottom: float) -> pd.DataFrame:
    """Give every cell the corners of a box inside it, in shares of the cell."""
    return cells.assign(x1=cells["left"] + left, x2=cells["left"] + right, y1=cells["top"] + top, y2=cells["top"] + bottom)


def _empty(cells: pd.DataFrame, rows: dict[str, int], columns: dict[str, int]) -> pd.DataFrame:
    """The middles of the cells in which nobody was given the task."""
    given = set(zip(cells["row"], cells["district"], strict=True))
    middles = [
        (column + 0.5, row + 0.5) for key, row in rows.items() for district, column in columns.items() if (key, district) not in given
    ]
    return pd.DataFrame(middles, columns=["x1", "y1"], dtype=float)


def _split(cells: pd.DataFrame, across: tuple[float, float]) -> pd.DataFrame:
    """One row a cell and light that occurs, laid end to end `across` the cell (x1, x2)."""
    counts = cells[[light.value for light in _ORDER]]
    ends = counts.div(counts.sum(axis=1), axis=0).cumsum(axis=1) * (across[1] - across[0]) + across[0]
    parts = []
    for place, light in enumerate(_ORDER):
        starts = ends.iloc[:, place - 1] if place else across[0]
        part = cells.assign(x1=cells["left"] + starts, x2=cells["left"] + ends[light.value], colour=light.value)
        parts.append(part[counts[light.value] > 0])
    return pd.concat(parts)


def burn_up(weeks: pd.DataFrame, *, theme: str) -> Chart:
    """Draw planned and actual progress of one task by week; the plan goes on to its end, the record stops today.

    Expects columns: week (datetime64), plan and value (percent; NaN: nothing to say of that week), both in the order of weeks.
    """
    look = palette.theme(theme)
    series = {"value": "实际进度", "plan": "计划进度"}
    shown = weeks.assign(
        day=weeks["week"].dt.strftime("%Y-%m-%d"),
        planned=written(weeks["plan"], "{:.1f} %"),
        progress=written(weeks["value"], "{:.1f} %"),
    )
    long = shown.melt(["week", "day", "planned", "progress"], list(series), "series", "percent")
    across = alt.X("week:T", axis=alt.Axis(title=None, format="%m-%d", grid=False, tickCount=8, labelOverlap=True))
    up = alt.Y(
        "percent:Q",
        title=None,
        scale=alt.Scale(domain=[0, 103], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], labelExpr="datum.label + ' %'"),
    )
    ink = alt.Scale(domain=list(series), range=[look.accent, look.second])
    legend = alt.Legend(title=None, labelExpr=labels(series), symbolType="stroke", symbolStrokeWidth=3)
    area = alt.Chart(long[long["series"] == "value"]).mark_area(color=look.accent_wash, opacity=0.75, invalid="filter").encode(across, up)
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2.5, invalid="filter")
        .encode(
            across,
            up,
            alt.Color("series:N", scale=ink, legend=legend),
            alt.StrokeDash("series:N", scale=alt.Scale(domain=list(series), range=[[1, 0], [6, 4]]), legend=None),
        )
    )
    last = shown[shown["value"].notna()].tail(1)
    end = alt.Chart(last).encode(across, alt.Y("value:Q", scale=alt.Scale(domain=[0, 103], nice=False)))
    dot = end.mark_point(filled=True, size=80, opacity=1, color=look.accent)
    behind = bool(((last["value"] < last["plan"]) & (last["value"] > _FOOT)).any())  # then the line of the plan runs above
    figure = end.mark_text(align="left", dx=8, dy=16 if behind else -12, fontWeight="bold", fontSize=14, color=look.ink)
    figure = figure.encode(alt.Text("progress:N"))
    hover = (
        alt.Chart(shown)
        .mark_rule(color=look.outline, strokeWidth=8, opacity=0)
        .encode(across, tooltip=tooltip(day="周末", progress="实际进度", planned="计划进度"))
    )
    return layered(area, lines, dot, figure, hover)


def under_way(tasks: pd.DataFrame, *, theme: str, width: int, rows: int) -> Chart:
    """List tasks: the title with the red assignments, below it all assignments by light as a band, and progress beside the plan.

    Expects columns, in order of rows: task_code, title, value and plan (percent; NaN without), green, yellow, red, grey (assignments by
    light). `width` is the room in pixels; as many rows are laid out as `rows`, so that few rows are not stretched.
    """
    look = palette.theme(theme)
    shown = tasks.head(rows).reset_index(drop=True)
    shown = shown.assign(
        top=shown.index,
        left=0,
        progress=written(shown["value"], "{:.0f} %"),
        planned="计划 " + written(shown["plan"], "{:.0f} %"),
        alarm=[f"{palette.ICONS[Light.RED]} {count:,}" if count else "" for count in shown["red"]],
        lights=["　".join(f"{palette.mark(light)} {row[light.value]:,}" for light in _ORDER) for row in shown.to_dict("records")],
    )
    across, down = alt.Scale(domain=[0, 1], nice=False), alt.Scale(domain=[rows, 0], nice=False)
    hover = tooltip(title="任务", progress="实际进度", planned="计划进度", lights="状态")
    bands = _split(shown, (0.0, 1 - _BESIDE / width)).assign(y1=lambda band: band["top"] + 0.62, y2=lambda band: band["top"] + 0.84)
    bars = (
        alt.Chart(bands)
        .mark_rect()
        .encode(
            alt.X("x1:Q", scale=across, axis=None),
            alt.X2("x2"),
            alt.Y("y1:Q", scale=down, axis=None),
            alt.Y2("y2"),
            alt.Fill("colour:N", scale=light_scale(theme), legend=None),
            tooltip=hover,
        )
    )
    base = alt.Chart(shown)
    upper, lower = (base.transform_calculate(y=f"datum.top + {at}").encode(alt.Y("y:Q", scale=down, axis=None)) for at in (0.3, 0.73))

    def words(line: alt.Chart, at: float, text: str, **style: Any) -> alt.Chart:
        return line.mark_text(**style).encode(x=alt.XDatum(at, scale=across, axis=None), text=alt.Text(f"{text}:N"))

    strong = {"align": "right", "fontWeight": "bold", "fontSize": 20}
    return layered(
        bars,
        words(upper, 0, "title", align="left", fontSize=20, color=look.ink, limit=round(width * 0.86)),
        words(upper, 1, "alarm", color=look.light_inks[Light.RED], **strong),
        words(lower, 1 - 104 / width, "progress", color=look.ink, **strong),
        words(lower, 1, "planned", align="right", fontSize=16, color=look.quiet),
    )
