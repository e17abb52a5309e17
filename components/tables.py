"""Tables: frames as a reader sees them — Chinese headers, formatted figures, lights as icon and word, "—" for what is missing."""

from collections.abc import Callable, Hashable
from typing import Any, Literal
from unicodedata import east_asian_width
from zlib import crc32

import pandas as pd
import streamlit as st

from components import palette
from components.cards import MISSING
from domain.vocabulary import Light

Column = Any  # a Streamlit column configuration
ROW = 33  # pixels that a row, and the header, takes at the theme's type size
_WIDE, _NARROW = 13.5, 7.5  # pixels that a Chinese and a Latin character take at that size
_DAY = "2026-11-20"
_AROUND, _PILL = 17, 47  # pixels around a cell's text, and around the word of a light with its icon
_WIDEST = 420  # pixels; longer texts are cut
_BAR = 120  # pixels of a bar with its number, at the least
_SHARE = "%.1f\u00a0%%"  # with a no-break space: what comes as 0–1, where percentages have the pattern of their caller


def text(label: str, *, width: int | Literal["small", "medium", "large"] | None = None, help: str | None = None) -> Column:
    """Configure a column of plain text; without a `width`, as wide as its longest text, within reason."""
    return st.column_config.TextColumn(label, width=width, help=help)


def count(label: str, *, help: str | None = None) -> Column:
    """Configure a column of whole numbers: 12,345."""
    return st.column_config.NumberColumn(label, format="localized", help=help)


def score(label: str, *, help: str | None = None) -> Column:
    """Configure a column of scores with one decimal: 84.6."""
    return st.column_config.NumberColumn(label, format="%.1f", help=help)


def number(label: str, pattern: str, *, help: str | None = None) -> Column:
    """Configure a column of numbers in a pattern of their own: "%.2f" for yuan, "%+.1f" for a change."""
    return st.column_config.NumberColumn(label, format=pattern, help=help)


def share(label: str, *, help: str | None = None) -> Column:
    """Configure a column of shares in 0–1 as percentages: 91.2 %."""
    return st.column_config.NumberColumn(label, format=_SHARE, help=help)


def bar(label: str, *, top: float = 100, pattern: str = "%.1f", help: str | None = None) -> Column:
    """Configure a column of figures in 0–`top` as bars with their number."""
    return st.column_config.ProgressColumn(label, width=_BAR, min_value=0, max_value=top, format=pattern, help=help)


def day(label: str, *, help: str | None = None) -> Column:
    """Configure a column of dates: 2026-11-20."""
    return st.column_config.DateColumn(label, format="YYYY-MM-DD", help=help)


def light(label: str, *, theme: str, help: str | None = None) -> Column:
    """Configure a column of lights: `table` writes codes as icon and word, on the palette's colour."""
    fills = palette.theme(theme).lights
    return st.column_config.MultiselectColumn(
        label, options=[palette.mark(item) for item in Light], color=[fills[item] for item in Light], help=help
    )


def tall(frame: pd.DataFrame, most: int) -> int:
    """Return the height in pixels that shows every row of a table, but no more than `most` rows."""
    return ROW * (min(max(len(frame), 1), most) + 1) + 2


def table(
    frame: pd.DataFrame,
    *,
    columns: dict[str, Column],
    key: str,
    height: int | Literal["auto", "stretch", "content"] = "auto",
    on_select: Callable[[dict[Hashable, Any]], None] | None = None,
) -> None:
    """Show the named columns of a frame, in this order. Cells are text, never Markdown; shares come as 0–1.

    `on_select` is called with the whole row (columns that are not shown included) of which a cell was just clicked: in the run
    that the click caused and in no other, so that it may lead to another page.
    """
    lit = [name for name, column in columns.items() if column["type_config"]["type"] == "multiselect"]
    shares = [name for name, column in columns.items() if column["type_config"].get("format") == _SHARE]
    shown = frame[list(columns)]
    if lit or shares:
        marks: dict[str, Any] = {name: [_marks(light) for light in shown[name]] for name in lit}
        shown = shown.assign(**marks, **{name: pd.to_numeric(shown[name]) * 100 for name in shares})
    options: dict[str, Any] = {
        "column_config": {name: _fitted(column, frame[name]) for name, column in columns.items()},
        "hide_index": True,
        "height": height,
        "placeholder": MISSING,
        "key": key,
    }
    if on_select is None:
        st.dataframe(shown, **options)
        return
    # Other rows are another table: what was chosen among the old ones is not chosen among them, and the first click counts.
    options["key"] = f"{key}-{crc32(repr(frame.iloc[:, 0].tolist()).encode()):x}"
    clicked = f"{key}-clicked"
    state = st.dataframe(shown, on_select=lambda: st.session_state.update({clicked: True}), selection_mode="single-cell", **options)
    cells = state["selection"]["cells"]
    if st.session_state.pop(clicked, False) and cells and cells[0][0] < len(frame):
        on_select(frame.iloc[cells[0][0]].to_dict())


def _fitted(column: Column, cells: pd.Series) -> Column:
    """Return a column of text, days or lights, that has no width yet, with the one that its longest cell takes.

    The browser would measure for itself, but leaves out what is twice as long as the rest: just the names, or the few days, that it
    then cuts.
    """
    kind = column["type_config"]["type"]
    if column["width"] is not None or kind not in ("text", "date", "multiselect"):
        return column
    texts = [text for text in cells.dropna().unique() if isinstance(text, str)]
    header = _across(column["label"] or "") + _AROUND
    if kind == "date":
        return column | {"width": round(max(header, _across(_DAY) + _AROUND if cells.notna().any() else 0))}
    if kind == "text":
        return column | {"width": round(min(max([header, *(_across(text) + _AROUND for text in texts)]), _WIDEST))}
    words = [_across(Light(light).label) + _PILL for light in texts if light]
    return column | {"width": round(max([header, *words]))}


def _across(text: str) -> float:
    return sum(_WIDE if east_asian_width(character) in "WFA" else _NARROW for character in text)


def _marks(light: Any) -> list[str]:
    return [palette.mark(light)] if isinstance(light, str) and light else []
