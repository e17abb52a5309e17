"""The ways between pages. A page is named by its URL's path: "", "branches", "branch", "tasks" …"""

from collections.abc import Callable
from functools import partial
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import streamlit as st

from components import text
from pages import BY_PATH, PAGES, Board

ROOT = "overview"  # the name that Streamlit keeps for the page at "/"
ABSENT = "absent"  # where a URL is sent that cannot be a page's


def pages(show: Callable[[Board | None], None]) -> list[st.Page]:
    """Return every page for `st.navigation`, drawn by `show(board)`."""
    return [_page(board, partial(show, board)) for board in PAGES]


def unknown(show: Callable[[Board | None], None]) -> list[st.Page]:
    """Return a page under the URL that was asked for where no page has it, drawn by `show(None)`; without it Streamlit answers."""
    asked = unquote(urlsplit(st.context.url or "").path).strip("/").rpartition("/")[2]
    return [] if asked in (*BY_PATH, ROOT) else [st.Page(partial(show, None), title="没有这个页面", url_path=asked)]


def urls() -> list[str]:
    """Return the URL of every page, as the browser writes it."""
    return [f"/{board.path}" for board in PAGES]


def to(page_path: str, **params: str | None) -> NoReturn:
    """Leave for another page with these URL parameters and no others; None leaves a parameter out.

    For use in the run of a page (after a selection), not in a callback. Raises KeyError for a path that is not registered.
    """
    st.switch_page(_page(BY_PATH[page_path]), query_params=_given(params))


def link(page_path: str, label: str, *, icon: str | None = None, help: str | None = None, **params: str | None) -> None:
    """Draw a link to a page with these URL parameters. The label is plain text, whatever it holds."""
    st.page_link(_page(BY_PATH[page_path]), label=text.plain(label), icon=icon, help=help, query_params=_given(params))


def badge(page_path: str, label: str, colour: str, **params: str | None) -> None:
    """Draw a count as a coloured badge that leads to what it counts; `colour` is one of Streamlit's names of colours."""
    shown = f":{colour}-badge[{text.plain(label)}]"
    st.page_link(_page(BY_PATH[page_path]), label=shown, query_params=_given(params), width="content")


def _page(board: Board, draw: Callable[[], None] = lambda: None) -> st.Page:
    """Return the board as Streamlit knows it: the same path is the same page, whatever draws it."""
    # Without its icon: the browser would fetch one for the tab from the icon font's maker.
    return st.Page(draw, title=board.title, url_path=board.path or ROOT, default=board.path == "")


def _given(params: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in params.items() if value}
