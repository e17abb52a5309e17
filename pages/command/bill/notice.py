"""The month's notice (通报): the organisations below in ranks, what they owe, and which measures are due."""

import pandas as pd
import streamlit as st

from components import cards, palette, tables, text
from components.browser import print as printing
from data_access.cache import Reader
from data_access.export.bills import measures_table, notice_table
from data_access.export.workbook import XLSX, Table, written
from data_access.queries import escalation, notice
from domain.escalation import Measure
from domain.period import Period
from domain.vocabulary import Light, OrgKind
from pages.command.bill import notice_paper
from pages.shared import definitions, go
from pages.shared.view import View

_DUE = [measure for measure in Measure if measure is not Measure.NONE]


def render(reader: Reader, view: View, month: Period) -> None:
    """Draw the figures of the whole, the ranks, and the branches that a measure is due for."""
    rows = reader.read(notice.notice, view.org_id, view.path, reader.today)
    escalated = reader.read(escalation.escalated, view.path, reader.today)
    quarter = escalation.settled_quarter(reader.today)
    figures = _figures(reader, rows, escalated)
    with cards.card(
        f"{text.plain(view.org_name)}　{month.label}通报",
        base=f"指数和名次：{quarter.label}（已定），名次在同类组织之间排列 · 点选一行打开账单",
        help=definitions.hover(reader, "fortress", "rated", "lights_red", "lights_yellow"),
        key="notice",
    ):
        if rows.empty:
            cards.nothing_yet("没有下级组织")
            return
        with st.container(key="notice-tools", horizontal=True):
            printing.button("print-notice")
            st.download_button(
                "导出 Excel",
                data=lambda: written(_tables(reader, view, rows, escalated), demo=reader.installation.demo),
                file_name=f"{view.org_code}-{month.code}-通报.xlsx",
                mime=XLSX,
                icon=":material/download:",
                on_click="ignore",
                key="notice-workbook",
            )
        _ranks(reader, rows)
    _measures(reader, escalated, quarter)
    notice_paper.render(reader, view, month, quarter, figures, rows, escalated)


def _tables(reader: Reader, view: View, rows: pd.DataFrame, escalated: pd.DataFrame) -> list[Table]:
    """The sheets of the workbook: the ranks, then the branches that a measure is due for."""
    return [notice_table(rows, view.org_name, reader.today), measures_table(escalated, view.org_name, reader.today)]


def _figures(reader: Reader, rows: pd.DataFrame, escalated: pd.DataFrame) -> dict[str, str]:
    """Draw the tiles; return what they count, with its unit."""
    due = escalated[escalated["exempt_to"].isna()]["measure"].value_counts()
    told = [
        (palette.mark(Light.RED), int(rows["red"].sum()), "项", "lights_red"),
        (palette.mark(Light.YELLOW), int(rows["yellow"].sum()), "项", "lights_yellow"),
        *((f"应{measure.label}", int(due.get(measure.value, 0)), "个", f"measure_{measure.value}") for measure in _DUE),
        ("豁免措施", int(escalated["exempt_to"].notna().sum()), "个", "measure_exempted"),
    ]
    for tile, (label, value, unit, code) in zip(st.columns(len(told), gap="small"), told, strict=True):
        tile.metric(label, f"{value:,} :small[{unit}]", help=definitions.hover(reader, code), border=True, height="stretch")
    return {label: f"{value:,} {unit}" for label, value, unit, _ in told}


def _ranks(reader: Reader, rows: pd.DataFrame) -> None:
    columns = {
        "rank": tables.count("名次"),
        "name": tables.text("党组织", width="large"),
        "kind": tables.text("类别"),
        "light": tables.light("指数状态", theme=reader.theme),
        "total": tables.bar("堡垒指数"),
        "change": tables.number("较上季", "%+.1f"),
        "rated": tables.count("参评支部"),
        "branches": tables.count("支部"),
        "red": tables.count("职责预警"),
        "yellow": tables.count("职责关注"),
        **{measure.value: tables.count(measure.label, help=f"其下应{measure.label}的支部数") for measure in _DUE},
    }
    shown = rows.assign(kind=rows["kind"].map(OrgKind.labels()))
    tables.table(
        shown, columns=columns, key="notice", height=tables.tall(shown, 20), on_select=lambda row: go.to("bill", org=row["org_code"])
    )


def _measures(reader: Reader, escalated: pd.DataFrame, quarter: Period) -> None:
    told = definitions.hover(reader, *(f"measure_{measure.value}" for measure in _DUE))
    with cards.card("督促措施", base=f"截至{quarter.label}，堡垒指数连续预警的支部 · 点选一行打开账单", help=told, key="measures"):
        if escalated.empty:
            st.success("没有应督促的支部。", icon=":material/task_alt:")
            return
        columns = {
            "measure": tables.text("措施"),
            "name": tables.text("支部", width="large"),
            "quarters": tables.count("连续季度"),
            "since": tables.text("起始"),
            "score": tables.score("堡垒指数"),
            "exempt_to": tables.day("豁免至"),
            "reason": tables.text("豁免原因", width="medium"),
            "approved_by": tables.text("批准单位"),
        }
        if escalated["exempt_to"].isna().all():
            columns = {name: column for name, column in columns.items() if name not in ("exempt_to", "reason", "approved_by")}
        shown = escalated.assign(
            measure=escalated["measure"].map(Measure.labels()), since=[Period.parse(code).label for code in escalated["since"]]
        )
        tables.table(
            shown, columns=columns, key="measures", height=tables.tall(shown, 12), on_select=lambda row: go.to("bill", org=row["org_code"])
        )
