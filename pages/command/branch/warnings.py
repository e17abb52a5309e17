"""The branch's open lights with their evidence, and the history of closed ones."""

import streamlit as st

from components import cards, filters, tables
from data_access.cache import Reader
from data_access.queries import warnings
from domain.counted import OF_LIGHTS
from domain.light_counts import Chosen
from pages.shared import definitions, evidence
from pages.shared.view import View

_COLUMNS = {
    "title": tables.text("规则", width="small"),
    "person": tables.text("姓名", width=70),
    "text": tables.text("依据", width=340),
    "since": tables.day("亮灯日期"),
    "days": tables.count("天数"),
    "next_step": tables.text("下一步", width="medium"),
}


def render(reader: Reader, view: View) -> None:
    """Draw the lights beside the one that was opened."""
    values = (view.path, reader.today, Chosen(org_id=view.org_id))
    left, right = st.columns([3, 2], gap="small")
    told = definitions.hover(reader, *OF_LIGHTS.values())
    with left, cards.card("预警", base="未消除的职责预警，与指数的颜色无关", help=told, key="lights"):
        count = reader.read(warnings.listed_count, *values)
        if not count:
            st.success("没有未消除的预警。", icon=":material/task_alt:")
        else:
            rows = reader.read(warnings.listed, *values, filters.page(count, warnings.PAGE))
            _table(reader, rows, "open", {})
        exempted = reader.read(warnings.exempted, *values)
        if len(exempted):
            st.caption("已豁免（经批准熄灭，到期自动恢复）")
            _table(reader, exempted, "exempted", {"reason": tables.text("豁免原因"), "exempt_to": tables.day("豁免至")})
        closed = reader.read(warnings.closed, *values)
        with st.expander(f"已消除的预警（最近 {len(closed)} 条）", icon=":material/history:"):
            if closed.empty:
                st.caption("还没有已消除的预警。")
            else:
                _table(reader, closed, "closed", {"closed_on": tables.day("消除日期")})
    with right:
        evidence.panel(reader, key="evidence")


def _table(reader: Reader, rows, state: str, more: dict) -> None:
    columns = {"light": tables.light("状态", theme=reader.theme), **_COLUMNS, **more}
    if rows["person"].isna().all():
        del columns["person"]
    if state != "open":
        del columns["next_step"]
    tables.table(rows, columns=columns, key=f"lights-{state}", on_select=evidence.choose)
