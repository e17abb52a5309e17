"""What hangs on the stage: the boards' own drawings, in columns for each step of the story."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import palette, text
from components.charts import branch as branch_drawings
from components.charts import index as index_drawings
from components.charts import tasks as task_drawings
from components.charts.listing import Field, rows
from components.charts.wall_map import sites_map
from components.wall import Panel
from data_access.queries import branch as branches
from data_access.queries import overview, red, story, tasks
from domain.vocabulary import OrgKind
from pages.command.demo.told import Told
from pages.command.wall import panels as wall
from pages.command.wall.screen import TYPE, Room, Screen

LINE, TALL = 44, 76  # pixels of a listed row; of one where there are few
QUARTERS = 8


@dataclass(frozen=True)
class Words:
    """A panel of text, as Markdown."""

    key: str
    title: str
    base: str
    text: str


Draws = Callable[[Told, Room], Panel | Words]


@dataclass(frozen=True)
class Column:
    """A column: its share of the width, and its panels with their shares of the height."""

    width: float
    panels: tuple[tuple[Draws, float], ...]


def _of_wall(draw: Callable[[Screen, Room], Panel]) -> Draws:
    return lambda found, room: draw(found.screen, room)


def _listed(
    found: Told,
    room: Room,
    key: str,
    title: str,
    base: str,
    asked: tuple[Any, ...],
    fields: tuple[Field, ...],
    absent: str,
    *,
    line: int = LINE,
) -> Panel:
    most = max(room.height // line, 1)
    looks = {"width": room.width, "fields": fields, "most": most}
    larger = 1.0 if line == LINE else 1.3
    return found.screen.panel(key, title, base, room, rows, asked, looks=looks, absent=absent, enlarge=larger)


def _nobody(key: str, title: str) -> Panel:
    return Panel(key, title, "", title, None, "没有已评定的支部")


def _weak_branches(found: Told, room: Room) -> Panel:
    fields = (
        Field("name", 0.0, 0.44, bold=True),
        Field("sector", 0.46, 0.14, tone="quiet"),
        Field("part", 0.62, 0.22, tone="quiet"),
        Field("score", 0.9, 0.1, align="right", tone="red", bold=True),
        Field("reds", 1.0, 0.1, align="right", tone="red", lit=True),
    )
    most = max(room.height // LINE, 1)
    asked = (story.weakest_in, found.root.path, found.place.place, found.period.code, most)
    return _listed(found, room, "weak", "最薄弱的支部", "失分最多的部分 · 指数 · 未消红灯", asked, fields, "本期没有已评定的支部")


def _parts(found: Told, room: Room) -> Panel:
    asked = (overview.parts, found.root.org_id, found.place, found.period)
    return found.screen.panel("district-parts", "五项得分率", "右为较上季", room, index_drawings.parts, asked, looks={"grown": TYPE})


def _trend(found: Told, room: Room) -> Panel:
    asked = (overview.trend, found.root.org_id, found.place, found.period, found.reader.today)
    looks = {"worded": False, **found.screen.bounds}
    return found.screen.panel(
        "district-trend", "近八季走势", "空心为暂评", room, index_drawings.trend, asked, looks=looks, absent="还没有评定"
    )


def _portrait(found: Told, room: Room) -> Panel:
    branch = found.cast.branch
    if branch is None:
        return _nobody("portrait", "五星支部画像")
    asked = (branches.portrait, branch.org_id, OrgKind.BRANCH.value, branch.sector, found.period.code, found.reader.today)
    return found.screen.panel("portrait", "五星支部画像", found.period.label, room, branch_drawings.portrait, asked)


def _history(found: Told, room: Room) -> Panel:
    branch = found.cast.branch
    if branch is None:
        return _nobody("history", "近八季")
    periods = tuple(period.code for period in found.period.back(QUARTERS))
    asked = (branches.history, branch.org_id, OrgKind.BRANCH.value, periods, found.reader.today)
    return found.screen.panel("history", "近八季", "堡垒指数", room, branch_drawings.quarters, asked, looks=found.screen.bounds)


def _items(found: Told, room: Room) -> Panel:
    branch = found.cast.branch
    if branch is None:
        return _nobody("items", "逐项得分")
    fields = (
        Field("part", 0.0, 0.12, tone="quiet"),
        Field("name", 0.13, 0.3, bold=True),
        Field("counted", 0.62, 0.2, align="right"),
        Field("earned", 0.83, 0.2, align="right", tone="quiet"),
        Field("lost", 1.0, 0.14, align="right", tone="red", bold=True),
    )
    asked = (story.items, branch.org_id, found.period.code)
    return _listed(found, room, "items", "逐项得分", "完成 / 应完成 · 得分 / 满分 · 失分", asked, fields, "没有保存评分时的记录", line=TALL)


def _records(found: Told, room: Room) -> Panel:
    branch, missed = found.cast.branch, found.cast.missed
    if branch is None or missed is None:
        return _nobody("records", "记录")
    fields = (
        Field("period", 0.0, 0.3, bold=True),
        Field("due", 0.32, 0.2, tone="quiet"),
        Field("status", 0.6, 0.2),
        Field("alarm", 0.6, 0.2, tone="red", bold=True, lit=True),
        Field("done", 1.0, 0.2, align="right", tone="quiet"),
    )
    asked = (story.duty_rows, branch.org_id, missed.duty, found.reader.today, max(room.height // LINE, 1))
    return _listed(found, room, "records", "记录", "期间 · 期限 · 状态 · 完成日期", asked, fields, "没有记录")


def _rule(found: Told, room: Room) -> Panel | Words:
    light = found.light()
    if light is None:
        if found.cast.missed is None:
            return Panel("rule", "规定", "", "规定", None, "没有可以现场补救的红灯")
        return Words("rule", "规定", "", "这盏红灯已经消除。")
    quoted = f"> {text.plain(light.sentence)}\n>\n> :small[——{text.plain(light.source)}]" if light.sentence else ""
    mark = text.plain(palette.mark(light.light)).replace(" ", "\u00a0")  # the icon stays with its word
    state = f"**{light.closed_on:%Y-%m-%d} 消除**" if light.closed_on else f"**{mark}**，{light.since:%Y-%m-%d} 亮灯"
    step = "" if light.closed_on else f"\n\n:material/arrow_forward: **下一步**　{text.plain(light.next_step)}"
    return Words("rule", "规定", "原文与出处", f"{quoted}\n\n{text.plain(light.text)}　{state}{step}")


def _burn_up(found: Told, room: Room) -> Panel:
    branch, late = found.cast.branch, found.cast.late
    if branch is None or late is None:
        return Panel("burn-up", "进度", "", "进度", None, "没有红色任务")
    asked = (tasks.burn_up, branch.org_id, OrgKind.BRANCH.value, late.task_code, found.reader.today)
    return found.screen.panel("burn-up", "进度与计划", "这个支部 · 按周", room, task_drawings.burn_up, asked)


def _reports(found: Told, room: Room) -> Panel:
    late = found.cast.late
    if late is None:
        return Panel("reports", "填报", "", "填报", None, "没有红色任务")
    fields = (Field("day", 0.0, 0.5, bold=True), Field("percent", 1.0, 0.4, align="right"))
    asked = (story.reports, late.assignment_id, max(room.height // TALL, 1))
    return _listed(found, room, "reports", "填报记录", "最近的在上", asked, fields, "还没有填报过", line=TALL)


def _bill(found: Told, room: Room) -> Panel:
    branch = found.cast.branch
    if branch is None:
        return _nobody("bill", "微账单")
    fields = (
        Field("number", 0.0, 0.03, tone="quiet"),
        Field("alarm", 0.03, 0.11, tone="red", bold=True, lit=True),
        Field("watch", 0.03, 0.11, tone="yellow", bold=True, lit=True),
        Field("what", 0.03, 0.11, bold=True),
        Field("about", 0.15, 0.6),
        Field("responsible", 0.83, 0.08, align="right"),
        Field("due", 0.91, 0.07, align="right", tone="quiet"),
        Field("points", 1.0, 0.07, align="right", bold=True),
    )
    most = max(room.height // LINE, 1)
    asked = (story.owed, branch.path, found.reader.today, most)
    base = "事项 · 事实 · 责任人 · 期限 · 影响（分）" + (f" · 前 {most} 项" if found.now.owed > most else "")
    return _listed(found, room, "bill", f"{text.plain(branch.name)}　微账单", base, asked, fields, "本月没有应办事项")


def _route_map(found: Told, room: Room) -> Panel:
    route = found.cast.route
    if route is None:
        return Panel("route-map", "红色路线", "", "红色路线", None, "还没有登记路线")
    asked = (red.sheet, red.EVERYTHING, route.route_id, None, found.root.org_id)
    looks = {"width": room.width, "height": room.height}
    title = f"红色路线 · {text.plain(route.name)}"
    return found.screen.panel("route-map", title, "● 点位准确　○ 位置示意", room, sites_map, asked, looks=looks, enlarge=1)


def _stops(found: Told, room: Room) -> Panel:
    route = found.cast.route
    if route is None:
        return Panel("stops", "站点", "", "站点", None, "还没有登记路线")
    fields = (
        Field("seq", 0.0, 0.06, tone="accent", bold=True),
        Field("name", 0.08, 0.56, bold=True),
        Field("district", 0.68, 0.16, tone="quiet"),
        Field("leg", 1.0, 0.16, align="right"),
    )
    return _listed(found, room, "stops", "站点", "县区 · 距上一站", (story.route_stops, route.route_id), fields, "没有上图的站点")


def _changes(found: Told, room: Room) -> Words:
    before, now = found.before, found.now
    figures = (
        ("支部堡垒指数", before.branch, now.branch, "{:.1f}"),
        ("同类名次", before.rank, now.rank, "{}"),
        ("支部未消红灯", before.branch_reds, now.branch_reds, "{}"),
        ("本月应办事项", before.owed, now.owed, "{}"),
        ("县区堡垒指数", before.district, now.district, "{:.1f}"),
        ("本级红色预警", before.reds, now.reds, "{:,}"),
    )
    lines = [
        f"| {name} | {_told(then, pattern)} | {'**' + _told(today, pattern) + '**' if then != today else _told(today, pattern)} |"
        for name, then, today, pattern in figures
    ]
    table = "\n".join(["| 指标 | 演示前 | 现在 |", "|:--|--:|--:|", *lines])
    return Words("changes", "演示前与现在", "同一套评分，同一天", table)


def _told(value: float | None, pattern: str) -> str:
    return "—" if value is None or pd.isna(value) else pattern.format(value)


MORNING = (
    Column(5, ((_of_wall(wall.ranking), 1),)),
    Column(8, ((_of_wall(wall.standing_on_map), 1),)),
    Column(6, ((_of_wall(wall.newest_reds), 1),)),
)
DISTRICT = (
    Column(5, ((_of_wall(wall.ranking), 1),)),
    Column(8, ((_of_wall(wall.standing_on_map), 1),)),
    Column(5, ((_of_wall(wall.lights_by_district), 1),)),
)
INSIDE = (Column(5, ((_parts, 0.5), (_trend, 0.5))), Column(8, ((_weak_branches, 1),)))
BRANCH = (Column(5, ((_portrait, 1),)), Column(8, ((_history, 1),)))
WHY = (Column(8, ((_items, 1),)), Column(5, ((_portrait, 1),)))
RULE = (Column(6, ((_records, 1),)), Column(7, ((_rule, 1),)))
TASK = (Column(8, ((_burn_up, 1),)), Column(4, ((_reports, 1),)))
BILL = (Column(1, ((_bill, 1),)),)
ROUTE = (Column(8, ((_route_map, 1),)), Column(5, ((_stops, 1),)))
CLOSING = (Column(7, ((_changes, 1),)), Column(5, ((_portrait, 1),)))
