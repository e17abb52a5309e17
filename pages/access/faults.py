"""What a reader sees when something is broken: one sentence that says what to do. The details are in the log."""

import logging
import secrets
import time
from urllib.parse import urlsplit

import streamlit as st

from components import text
from data_access.engine import NoDatabase, WrongSchema
from pages.access import entry

LOG = logging.getLogger("party.faults")
AGAIN = 5  # seconds between two tries of a wall to come back by itself


def cut() -> None:
    """Say in Chinese, as long as the browser has lost the server, what Streamlit would say in English (components/theme.css)."""
    with st.container(key="cut"):
        st.markdown(":material/cloud_off: 与服务器的连接已中断，正在自动重连；恢复前，画面停在中断的时刻。")


def log_to_terminal() -> None:
    """Write what the project logs to the terminal, with the time; Streamlit sets up its own log and no other."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    project = logging.getLogger("party")
    project.addHandler(handler)
    project.propagate = False


def explain(fault: NoDatabase | WrongSchema) -> None:
    """Show the sentence of a named fault; its details were logged where it was met."""
    with st.container(key="fault"):
        st.error(text.plain(fault), icon=":material/database_off:" if isinstance(fault, NoDatabase) else ":material/schema:")
        st.button("重新连接", icon=":material/refresh:", key="reconnect")
        if urlsplit(st.context.url or "").path.rstrip("/").endswith("/wall"):
            _try_again(time.monotonic())


@st.fragment(run_every=AGAIN)
def _try_again(since: float) -> None:
    """Run the app anew once the database answers: at a wall nobody presses a button."""
    if time.monotonic() - since < AGAIN / 2:
        return  # drawn with the page, which has just failed
    try:
        entry.installation()
    except (NoDatabase, WrongSchema):
        return
    st.rerun()


def answer(error: Exception) -> bool:
    """Answer what no page has foreseen, in a fragment or callback too; true: nothing else shall be shown.

    The number on the page is the one in the log, so that a reader can report what happened.
    """
    if isinstance(error, NoDatabase | WrongSchema):
        explain(error)
        return True
    number = secrets.token_hex(4)
    LOG.error("unforeseen error %s", number, exc_info=error)
    with st.container(key="fault"):
        st.error(
            f"系统出现意外错误，详情已记入日志（编号 {number}）。请刷新本页；如再次出现，请将编号告知系统管理员。", icon=":material/error:"
        )
    return True


def absent() -> None:
    """Say that there is no such page; the same for one that the role may not open."""
    st.set_page_config(page_title="没有这个页面")
    with st.container(key="fault"):
        st.error("没有这个页面，或您的账号不能打开它。请从上方菜单进入其他页面。", icon=":material/search_off:")
