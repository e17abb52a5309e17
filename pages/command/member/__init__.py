"""One member's portrait (党员五维画像): five parts, items, and the member's own records. For secretaries of the branch and above it.

The URL names the member by number, never by name; opening a portrait is audited before anything of it is shown.
"""

import streamlit as st

from components import cards, filters, tables
from data_access.audit import Action
from data_access.cache import Reader
from data_access.queries import branch, portrait
from domain.vocabulary import OrgKind
from pages.command.member import drawn
from pages.shared import audited, definitions, go, masthead
from pages.shared.view import View

PARAMETER = "member"
GONE = "没有找到这名党员，或不在您的权限范围内。党员画像只对其所在党支部和上级党组织的书记开放。"
QUARTERS = 8


def render(reader: Reader) -> None:
    """Draw the members of the branch in focus, and the portrait of the one that the URL names."""
    view = masthead.render(reader, "党员画像")
    number = filters.number(PARAMETER)
    if number is None:
        _choose(reader, view)
        return
    quarters = tuple(quarter.code for quarter in view.period.back(QUARTERS))
    found = reader.read(portrait.portrait, number, view.period.code, quarters, reader.today)
    if found is None:
        filters.refused(PARAMETER)
        cards.nothing_yet(GONE)
        return
    audited.opening(reader, Action.OPEN_PORTRAIT, f"member:{found.member_id}")
    st.button("返回名单", icon=":material/arrow_back:", type="tertiary", on_click=filters.write, kwargs={PARAMETER: None, "item": None})
    drawn.render(reader, view, found)


def _choose(reader: Reader, view: View) -> None:
    if view.kind is not OrgKind.BRANCH:
        told = definitions.hover(reader, "fortress")
        with cards.card("选择一个党支部", base="党员画像按支部打开；点选一行进入下一级", help=told, key="member-below"):
            below = reader.read(branch.children, view.org_id, view.period.code)
            below = below[below["dissolved_on"].isna()]
            if below.empty:
                cards.nothing_yet("没有下级组织")
                return
            columns = {
                "name": tables.text("组织", width="large"),
                "light": tables.light("指数状态", theme=reader.theme),
                "total": tables.bar("堡垒指数"),
                "members": tables.count("党员"),
            }
            tables.table(below, columns=columns, key="member-below", height=tables.tall(below, 18), on_select=_enter)
        return
    told = definitions.hover(reader, "pioneer")
    with cards.card("党员名单", base=f"{view.period.label}先锋指数，低的在前 · 打开画像会记入审计", help=told, key="roster"):
        rows = reader.read(portrait.roster, view.org_id, view.period.code)
        if rows.empty:
            cards.nothing_yet("没有可以显示的党员")
            return
        columns = {
            "light": tables.light("状态", theme=reader.theme),
            "name": tables.text("姓名", width=120),
            "status": tables.text("类别", width=120),
            "total": tables.bar("先锋指数"),
        }
        shown = rows.assign(status=rows["status"].map(drawn.STATUSES))
        tables.table(shown, columns=columns, key="roster", height=tables.tall(rows, 18), on_select=_open)


def _enter(row: dict) -> None:
    go.to("member", org=row["org_code"], period=st.query_params.get("period"))


def _open(row: dict) -> None:
    filters.write(**{PARAMETER: str(row["member_id"])})
    st.rerun()
