"""Opening what is one person's own: written to the audit before it is shown."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from data_access import audit
from data_access.audit import Action
from data_access.cache import Reader

_LAST, _SHOWN = "last_opened", "opened_now"


def opening(reader: Reader, action: Action, subject: str) -> None:
    """Audit that the reader opens `subject`: once an opening, however often the page is run while it stays open.

    Opening another one, or the same one after another or by another account, is an event again. Call it before anything is drawn:
    where the event cannot be written, nothing is shown. Raises NoDatabase or WrongSchema.
    """
    opened = (reader.username, action, subject)
    if st.session_state.get(_LAST) != opened:
        audit.keep(reader.engine, reader.username, action, subject=subject)
    st.session_state[_LAST] = st.session_state[_SHOWN] = opened


@contextmanager
def while_shown() -> Iterator[None]:
    """Close what a whole page, drawn to its end, no longer shows: coming back to it is an opening again.

    A run that is broken off, by the next click or on the way to another page, closes nothing.
    """
    st.session_state.pop(_SHOWN, None)
    yield
    if _SHOWN not in st.session_state:
        forget()


def forget() -> None:
    """Close whatever is open: nobody is signed in."""
    st.session_state.pop(_LAST, None)
