"""Opening what is one person's own: written to the audit before it is shown."""

import streamlit as st

from data_access import audit
from data_access.audit import Action
from data_access.cache import Reader

_LAST = "last_opened"


def opening(reader: Reader, action: Action, subject: str) -> None:
    """Audit that the reader opens `subject`: once an opening, however often the page is run while it stays open.

    Opening another one, or the same one after another, is an event again. Call it before anything is drawn: where the event cannot be
    written, nothing is shown. Raises NoDatabase or WrongSchema.
    """
    if st.session_state.get(_LAST) == (action, subject):
        return
    audit.keep(reader.engine, reader.username, action, subject=subject)
    st.session_state[_LAST] = (action, subject)
