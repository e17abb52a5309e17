"""What adds or subtracts besides the items, opened: the rule's sentence, the rows as recorded, and what of them the cap lets count."""

import streamlit as st

from components import cards, tables, text
from data_access.cache import Reader
from data_access.queries import adjusting_rows
from data_access.queries.explain import Explained
from data_access.queries.settings import settings
from domain.index.adjustments import ADJUSTED, BONUS, CAPS
from domain.rules import RULES
from pages.command.explain import items
from pages.shared import go
from pages.shared.view import View

DISCREET = "事由可能涉及个人，只向书记显示。"


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw what the URL names, or a branch's veto."""
    adjustment = items.chosen(found)
    rule = RULES[ADJUSTED[adjustment]]
    with cards.card(f"依据　加减分 › {rule.title}", key="item-rows"):
        st.markdown(f"> {text.plain(rule.worded(reader.read(settings)))} :small[——{text.plain(rule.source)}]")
        if found.is_branch:
            _of_branch(reader, view, found, adjustment)
        else:
            _of_group(reader, view, adjustment)


def _of_branch(reader: Reader, view: View, found: Explained, adjustment: str) -> None:
    rows = reader.read(adjusting_rows.of_branch, view.org_id, adjustment, view.period.code, reader.today)
    if adjustment in CAPS:
        cap = reader.read(settings)[CAPS[adjustment]]
        counted = abs(float(found.composed[adjustment]))
        st.markdown(f":small[:gray[计算]]　登记合计 {rows['points'].sum():g} 分，封顶 {cap:g} 分 → 计入 **{counted:g}** 分")
    if adjustment != BONUS and not reader.scope.names_members:
        st.caption(DISCREET)
    columns = {
        "what": tables.text("事项" if adjustment == BONUS else "事由"),
        "day": tables.day("日期"),
        "points": tables.number("分值", "%g"),
    }
    tables.table(rows, columns=columns, key=f"rows-{adjustment}")


def _of_group(reader: Reader, view: View, adjustment: str) -> None:
    rows = reader.read(adjusting_rows.below, view.org_id, adjustment, view.period.code)
    st.caption(f"有这一项的支部，对本级影响最大的在前（{len(rows)} 个）；点选一行，打开它的记录")
    columns = {
        "name": tables.text("支部", width=230),
        "members": tables.count("党员"),
        "total": tables.score("支部指数"),
        "points": tables.number("支部加分" if adjustment == BONUS else "支部扣分", "%g"),
        "pull": tables.number("拉高本级" if adjustment == BONUS else "拉低本级", "%.3f"),
    }
    period = st.query_params.get("period")
    tables.table(
        rows,
        columns=columns,
        key=f"behind-{adjustment}",
        height=330,
        on_select=lambda row: go.to("explain", org=row["org_code"], period=period, item=adjustment),
    )
