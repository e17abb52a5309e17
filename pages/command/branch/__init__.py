"""One organisation's record (支部画像): who it is, what it has to do, how it was rated and why, what it did this year."""

import streamlit as st

from components import cards
from data_access.cache import Reader
from data_access.queries import branch
from domain.vocabulary import Role
from pages.command.branch import agenda, chooser, group, head, life, members, portrait, warnings
from pages.shared import masthead, oddities


def render(reader: Reader) -> None:
    """Draw the record of the organisation in the URL; without one, a secretary's own, and for others a way to choose."""
    chosen = bool(st.query_params.get("org"))
    view = masthead.render(reader, "支部画像")
    if not chosen and reader.scope.role is not Role.SECRETARY:
        chooser.render(reader, view)
        return
    record = reader.read(branch.record, view.org_id)
    if record is None:
        cards.nothing_yet(masthead.NOT_FOUND)
        return
    oddities.weights_line(reader, view)
    own = reader.scope.role is Role.SECRETARY and view.is_root  # what is to be done stands above what one's own organisation is
    if not own:
        head.render(reader, view, record)
    if not record.is_branch:
        group.worries(reader, view)
    elif record.dissolved_on is None:
        agenda.render(reader, view)
    if own:
        head.render(reader, view, record)
    portrait.render(reader, view, record)
    if record.is_branch:
        life.render(reader, view, record)
        warnings.render(reader, view)
    else:
        group.render(reader, view)
    members.render(reader, view)
