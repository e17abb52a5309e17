"""The front door: find the page, sign in, draw the menu, run the page."""

import gc
import inspect
from importlib import import_module

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from data_access import building
from data_access.engine import NoDatabase, WrongSchema
from pages import PAGES, Board, home
from pages.access import faults
from pages.access.paths import Paths

SIGN_IN_STANDS_ON = ("bcrypt", "captcha.image", "cryptography.x509", "jwt", "requests", "yaml")

# `streamlit run app.py` finds this and serves it. Errors that no page foresees, and URLs that are no page's, are answered in Chinese.
app = st.App(__file__, on_script_error=faults.answer, middleware=[Middleware(Paths)])


def main() -> None:
    """Run once for every request of a browser."""
    # Late, because browser components register with the runtime, and the server loads this file before it has one.
    from components import look
    from pages.access import entry, first_start, menu, sign_in
    from pages.shared import audited, go

    def show(board: Board | None) -> None:
        first = home(account.scope.role)
        if board is PAGES[0] and board is not first and (arrives or account.scope.role not in board.roles):
            go.to(first.path)
        opened = board if board and account.scope.role in board.roles else None  # what does not open has the menu above it, too
        menu.render(reader, account, opened)
        if opened:
            opened.render(reader)
        else:
            faults.absent()

    st.set_page_config(page_title="党建云看板", layout="wide", initial_sidebar_state="collapsed")
    look.apply()
    faults.cut()
    # Before sign-in, so that a deep link survives it; the page itself runs after it.
    page = st.navigation([*go.pages(show), *go.unknown(show)], position="hidden")
    front = st.empty()  # emptied at once, where what was drawn on it would stay until the page had been run
    try:
        first_start.complete(front)
        engine, installation = entry.installation()
        account = sign_in.require(engine, installation, front)
        arrives = sign_in.arrives()
        reader = entry.reader(engine, installation, account)
        with audited.while_shown():
            page.run()
    except (NoDatabase, WrongSchema) as fault:
        faults.explain(fault)


if __name__ == "__main__":
    main()
else:
    # The server loads this file before the first visit. From here on Streamlit serves no file of pages/ by itself, which it would
    # do without sign-in, nor does it take the first deep link for a missing page.
    PagesManager.uses_pages_directory = False
    faults.log_to_terminal()
    if building.wanted():
        building.builder()  # nobody needs to have come for it
    # What takes long to load is loaded here, so that the first visitor does not wait for it; but no browser component, such as
    # the sign-in's: one that is loaded before there is a runtime is not served, and the browser would keep no sign-in. What it
    # stands on is loaded instead, and the table made that finds a component's module.
    for name in ("altair", "pydeck", "streamlit.emojis", "data_access.queries.overview", *SIGN_IN_STANDS_ON):
        import_module(name)
    inspect.getmodule(inspect.currentframe())
    # Streamlit collects garbage after every run of a script, a wall's poll too; so Python need not as often within a run. What was
    # loaded so far is none, and not looked through each time: that took longer than most pages.
    gc.set_threshold(100_000, 50, 100)
    gc.collect()
    gc.freeze()
