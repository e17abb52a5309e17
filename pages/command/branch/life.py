"""What a branch did this year: its duties by month, and its tasks against plan."""

from typing import Any

import streamlit as st

from components import cards, charts, tables
from components.charts import branch as drawings
from data_access.cache import Reader
from data_access.queries import assignments
from data_access.queries import calendar as calendars
from data_access.queries.branch import Record
from domain import calendar
from domain.period import Period
from domain.vocabulary import DutyStatus
from pages.shared import definitions, go
from pages.shared.view import View


def render(reader: Reader, view: View, record: Record) -> None:
    """Draw the year's duties beside the tasks."""
    year = view.period.last.year
    year_card, work = st.columns(2, gap="small")
    with (
        year_card,
        cards.card(f"{year}年履职日历", base=drawings.duty_legend(), help=definitions.hover(reader, "duties_calendar"), key="calendar"),
    ):
        cells = reader.read(calendars.of_branch, record.org_id, year, reader.today)
        if cells["period"].isna().all():
            cards.nothing_yet(f"{year}年没有应做的组织生活、党费和换届", "成立后的第一个完整周期起计")
        else:
            drawing = reader.drawn(drawings.year_of_duties, calendars.of_branch, record.org_id, year, reader.today, theme=reader.theme)
            counts = cells["status"].value_counts()
            told = "，".join(f"{status.label}{counts.get(status.value, 0)}次" for status in DutyStatus)
            charts.show(drawing, key="calendar", alt=f"{year}年履职日历：{told}", on_select=lambda mark: _open_cell(reader, record, mark))
            st.caption("点选一格，查看这一季的记录和规定；空白的期间尚未开始。")
    with work, cards.card("任务", base="进度与计划", help=definitions.hover(reader, "task_progress", "task_plan"), key="tasks"):
        _tasks(reader, view)


def _open_cell(reader: Reader, record: Record, mark: dict[str, Any]) -> None:
    """Lead to the rows and the rule that a cell stands on, in the quarter in which it ended or still runs."""
    if mark.get("period"):
        quarter = Period.quarter(min(Period.parse(str(mark["period"])).last, reader.today))
        item = {calendar.DUES: "membership_dues", calendar.ELECTION: "membership_election"}.get(str(mark["duty"]), "life_duties")
        go.to("explain", org=record.org_code, period=quarter.code, item=item)


def _tasks(reader: Reader, view: View) -> None:
    rows = reader.read(assignments.of_branch, view.org_id)
    if rows.empty:
        cards.nothing_yet("没有分配给本支部的任务")
        return
    columns = {
        "light": tables.light("状态", theme=reader.theme),
        "title": tables.text("任务", width=204),
        "progress": tables.number("进度", "%d %%", help="没有填报过的为“—”，不作为 0"),
        "planned": tables.number("计划", "%.0f %%"),
        "due_on": tables.day("到期"),
        "finished_on": tables.day("完成"),
        "responsible": tables.text("责任人", width=80),
    }
    if rows["responsible"].isna().all():
        del columns["responsible"]
    tables.table(rows, columns=columns, key="branch-tasks", on_select=lambda row: go.to("tasks", org=view.org_code, task=row["task_code"]))
