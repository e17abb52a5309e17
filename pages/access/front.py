"""The way in: what a visitor sees before there is a page to see, in the middle of an otherwise empty screen."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.browser import theme
from pages.shared import go


@contextmanager
def drawn(front: DeltaGenerator, width: int) -> Iterator[None]:
    """Draw what is inside in a column of `width` pixels on the placeholder `front`, with the choice of theme in the corner."""
    with front.container(key="front"):
        with st.container(key="corner"):
            theme.toggle(st.context.theme.type or "dark", go.urls())
        with st.container(key="sign-in", width=width):
            yield
