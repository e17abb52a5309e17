"""The record of an organisation above branches: what is wrong below it, its duties by month, its tasks, its children."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from components import cards, charts, palette, tables
from components.charts import warnings as light_drawings
from data_access.cache import Reader
from data_access.queries import branch, tasks, warnings
from data_access.queries.tasks import Chosen as ChosenTasks
from data_access.queries.tasks import Stage
from domain.counted import OF_LIGHTS
from domain.light_counts import Chosen
from domain.vocabulary import Light, OrgKind
from pages.command.branch import calendar_card
from pages.shared import definitions, go
from pages.shared.view import View

ALL = Chosen()


def worries(reader: Reader, view: View) -> None:
    """Draw the red lights below, by rule and the newest ones: what the organisation has to press for this week."""
    left, right = st.columns([2, 3], gap="small")
    values = (view.path, reader.today)
    with left, cards.card("本周要抓", base="下级未消除的预警，按规则", help=definitions.hover(reader, "lights"), key="worries"):
        lights = reader.read(warnings.board, *values, ALL)["rule"]
        if lights.empty:
            st.success("下级没有未消除的预警。", icon=":material/task_alt:")
        else:
            drawing = reader.drawn(light_drawings.lights_by, warnings.board, *values, ALL, by="rule", theme=reader.theme, room=240)
            told = "；".join(f"{row['name']}预警{row['red']}" for row in lights.to_dict("records"))
            charts.show(drawing, key="worries", alt=told, on_select=lambda mark: go.to("warnings", org=view.org_code, rule=mark["key"]))
    with right, cards.card("最新的红色预警", base="点选一条查看依据", help=definitions.hover(reader, "lights_red"), key="newest"):
        rows = reader.read(warnings.listed, *values, Chosen(light=Light.RED.value), 1).head(20)
        if rows.empty:
            cards.nothing_yet("没有红色预警")
            return
        columns = {
            "title": tables.text("规则", width="small"),
            "org_name": tables.text("党组织"),
            "since": tables.day("亮灯日期"),
            "text": tables.text("依据", width=300),
        }
        tables.table(
            rows,
            columns=columns,
            key="newest",
            height=tables.tall(rows, 8),
            on_select=lambda row: go.to("warnings", org=view.org_code, light_id=str(row["light_id"])),
        )
        go.link("bill", "打开本月通报", icon=":material/receipt_long:", org=view.org_code)


def render(reader: Reader, view: View) -> None:
    """Draw duties and tasks below the organisation, then its children."""
    calendar, work = st.columns([1, 1], gap="small")
    with calendar, cards.card(f"{view.period.last.year}年履职日历", base="按期履职的比例，%", help=calendar_card.HELP, key="calendar"):
        calendar_card.render(reader, view)
    with (
        work,
        cards.card(
            "在办任务",
            base="进度与计划，落后最多的在前",
            help=definitions.hover(reader, "task_progress", "task_plan", "task_red", "task_yellow"),
            key="tasks",
        ),
    ):
        _tasks(reader, view)
    _children(reader, view)


def _tasks(reader: Reader, view: View) -> None:
    rows = reader.read(tasks.by_task, view.org_id, ChosenTasks(reader.today, Stage.CURRENT))
    if rows.empty:
        cards.nothing_yet("下级没有在办的任务")
        return
    columns = {
        "light": tables.light("状态", theme=reader.theme),
        "title": tables.text("任务", width=236),
        "value": tables.number("进度", "%.0f %%"),
        "plan": tables.number("计划", "%.0f %%"),
        "red": tables.count(palette.mark(Light.RED)),
        "yellow": tables.count(palette.mark(Light.YELLOW)),
        "due_on": tables.day("到期"),
    }
    tables.table(
        rows,
        columns=columns,
        key="group-tasks",
        height=tables.tall(rows, 9),
        on_select=lambda row: go.to("tasks", org=view.org_code, task=row["task_code"]),
    )


def _children(reader: Reader, view: View) -> None:
    with cards.card("下级组织", base=f"按隶属 · {view.period.label} · 点选一行打开", help=children_help(reader), key="children"):
        rows = reader.read(branch.children, view.org_id, view.period.code)
        if rows.empty:
            cards.nothing_yet("没有下级组织")
            return
        children_table(reader, rows, key="children")


def children_help(reader: Reader) -> str:
    """Word the definitions of what `children_table` shows."""
    return definitions.hover(reader, "fortress", "rated", *OF_LIGHTS.values())


def children_table(
    reader: Reader, rows: pd.DataFrame, *, key: str, leave_out: Collection[str] = (), most: int = 12, width: int | None = None
) -> None:
    """Draw organisations with their figures, at most `most` rows at once; a click opens the record.

    `leave_out` names columns; `width` is that of the names in pixels, where there is no room for the longest.
    """
    shown = rows.assign(kind=rows["kind"].map(OrgKind.labels()), state=rows["dissolved_on"].notna().map({True: "已撤销", False: None}))
    columns = {
        "name": tables.text("组织", width=width),
        "kind": tables.text("类别"),
        "sector_name": tables.text("领域"),
        "light": tables.light("指数状态", theme=reader.theme),
        "total": tables.bar("堡垒指数"),
        "before": tables.score("上季"),
        "branches": tables.count("支部"),
        "rated": tables.count("参评"),
        "members": tables.count("党员"),
        "red": tables.count("职责预警"),
        "yellow": tables.count("职责关注"),
        "state": tables.text("备注"),
    }
    empty = [name for name in ("sector_name", "state") if shown[name].isna().all()]
    tables.table(
        shown,
        columns={name: column for name, column in columns.items() if name not in {*empty, *leave_out}},
        key=key,
        height=tables.tall(shown, most),
        on_select=lambda row: go.to("branch", org=row["org_code"], period=st.query_params.get("period")),
    )
