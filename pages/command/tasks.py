"""Tasks (挂图作战): the map of tasks by district, who is ahead and who behind, what is due, and one task's burn-up."""

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import cards, charts, filters, palette, tables, text
from components.charts import tasks as drawings
from data_access.cache import Reader
from data_access.queries import assignments, organisations, tasks
from data_access.queries.settings import settings
from data_access.queries.tasks import Chosen, Stage
from domain.vocabulary import Light, OrgKind
from pages.shared import definitions, go, masthead
from pages.shared.view import View

ALL = "all"
THEN = (
    ":material/history: {day} 的进度和计划，取当周及以前的填报（按周汇总，以最后一个周日为准）；"
    "逐项任务的状态和“谁落后”“本周到期”只有现状，不列。"
)
MOST_ROWS = 24  # tasks that the map shows one by one; more of them are shown by category


def render(reader: Reader) -> None:
    """Draw the page: filters and totals, the map of tasks, then one task beside the units, and the assignments behind it."""
    view = masthead.render(reader, "挂图作战", kept_from=date.min)
    every = Chosen(view.day, past=view.day < reader.today)
    under_way = not reader.read(tasks.by_task, view.org_id, replace(every, stage=Stage.CURRENT)).empty
    if not under_way and reader.read(tasks.by_task, view.org_id, every).empty:
        cards.nothing_yet("本级及下级没有分配的任务", "任务下达并分配后，这里显示进度和落后的单位")
        return
    chosen = _filters(reader, view, every, Stage.CURRENT.value if under_way else ALL)
    if chosen.past:
        st.caption(THEN.format(day=chosen.today.isoformat()))
    _totals(reader, view, chosen)
    if view.kind is not OrgKind.BRANCH:
        _map(reader, view, chosen)
    left, right = st.columns([4, 5], gap="small")
    with left:
        _task(reader, view, chosen)
    with right:
        if view.kind is OrgKind.BRANCH and chosen.past:
            _own(reader, view, chosen)
            return
        if view.kind is OrgKind.BRANCH:
            _due(reader, view, chosen, height=440)
        else:
            _units(reader, view, chosen)
    if view.kind is OrgKind.BRANCH:
        _own(reader, view, chosen)
        return
    if chosen.past:  # lists are of what stands now
        return
    _due(reader, view, chosen)
    _behind(reader, view, chosen)


def _filters(reader: Reader, view: View, every: Chosen, usual: str) -> Chosen:
    """Return what the URL asks for among `every` task; `usual` is the stage that the page opens with."""
    with st.container(key="filter-bar", horizontal=True, vertical_alignment="top", gap="small"):
        stage = filters.choice("stage", "阶段", Stage.labels() | {ALL: "全部"}, usual, segments=True, width="content")
        known = replace(every, stage=None if stage == ALL else Stage(stage or usual))
        offered = reader.read(tasks.by_task, view.org_id, known).sort_values("task_code")
        category = filters.choice("category", "类别", {name: name for name in sorted(set(offered["category"]))}, width=150)
        if category:
            offered = offered[offered["category"] == category]
        titles = dict(zip(offered["task_code"], offered["title"], strict=True))
        task = filters.choice("task", "任务", titles, all_label="全部任务", width=300)
        place = None
        if view.kind is not OrgKind.BRANCH:  # a branch stands in one place
            place = filters.choice("place", "县区", reader.read(organisations.districts), width=150)
        light = None
        if not every.past:  # of a past day the light of a single assignment is not kept
            lights = {item.value: palette.mark(item) for item in Light}
            light = filters.choice("light", "任务状态", lights, segments=True, width="content")
    return replace(known, task=task, district=place, category=category, light=light)


def _totals(reader: Reader, view: View, chosen: Chosen) -> None:
    found = reader.read(tasks.totals, view.org_id, chosen)
    figures = {} if found.empty else found.iloc[0].to_dict()
    late = reader.read(tasks.totals, view.org_id, replace(chosen, stage=Stage.OVERDUE))
    owed = 0 if late.empty else int(late["assignments"].iloc[0] - late["finished"].iloc[0])
    tiles = st.columns(6, gap="small")
    _tile(tiles[0], "任务", figures.get("tasks", 0), help=definitions.hover(reader, "tasks_given"))
    _tile(tiles[1], "分配到组织", figures.get("assignments", 0), help=definitions.hover(reader, "assignments_given"))
    with tiles[2]:
        cards.headline(
            "实际进度",
            figures.get("value"),
            pattern="{:.1f}",
            unit="%",
            previous=figures.get("plan"),
            change_pattern="{:.1f}",
            versus="较计划（百分点）",
            rising=True,
            help=definitions.hover(reader, "task_progress", "task_plan"),
        )
    red, yellow = (None if chosen.past else figures.get(light.value, 0) for light in (Light.RED, Light.YELLOW))
    _tile(tiles[3], palette.mark(Light.RED), red, help=definitions.hover(reader, "task_red"))
    _tile(tiles[4], palette.mark(Light.YELLOW), yellow, help=definitions.hover(reader, "task_yellow"))
    _tile(tiles[5], "逾期未清", owed, help=definitions.hover(reader, "tasks_overdue"))


