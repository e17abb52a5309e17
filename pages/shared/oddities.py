"""What about figures cannot be (数据异常), said beside them, or before the figures of a whole page are read."""

from collections.abc import Iterable

import streamlit as st

from components import text
from data_access.cache import Reader
from data_access.queries import weights
from pages.shared.view import View


def weights_line(reader: Reader, view: View) -> None:
    """Say that indices of the view's quarter were rated with weights that were withdrawn or not valid then; nothing where all is well."""
    lines(reader.read(weights.oddities, view.path, view.period.code))


def lines(sentences: Iterable[str]) -> None:
    """Draw each of the sentences on what cannot be."""
    for oddity in sentences:
        st.error(f"**数据异常**　{text.plain(oddity)}", icon=":material/report:")
