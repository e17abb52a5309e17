"""A score explained (评分解释): parts, items and rows, what moved it, what would raise it, and what other weights would make of it."""

import streamlit as st

from components import cards
from data_access.cache import Reader
from data_access.queries import branch, explain
from domain.index.adjustments import ADJUSTED
from domain.vocabulary import Role
from pages.command.explain import adjusting, head, items, movement, raising, rows, what_if
from pages.shared import masthead


def render(reader: Reader) -> None:
    """Draw the explanation of the index of the organisation in focus, down to the rows of the item that the URL names."""
    view = masthead.render(reader, "评分解释")
    record = reader.read(branch.record, view.org_id)
    found = reader.read(explain.explained, view.org_id, view.period.code)
    if record is None or found is None:
        cards.nothing_yet(masthead.NOT_FOUND)
        return
    top, moved, next_steps = st.columns([4, 5, 6], gap="small")
    with top:
        head.render(reader, view, record, found)
    with moved:
        movement.render(reader, view, found, explain.explained, view.org_id, view.period.code)
    with next_steps:
        raising.render(reader, view, found)
    if found.items is None:
        return
    listed, opened = st.columns(2, gap="small")
    with listed:
        items.render(reader, view, found)
    with opened:
        opened_item = adjusting if items.chosen(found) in ADJUSTED else rows
        opened_item.render(reader, view, found)
    if reader.scope.role is Role.LEADER and found.total is not None:
        what_if.render(reader, view, found)
