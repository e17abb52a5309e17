"""Admission of members (发展党员): the 26 steps as a board, which clock runs out when, where it stalls, and who is concerned."""

import streamlit as st

from components import filters, palette
from data_access.cache import Reader
from data_access.queries import organisations
from data_access.queries.admission import Chosen
from domain.admission import STEPS
from domain.vocabulary import Light, OrgKind
from pages.command.admission import board, people, stalls
from pages.command.admission.asked import Asked
from pages.shared import masthead
from pages.shared.view import View

_LIGHTS = (Light.RED, Light.YELLOW, Light.GREY, Light.GREEN)


def render(reader: Reader) -> None:
    """Draw the page."""
    view = masthead.render(reader, "发展党员", still=masthead.STILL)
    asked = Asked(reader, view, _filters(reader, view))
    board.render(asked)
    if not asked.one_branch:
        stalls.render(asked)
    people.render(asked)


def _filters(reader: Reader, view: View) -> Chosen:
    place = sector = None
    with st.container(key="admission-filters", horizontal=True, vertical_alignment="top", gap="small"):
        light = filters.choice("light", "状态", {light.value: palette.mark(light) for light in _LIGHTS}, segments=True, width="content")
        step = filters.choice("step", "步骤", {code: step.name for code, step in STEPS.items()}, all_label="全部步骤", width=230)
        if view.kind is not OrgKind.BRANCH:
            place = filters.choice("place", "县区", reader.read(organisations.districts), all_label="全部县区", width=160)
            sector = filters.choice("sector", "领域", reader.read(organisations.sectors), all_label="全部领域", width=160)
    return Chosen(place, sector, step, light)
