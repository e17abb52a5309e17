"""The way to a record for readers whose scope is wide: the weakest branches, and the tree from the top."""

import streamlit as st

from components import cards, tables
from data_access.cache import Reader
from data_access.queries import branch, weakest
from data_access.queries.rolled import Cut
from pages.command.branch import group
from pages.shared import definitions, go
from pages.shared.view import View

_ROWS = 18  # of each list


def render(reader: Reader, view: View) -> None:
    """Draw the weakest branches beside the tree of organisations."""
    st.info("选择一个组织查看它的画像：在右上角“查找组织”中输入名称或拼音，或在下面点选。", icon=":material/touch_app:")
    left, right = st.columns([5, 6], gap="small")
    told = definitions.hover(reader, "fortress", "loss")
    with left, cards.card("最需要关注的支部", base=f"{view.period.label}堡垒指数最低", help=told, key="weakest"):
        rows = reader.read(weakest.weakest, view.path, Cut(view.place, view.sector), view.period.code, _ROWS)
        if rows.empty:
            cards.nothing_yet("本季还没有评定")
        else:
            columns = {
                "light": tables.light("状态", theme=reader.theme),
                "name": tables.text("支部", width=170),
                "score": tables.score("堡垒指数"),
                "part": tables.text("失分最多", width=80),
                "reds": tables.count("职责预警"),
            }
            tables.table(
                rows,
                columns=columns,
                key="weakest",
                height=tables.tall(rows, _ROWS),
                on_select=lambda row: go.to("branch", org=row["org_code"]),
            )
    with right, cards.card("按隶属浏览", base=f"{view.period.label} · 点选一行打开", help=group.children_help(reader), key="tree"):
        children = reader.read(branch.children, view.org_id, view.period.code)
        if children.empty:
            cards.nothing_yet("没有下级组织")
        else:
            group.children_table(reader, children, key="tree", leave_out=("kind", "sector_name", "before", "rated"), most=_ROWS, width=250)
