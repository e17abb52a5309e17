"""The menu bar: the installation's name, the pages that the role may open, and who is signed in."""

from itertools import groupby

import streamlit as st

from components import text
from components.browser import steps, theme
from data_access.accounts import Account
from data_access.cache import Reader
from pages import GROUPS, PAGES, Board
from pages.access import sign_in
from pages.shared import go


def render(reader: Reader, account: Account, board: Board | None) -> None:
    """Draw the bar above `board`, unless it is one that fills the screen; above nothing known for None.

    The links keep the organisation and the period that are looked at.
    """
    if board and not board.framed:
        with st.container(key="unframed"):
            theme.toggle(reader.theme, go.urls())
        return
    kept = {name: st.query_params[name] for name in ("org", "period") if name in st.query_params}
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="brand", width="content"):
            st.markdown(f"**{text.plain(reader.installation.title)}**", width="content")
        with st.container(key="menu", horizontal=True, vertical_alignment="center", gap="xxsmall", width="stretch", wrap=False):
            _entries(reader, board, kept)
        with st.container(key="signed-in", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            if reader.installation.demo:
                st.badge("演示数据", icon=":material/science:", color="yellow", help="本系统中的组织、人员和记录均为合成的演示数据。")
            theme.toggle(reader.theme, go.urls())
            steps.joined()
            with st.popover(text.plain(account.display_name), icon=":material/account_circle:", type="tertiary", key="account"):
                st.markdown(f"**{text.plain(account.display_name)}**（{account.scope.role.label}）")
                st.caption(f"权限范围：{text.plain(account.org_name)}及所属组织")
                st.button(
                    "退出登录", icon=":material/logout:", on_click=sign_in.leave, args=(reader.engine,), width="stretch", key="sign-out"
                )


def _entries(reader: Reader, here: Board | None, kept: dict[str, str]) -> None:
    """Draw the entries: pages that share a group stand under one, which is drawn anew on another page and so closes."""
    offered = [board for board in PAGES if board.listed and reader.scope.role in board.roles]
    for group, boards in groupby(offered, key=lambda board: board.group):
        if not group:
            for board in boards:
                go.link(board.path, board.title, icon=board.icon, **kept)
            continue
        path = here.path if here else ""
        key = f"{'here' if here and here.group == group else 'group'}-{list(GROUPS).index(group)}-{path}"
        with st.popover(group, icon=GROUPS[group], type="tertiary", key=key, width="content"):
            for board in boards:
                go.link(board.path, board.title, icon=board.icon, **kept)
