"""What stands around the scenes: the head line, the six figures, the line of changes."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components import palette, text
from components.charts.base import Chart
from components.charts.spark import spark
from components.wall import Tile
from data_access.queries import overview, tasks, wall, warnings
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from domain.indicators import INDICATORS
from domain.labelling import text_size
from domain.vocabulary import Light
from pages.command.wall.screen import Screen

HEADLINES = ("organisations", "members", "fortress", "pioneer", "attainment")
LASTING = 2  # place of the first fact that is never left out
TYPE = 18  # pixels of the line of changes
_END = "\u2060"  # invisible: without it the blanks at the end would be cut off, and the line would jump where it comes round
_TONES = {Light.RED.value: "red", Light.GREEN.value: "green"}
CHANGES = 16  # of the line of changes


@dataclass(frozen=True)
class Around:
    """What stands around the scenes: what the picture stands on, the six figures, and what changed (Markdown), about so many pixels."""

    facts: tuple[str, ...]
    tiles: tuple[Tile, ...]
    changes: str
    changes_width: float


def around(screen: Screen) -> Around:
    """Prepare what stands around the scenes; walls that show the same share it. Raises NoDatabase or WrongSchema."""
    return _around(screen.sight, lambda: Around(tuple(facts(screen)), tuple(tiles(screen)), *changes(screen)))


def changed(before: Around | None, now: Around) -> frozenset[str]:
    """Return the keys of the figures whose value is another than `before`; none on a wall that has just been hung."""
    values = {tile.key: tile.told["value"] for tile in before.tiles} if before else {}
    return frozenset(tile.key for tile in now.tiles if tile.key in values and repr(values[tile.key]) != repr(tile.told["value"]))


@st.cache_resource(max_entries=20, show_spinner=False)
def _around(key: tuple[str, ...], _prepare: Callable[[], Around]) -> Around:
    return _prepare()


def facts(screen: Screen) -> list[str]:
    """What the picture stands on, as Markdown: scope and period; from `LASTING` on what is never left out: as-of date, whether it is a
    demo, and how many red lights there are."""
    reader = screen.reader
    reds = reader.read(warnings.red_count, screen.focus.path)
    state = "定评" if screen.period.frozen(reader.today) else "暂评"
    return [
        f":material/account_tree: {text.plain(screen.focus.name)}",
        f":material/date_range: {screen.period.label} · {state}",
        f":material/schedule: 数据截至 {reader.as_of}",
        *([":material/science: 演示数据"] if reader.installation.demo else []),
        f":red-badge[**{palette.ICONS[Light.RED]} {reds:,} 项红色预警**]",
    ]


def tiles(screen: Screen) -> list[Tile]:
    """Six figures: five of the quarter with their trend, and how far the tasks under way are against plan."""
    reader, org_id = screen.reader, screen.focus.org_id
    numbers = reader.read(settings)
    asked = (overview.headlines, org_id, Cut(), screen.period, HEADLINES)
    figures = reader.read(*asked)
    shown = []
    for figure in figures.to_dict("records"):
        indicator = INDICATORS[figure["code"]]
        told = {
            "label": indicator.name,
            "value": figure["value"],
            "pattern": f"{{:,.{indicator.digits}f}}",
            "unit": indicator.unit,
            "previous": figure["previous"],
            "versus": "较上季",
            "rising": indicator.rising,
            "help": indicator.hover(numbers),
        }
        shown.append(Tile(indicator.code, told, reader.drawn(_trend, *asked, code=indicator.code, theme=reader.theme)))
    under_way = reader.read(tasks.totals, org_id, tasks.Chosen(reader.today, tasks.Stage.CURRENT))
    state = {} if under_way.empty else under_way.iloc[0].to_dict()
    progress = {
        "label": "在办任务进度",
        "value": state.get("value"),
        "pattern": "{:.1f}",
        "unit": "%",
        "previous": state.get("plan"),
        "versus": "较计划",
        "rising": True,
        "help": INDICATORS["task_progress"].hover(numbers),
        "absent": "没有在办的任务",
    }
    weeks = reader.drawn(spark, wall.task_weeks, org_id, reader.today, theme=reader.theme)
    return [*shown, Tile("task-progress", progress, weeks)]


def _trend(figures: pd.DataFrame, *, code: str, theme: str) -> Chart | None:
    return spark(figures.set_index("code")["trend"][code], theme=theme)


def changes(screen: Screen) -> tuple[str, float]:
    """What changed last, as one line of Markdown, and about how many pixels it takes; empty where nothing did."""
    found = screen.reader.read(wall.changes, screen.focus.path, screen.reader.today, CHANGES)
    told, width = "", 0.0
    for row in found.itertuples(index=False):
        lit = str(row.light)
        mark = f"{palette.ICONS[Light(lit)]} " if lit else ""
        what = f"**{mark}{text.plain(row.text)}**"
        told += f":gray[{row.happened_on:%m-%d}] {text.plain(row.org_name)} {f':{_TONES[lit]}[{what}]' if lit else what}　　"
        width += text_size(f"{row.happened_on:%m-%d} {row.org_name} {mark}{row.text}　　", TYPE)[0]
    return told + _END if told else "", width