def _tile(place: DeltaGenerator, label: str, value: int | None, help: str | None = None) -> None:
    shown = cards.MISSING if value is None else f"{value:,} :small[项]"
    place.metric(label, shown, help=help, border=True, height="stretch")


def _told(reader: Reader) -> str:
    """The definitions of what the map and the ranking compare."""
    return definitions.hover(reader, "task_progress", "task_plan", "task_lead", "task_red", "task_yellow")


def _soon(reader: Reader) -> date:
    return reader.today + timedelta(days=reader.read(settings).whole("task.due_soon_days"))


def _map(reader: Reader, view: View, chosen: Chosen) -> None:
    shown = replace(chosen, task=None, district=None, light=None)
    count = len(reader.read(tasks.by_task, view.org_id, shown))
    with cards.card("作战图", base="县区按组织所在地 · 点选一格下钻", help=_told(reader), key="war-map"):
        if not count:
            cards.nothing_yet("没有符合条件的任务", "换一个阶段或类别再看")
            return
        usual = "task" if count <= MOST_ROWS else "category"
        rows = filters.choice("rows", "按", {"task": "按任务", "category": "按类别"}, usual, segments=True, quiet=True, width="content")
        values = (view.org_id, shown, rows or "task")
        told = "；".join(
            f"{row['title']}进度{row['value']:.0f}%" + ("" if chosen.past else f"，预警{row['red']}项")
            for row in reader.read(tasks.war_map, *values).query("district == ''").to_dict("records")
        )
        drawing = reader.drawn(drawings.war_map, tasks.war_map, *values, theme=reader.theme)
        charts.show(drawing, key=f"war-map-{rows}", alt=told, on_select=lambda mark: _drill(mark, "task" if rows == "task" else "category"))


def _drill(mark: dict, parameter: str) -> None:
    filters.write(**{parameter: mark["row"], "place": mark["district"] or None, filters.PAGE: None})
    st.rerun()


def _task(reader: Reader, view: View, chosen: Chosen) -> None:
    shown = replace(chosen, task=None, light=None)
    code = chosen.task or next(iter(reader.read(tasks.by_task, view.org_id, shown)["task_code"]), None)
    found = reader.read(tasks.details, code) if code else None
    where = "筛选" if view.kind is OrgKind.BRANCH else "作战图或筛选"  # a branch has no map
    base = None if chosen.task else f"落后最多的一项 · 在{where}中选定任务"
    told = definitions.hover(reader, "task_progress", "task_plan")
    with cards.card("任务进度曲线", base=base, help=told, key="burn-up", height=440):
        if found is None:
            cards.nothing_yet("没有符合条件的任务", "放宽上方的筛选条件再看")
            return
        st.markdown(f"**{text.plain(found.title)}**　:small[:gray[{text.plain(found.category)} · {text.plain(found.issuer)}下达]]")
        st.caption(f"{found.start_on:%Y-%m-%d} 起，{found.due_on:%Y-%m-%d} 到期 · 按权重加权")
        values = (view.org_id, view.kind, found.task_code, chosen.today)
        if reader.read(tasks.burn_up, *values).empty:
            cards.nothing_yet("这项任务尚未开始")
            return
        charts.show(
            reader.drawn(drawings.burn_up, tasks.burn_up, *values, theme=reader.theme),
            key="burn-up",
            alt=f"{found.title}进度曲线",
            height=290,
        )


_UNITS = {
    "rank": tables.count("名次"),
    "name": tables.text("责任单位", width=210),
    "light": tables.text("状态"),
    "value": tables.bar("实际进度", pattern="%.0f %%"),
    "plan": tables.number("计划", "%.0f %%"),
    "lead": tables.number("较计划", "%+.1f", help="实际进度减计划，百分点"),
    "red": tables.count("预警"),
    "yellow": tables.count("关注"),
    "assignments": tables.count("任务", help="分配到组织的任务项数"),
}


