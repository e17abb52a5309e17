"""`python -m tests.browser.forgetful run app.py …`: Streamlit as it is at its first visit, at every visit.

What keeps Streamlit from serving the scripts of pages/ by itself is a flag of the process, which the first `st.navigation` sets for
good. Here every session finds it as the server's start has left it, so that one server can be asked for many URLs, each the first.
"""

from typing import Any

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

_begin = PagesManager.__init__
_left: list[bool | None] = []


def _begin_anew(manager: PagesManager, *given: Any, **named: Any) -> None:
    _left.append(PagesManager.uses_pages_directory)
    PagesManager.uses_pages_directory = _left[0]
    _begin(manager, *given, **named)


PagesManager.__init__ = _begin_anew  # type: ignore[method-assign]

if __name__ == "__main__":
    main(prog_name="streamlit")
