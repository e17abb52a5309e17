"""The panels about the indices, tasks, warnings and red sites. Each prepares itself for a room and says what it stands on."""

import pandas as pd

from components import palette, text
from components.charts import index
from components.charts import tasks as task_drawings
from components.charts import warnings as light_drawings
from components.charts.counts import bars
from components.charts.listing import HEAD, Bar, Field, rows
from components.charts.wall_map import Mark, sites_map, standing_map
from components.wall import Panel, sized
from data_access.queries import distribution as standing
from data_access.queries import overview, red, wall, warnings
from data_access.queries.rolled import Cut
from domain.light_counts import Chosen
from domain.vocabulary import Light, PlaceLevel
from pages.command.wall.screen import LIST, TYPE, Room, Screen

ROW, PLACE = 25, 20  # pixels of a ranked row, and of a counted one
TASK, CELL = 49, 78  # pixels of a district's own task, and of a row of tasks by district
LINE, LINES = 44, 50  # pixels of a listed row, and of one with two lines
MOST = 10  # kinds of warnings that have a row of their own
_TONES = {Light.GREEN: "green", Light.YELLOW: "orange", Light.RED: "red", Light.GREY: "gray"}
_LIT = " ".join(f":{tone}[{palette.mark(light)}]" for light, tone in _TONES.items())
_OPEN = " ".join(f":{_TONES[light]}[{palette.mark(light)}]" for light in (Light.RED, Light.YELLOW, Light.GREY))


def ranking(screen: Screen, room: Room) -> Panel:
    """Rank districts by place; where there is but one, the organisations right below."""
    org_id, period = screen.focus.org_id, screen.period.code
    by_place = _by_place(screen)
    query = overview.by_district if by_place else overview.by_unit
    title, way = ("县区排名", "按属地") if by_place else ("下级排名", "按隶属")
    ranked, most = len(screen.reader.read(query, org_id, Cut(), period)), room.height // ROW
    short = f" · {ranked:,} 个中的后 {most} 个" if ranked > most else ""
    return screen.panel(
        "ranking",
        f"堡垒指数 · {title}",
        f"{way} · ◆ 先锋指数{short}",
        room,
        index.ranking,
        (query, org_id, Cut(), period),
        looks={"rows": most, "grown": LIST, **screen.bounds},
        enlarge=LIST,
        alt=_best_and_worst,
        absent="没有可以排名的下级",
    )


def _by_place(screen: Screen) -> bool:
    """True where the branches stand in several districts, and these are ranked; otherwise the organisations right below are."""
    return len(screen.reader.read(overview.by_district, screen.focus.org_id, Cut(), screen.period.code)) > 1


def _best_and_worst(found: pd.DataFrame) -> str:
    rated = found.dropna(subset="score")
    if rated.empty:
        return "本期均未评定"
    return f"最高 {rated.iloc[0]['name']} {rated.iloc[0]['score']:.1f} 分，最低 {rated.iloc[-1]['name']} {rated.iloc[-1]['score']:.1f} 分"


