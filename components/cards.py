"""Cards: the frames that figures stand in, the headline tiles, and the designed states of having nothing to show."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
import streamlit as st

MISSING = "—"
UNCHANGED = "持平"


@contextmanager
def card(
    title: str, *, base: str | None = None, help: str | None = None, key: str | None = None, height: int | None = None
) -> Iterator[None]:
    """Draw a bordered card with its heading around what is drawn inside.

    `base` is the quiet line that says what the figures stand on ("按属地 · 1,742 / 1,780 个支部参评"), `help` the definition on
    hover, `height` in pixels for cards of a row that shall end level. Title, `base` and `help` are Markdown: text from the
    database goes through `components.text.plain` first.
    """
    with st.container(border=True, key=f"card-{key}" if key else None, height=height if height else "stretch", gap="small"):
        st.markdown(f"**{title}**" + (f" :small[:gray[{base}]]" if base else ""), help=help)
        yield


def headline(
    label: str,
    value: float | None,
    *,
    pattern: str = "{:,.0f}",
    unit: str = "",
    previous: float | None = None,
    versus: str = "",
    change_pattern: str | None = None,
    rising: bool | None = None,
    trend: Sequence[float | None] = (),
    absent: str = "暂无数据",
    help: str | None = None,
) -> None:
    """Draw one headline figure: its value and unit, the change against `previous`, the trend, the definition on hover.

    A missing value is "—" and says why (`absent`), a missing change is no change at all; gaps in the trend stay gaps. `versus` says
    what the change is against ("较上季"); `rising` says whether more is better (True), less is (False) or neither (None), and so the
    change's colour.
    """
    known = not _missing(value)
    delta = None
    if known and not _missing(previous):
        difference = change_pattern or pattern
        delta = _signed(float(value) - float(previous), difference)  # type: ignore[arg-type]
    st.metric(
        label,
        f"{pattern.format(value)}{f' :small[{unit}]' if unit else ''}" if known else MISSING,
        delta,
        delta_color="off" if rising is None or delta == UNCHANGED else "normal" if rising else "inverse",
        delta_arrow="off" if delta == UNCHANGED else "auto",
        delta_description=(versus if delta is not None else "暂无对比") if known else absent,
        help=help,
        border=True,
        chart_data=_line(trend),
        chart_type="area",
        height="stretch",
    )


def track(label: str, percent: float | None, note: str) -> None:
    """Draw a rate as a filled track with its figure, and what it stands on. `label` and `note` are Markdown."""
    known = not _missing(percent)
    figure = f"{percent:.1f} %" if known else MISSING
    st.progress(min(max(float(percent or 0) / 100, 0.0), 1.0) if known else 0.0, text=f"{label} **{figure}** :small[:gray[{note}]]")


def nothing_yet(text: str, hint: str | None = None) -> None:
    """Say that there is nothing to show yet, and what brings it: the designed empty state."""
    with st.container(horizontal_alignment="center", vertical_alignment="center", height="stretch", gap=None):
        st.markdown(f":material/inbox: {text}", text_alignment="center")
        if hint:
            st.caption(hint, text_alignment="center")


def missing(reason: str) -> None:
    """Say why a figure is missing: grey, never zero."""
    st.markdown(f":gray-badge[:material/help: 数据缺失] :gray[{reason}]")


def section(title: str, lead: str | None = None, *, key: str) -> None:
    """Head a section of a page; `lead` is the quiet line beside the title."""
    with st.container(key=f"section-{key}"):
        st.markdown(f"#### {title}" + (f"  :small[:gray[{lead}]]" if lead else ""), anchors=False)


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _signed(difference: float, pattern: str) -> str:
    text = pattern.format(abs(difference))
    if not any(digit in text for digit in "123456789"):  # below what the figure shows
        return UNCHANGED
    return f"{'+' if difference > 0 else '-'}{text}"


def _line(trend: Sequence[float | None]) -> list[float] | None:
    """A trend with its gaps as NaN, from its first known value on; None with fewer than two known values."""
    values = pd.to_numeric(pd.Series(list(trend), dtype="object")).astype(float)
    known = values.first_valid_index()
    return values.loc[known:].tolist() if values.notna().sum() > 1 else None