def _units(reader: Reader, view: View, chosen: Chosen) -> None:
    with cards.card("责任单位排名", base="按隶属，下一级组织 · 按较计划的差距排", help=_told(reader), key="units", height=440):
        rows = reader.read(tasks.units, view.org_id, chosen)
        if rows.empty:
            cards.nothing_yet("下一级组织没有符合条件的任务")
            return
        columns = _UNITS | {"light": tables.light("状态", theme=reader.theme)}
        if chosen.past:
            columns = {name: column for name, column in columns.items() if name not in ("red", "yellow")}
        tables.table(rows, columns=columns, key="units", height=tables.tall(rows, 10), on_select=_open_unit)


def _open_unit(row: dict) -> None:
    if row["kind"] == OrgKind.BRANCH:
        go.to("branch", org=row["org_code"])
    filters.write(org=row["org_code"], page=None)
    st.rerun()


_ASSIGNMENTS = {
    "org_name": tables.text("责任单位", width=260),
    "title": tables.text("任务", width=270),
    "responsible": tables.text("责任人", width=70),
    "progress": tables.number("进度", "%d %%", help="没有填报过的为“—”，不作为 0"),
    "planned": tables.number("计划", "%.0f %%"),
    "gap": tables.number("落后（点）", "%.0f", help="落后计划的百分点；没有填报过的按未开展计算"),
    "reported": tables.text("最近填报", width=95),
    "due_on": tables.day("到期"),
    "days_left": tables.number("剩余天数", "%d", help="负数为已逾期的天数"),
    "district_name": tables.text("县区", width=80),
}


def _behind(reader: Reader, view: View, chosen: Chosen) -> None:
    with cards.card("谁落后", base="未完成的任务，落后计划最多的在前", help=definitions.hover(reader, "tasks_behind"), key="behind"):
        page = filters.page(reader.read(assignments.count, view.path, chosen), assignments.PAGE, label="项")
        rows = reader.read(assignments.listed, view.path, chosen, page)
        if rows.empty:
            cards.nothing_yet("没有符合条件的未完成任务")
            return
        columns = {"light": tables.light("状态", theme=reader.theme)} | _ASSIGNMENTS
        if not reader.scope.lists_members:
            del columns["responsible"]
        shown = rows.assign(reported=rows["reported_on"].dt.strftime("%Y-%m-%d").fillna("从未填报"))
        tables.table(
            shown, columns=columns, key="behind", height=tables.tall(rows, 14), on_select=lambda row: go.to("branch", org=row["org_code"])
        )


def _own(reader: Reader, view: View, chosen: Chosen) -> None:
    """A branch's tasks, finished ones too: who is behind among others is not its question."""
    with cards.card("本支部任务", base="点选一行看进度曲线", help=definitions.hover(reader, "task_progress", "task_plan"), key="own"):
        rows = reader.read(tasks.by_task if chosen.past else assignments.of_branch, view.org_id, chosen)
        if rows.empty:
            cards.nothing_yet("没有符合条件的任务")
            return
        state, progress, plan = ("计划状态", "value", "plan") if chosen.past else ("状态", "progress", "planned")
        first, last = ({"start_on": tables.day("开始")}, {}) if chosen.past else ({}, {"finished_on": tables.day("完成")})
        columns = {
            "light": tables.light(state, theme=reader.theme),  # of a past day only that of the sums is known
            "title": tables.text("任务"),
            "category": tables.text("类别"),
            progress: tables.bar("进度", pattern="%.0f %%"),
            plan: tables.number("计划", "%.0f %%"),
            **first,
            "due_on": tables.day("到期"),
            **last,
        }
        tables.table(rows, columns=columns, key="own", height=tables.tall(rows, 12), on_select=_choose_task)


def _due(reader: Reader, view: View, chosen: Chosen, height: int | None = None) -> None:
    until = _soon(reader)
    told = definitions.hover(reader, "tasks_due_soon")
    with cards.card("本周到期", base=f"{reader.today} 至 {until}，未完成", help=told, key="due-soon", height=height):
        rows = reader.read(assignments.due_soon, view.path, replace(chosen, due_by=until))
        if rows.empty:
            cards.nothing_yet("一周内没有到期而未完成的任务")
            return
        columns = {
            "title": tables.text("任务", width=270),
            "due_on": tables.day("最早到期"),
            "assignments": tables.count("未完成"),
            "progress": tables.bar("平均进度", pattern="%.0f %%"),
            "red": tables.count("预警"),
            "yellow": tables.count("关注"),
        }
        tables.table(rows, columns=columns, key="due-soon", height=tables.tall(rows, 6), on_select=_choose_task)


def _choose_task(row: dict) -> None:
    filters.write(task=row["task_code"], page=None)
    st.rerun()