def sectors(screen: Screen, room: Room) -> Panel:
    """Rank the sectors."""
    asked = (overview.by_sector, screen.focus.org_id, Cut(), screen.period.code)
    looks = {"rows": room.height // ROW, "grown": LIST, **screen.bounds}
    return screen.panel("sectors", "领域指数", "◆ 先锋指数", room, index.ranking, asked, looks=looks, alt=_best_and_worst, enlarge=LIST)


def trend(screen: Screen, room: Room) -> Panel:
    """Both indices over eight quarters."""
    asked = (overview.trend, screen.focus.org_id, Cut(), screen.period, screen.reader.today)
    looks = {"worded": False, **screen.bounds}
    return screen.panel("trend", "近八季走势", "空心为暂评", room, index.trend, asked, looks=looks, absent="还没有评定")


def parts(screen: Screen, room: Room) -> Panel:
    """The five parts of the fortress index."""
    asked = (overview.parts, screen.focus.org_id, Cut(), screen.period)
    left = screen.reader.read(*asked)["value"].isna().any()
    base = "右为较上季" + (" · 未计入：不适用、未到期或无数据来源" if left else "")
    return screen.panel("parts", "五项得分率", base, room, index.parts, asked, looks={"grown": TYPE})


def weakest(screen: Screen, room: Room) -> Panel:
    """The weakest branches and what cost them most."""
    fields = (
        Field("name", 0.0, 0.48, head="党支部"),
        Field("district", 0.5, 0.12, tone="quiet", head="县区"),
        Field("part", 0.61, 0.2, tone="quiet", head="失分最多"),
        Field("score", 0.9, 0.1, align="right", tone="red", bold=True, head="指数"),
        Field("reds", 1.0, 0.1, align="right", tone="red", lit=True, head="红灯"),
    )
    most = max((room.height - HEAD) // LINE, 1)
    return screen.panel(
        "weakest",
        "最薄弱的支部",
        "指数最低的在上 · 红灯为未消除",
        room,
        rows,
        (wall.weakest_branches, screen.focus.path, screen.period.code, most),
        looks={"width": room.width, "fields": fields, "most": most},
        absent="本期没有已评定的支部",
        enlarge=1,
    )


def slowest(screen: Screen, room: Room) -> Panel:
    """The tasks under way that are furthest behind their plan."""
    most = max(room.height // LINES, 1)
    return screen.panel(
        "tasks",
        "在办任务",
        f"落后最多的在上 · {_LIT}",
        room,
        task_drawings.under_way,
        (wall.slowest_tasks, screen.focus.org_id, screen.reader.today, most),
        looks={"width": room.width, "rows": most},
        alt=lambda found: "；".join(f"{row['title']}进度{row['value']:.0f}%" for row in found.to_dict("records")),
        absent="没有在办的任务",
        enlarge=1,
    )


def war_map(screen: Screen, room: Room) -> Panel:
    """The tasks of several districts by district, of one district as a whole: progress, red assignments, and all of them by light."""
    asked = (wall.shared_tasks, screen.focus.org_id, screen.reader.today, max(room.height // CELL, 1))
    many = _several(screen)
    return screen.panel(
        "war-map",
        "任务 × 县区" if many else "任务进度",
        f"{'多个县区共同的任务 · ' if many else ''}格内为进度和预警项数，底色为进度的状态，彩条为任务项数按状态",
        room,
        task_drawings.war_map,
        asked,
        looks={"names": 176, "title": 12, "tall": True},
        absent="没有在办的任务",
        enlarge=LIST,
    )


def _several(screen: Screen) -> bool:
    """True where the tasks under way are those of several districts."""
    return len(set(screen.reader.read(wall.shared_tasks, screen.focus.org_id, screen.reader.today, 1)["district"])) > 1


def own_tasks(screen: Screen, room: Room) -> Panel:
    """The tasks of one district each; where there is but one, how far those right below are."""
    many = _several(screen)
    fields = (
        Field("title", 0.0, 0.68, line="upper", head="任务 · 县区 · 到期" if many else "责任单位"),
        Field("note", 0.0, 0.68, tone="quiet", line="lower"),
        Field("progress", 0.83, 0.14, align="right", bold=True, head="进度"),
        Field("red", 1.0, 0.14, align="right", tone="red", bold=True, lit=True, head="预警"),
    )
    most = max((room.height - HEAD) // TASK, 1)
    return screen.panel(
        "own-tasks" if many else "task-units",
        "各县区自己的任务" if many else "责任单位 · 在办任务",
        "按县区" if many else "落后最多的在上 · 按隶属",
        room,
        rows,
        (wall.own_tasks if many else wall.task_units, screen.focus.org_id, screen.reader.today, most),
        looks={"width": room.width, "fields": fields, "most": most},
        absent="没有只在一个县区开展的任务" if many else "没有下级单位的任务",
        enlarge=1,
    )


def standing_on_map(screen: Screen, room: Room) -> Panel:
    """Where the branches stand: the parts of the place in their light, red branches on top."""
    reader, focus = screen.reader, screen.focus
    day = min(screen.period.last, reader.today)
    chosen = standing.Chosen(focus.org_id, focus.path, screen.period, day, reader.installation.root_place)
    way = reader.read(standing.home, chosen)
    bands = reader.read(overview.bands, focus.org_id, Cut(), screen.period.code)
    base = "支部 · 按属地"
    if bands:
        counts = ((Light.GREEN, bands.green), (Light.YELLOW, bands.yellow), (Light.RED, bands.red), (Light.GREY, bands.grey))
        lit = " ".join(f":{_TONES[light]}-badge[{palette.mark(light)} {count:,}]" for light, count in counts)
        base = f"{'' if _by_place(screen) else '按属地 '}{lit} {bands.rated:,}/{bands.branches:,} 参评"
    title = f"堡垒指数 · {text.plain(way[-1].name)}" if way else "堡垒指数地图"
    absent = "没有可以上图的位置"
    if not way:
        return Panel("map", title, base, title, None, absent)
    placed = chosen.at(way[-2].code, way[-1].code) if way[-1].level == PlaceLevel.TOWN else chosen.at(way[-1].code)
    found = reader.read(standing.marked, placed, screen.marked) if screen.marked else pd.DataFrame()
    marks = tuple(Mark(*row) for row in found.to_numpy().tolist())
    looks = {"theme": reader.theme, "width": room.width, "height": room.height, "marked": marks}
    drawing = reader.drawn(standing_map, standing.sheet, placed, "fortress", **looks)
    alt = f"{title}：各地堡垒指数和党支部状态"
    return Panel("map", title, base, alt, drawing and sized(drawing, room.width, room.height), absent)


def newest_reds(screen: Screen, room: Room) -> Panel:
    """The red lights that turned last."""
    fields = (
        Field("org_name", 0.0, 0.52, line="upper", head="党组织 · 县区"),
        Field("district", 0.0, 0.5, tone="quiet", line="lower"),
        Field("what", 0.54, 0.28, tone="red", bold=True, lit=True, head="事项"),
        Field("lit", 1.0, 0.16, align="right", bold=True, line="upper", head="已亮灯"),
    )
    most = max((room.height - HEAD) // LINES, 1)
    return screen.panel(
        "reds",
        "最新红色预警",
        f"最近亮灯的在上 · 每类至多 {wall.EACH} 项",
        room,
        rows,
        (wall.listed_reds, screen.focus.path, screen.reader.today, most),
        looks={"width": room.width, "fields": fields, "most": most, "bar": Bar("days", 0.83, 1.0)},
        alt=lambda found: "；".join(found["org_name"] + found["what"] + found["lit"]),
        absent="没有红色预警",
        enlarge=1,
    )


def _lights_by(by: str, title: str, base: str, screen: Screen, room: Room) -> Panel:
    asked = (warnings.board, screen.focus.path, screen.reader.today, Chosen())
    if screen.reader.read(*asked)[by].empty:
        return Panel(f"lights-{by}", title, base, title, None, "没有未消除的预警")
    ordered = {} if by == "age" else {"most": MOST if by == "rule" else room.height // PLACE}
    looks = {"by": by, "legend": by == "rule", "room": round(room.height / 1.1), "grown": LIST, **ordered}
    return screen.panel(f"lights-{by}", title, base, room, light_drawings.lights_by, asked, looks=looks, enlarge=LIST)


def lights_by_rule(screen: Screen, room: Room) -> Panel:
    """Open lights by what is wrong."""
    return _lights_by("rule", "未消除的预警 · 按事项", "项 · 最多的在上", screen, room)


def lights_by_age(screen: Screen, room: Room) -> Panel:
    """Open lights by how long they have been on."""
    return _lights_by("age", "亮灯时长", f"项 · {_OPEN}", screen, room)


def lights_by_district(screen: Screen, room: Room) -> Panel:
    """Open lights by where they are."""
    return _lights_by("district", "未消除的预警 · 按县区", f"项 · {_OPEN}", screen, room)


def red_sites(screen: Screen, room: Room) -> Panel:
    """The red sites on their map."""
    whole = "" if screen.focus.org_id == screen.reader.installation.root_org else "不限本级 · "
    return screen.panel(
        "red-map",
        "红色资源分布",
        f"{whole}共 {len(screen.reader.read(red.sites))} 处 · ● 点位准确　○ 位置示意",
        room,
        sites_map,
        (red.sheet, red.EVERYTHING, None, None, screen.focus.org_id),
        looks={"width": room.width, "height": room.height},
        absent="还没有登记红色资源",
        enlarge=1,
    )


def red_routes(screen: Screen, room: Room) -> Panel:
    """The routes for a theme party day."""
    fields = (
        Field("name", 0.0, 0.68, bold=True, line="upper", head="路线 · 方式 · 来源"),
        Field("way", 0.0, 0.68, tone="quiet", line="lower"),
        Field("stops", 0.8, 0.1, align="right", head="站数"),
        Field("length", 1.0, 0.18, align="right", head="直线里程"),
    )
    most, found = max((room.height - HEAD) // LINES, 1), len(screen.reader.read(wall.route_list))
    return screen.panel(
        "routes",
        "主题党日红色路线",
        f"共 {found} 条" + (f" · 前 {most} 条" if found > most else ""),
        room,
        rows,
        (wall.route_list,),
        looks={"width": room.width, "fields": fields, "most": most},
        absent="还没有登记路线",
        enlarge=1,
    )


def sites_by_district(screen: Screen, room: Room) -> Panel:
    """Red sites by district."""
    return screen.panel("sites-district", "各县区红色点位", "处", room, bars, (wall.sites_by_district,), looks={"unit": "处"})


def sites_by_type(screen: Screen, room: Room) -> Panel:
    """Red sites by kind, the most frequent ones."""
    most = max(room.height // ROW, 1)
    base = f"处 · 最多的 {most} 类" if len(screen.reader.read(wall.sites_by_type, most + 1)) > most else "处"
    return screen.panel("sites-type", "点位类型", base, room, bars, (wall.sites_by_type, most), looks={"unit": "处"})
