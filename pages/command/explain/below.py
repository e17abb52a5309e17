"""Of what stands above branches: how much each organisation right below brings to the index, and pulls it up or down."""

import streamlit as st

from components import cards, tables
from data_access.cache import Reader
from data_access.queries import explain
from pages.shared import go
from pages.shared.view import View

HELP = "贡献＝下级指数 × 其参评党员占比，相加即本级指数；拉动＝（下级指数 − 本级指数）× 占比，正数拉高，负数拉低。"


def render(reader: Reader, view: View) -> None:
    """Draw the organisations right below, the one that pulls down most first."""
    rows = reader.read(explain.contributions, view.org_id, view.period.code)
    if rows.empty:
        cards.nothing_yet("没有已评定的下级组织")
        return
    columns = {
        "name": tables.text("下级组织", width=140),
        "pull": tables.number("拉动（分）", "%+.2f"),
        "total": tables.score("指数"),
        "light": tables.light("状态", theme=reader.theme),
        "members": tables.count("参评党员"),
        "contribution": tables.number("贡献（分）", "%.2f"),
    }
    asked = {name: st.query_params.get(name) for name in ("period", "item", "next")}
    tables.table(
        rows,
        columns=columns,
        key="below",
        height=tables.tall(rows, 7),
        on_select=lambda row: go.to("explain", org=row["org_code"], **asked),
    )
