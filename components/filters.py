"""Filters that live in the URL: a view can be bookmarked, and the browser's back button undoes a choice.

The URL is the only memory. Each run sets the widget from the URL, and a choice is written to the URL before the run that
answers it; Streamlit makes a history entry of each such write.
"""

import logging
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import streamlit as st

from components.text import plain

LOG = logging.getLogger("party.links")
LOGGED = 80  # characters of what a URL says
ALL = ""
PAGE = "page"  # of a list; a new choice begins at its first page


def write(**params: str | Iterable[str] | None) -> None:
    """Set URL parameters, or clear those that are None or empty, and keep the others; one entry in the browser's history.

    Call it in a callback, or follow it with `st.rerun()`. Writing what is there already does nothing.
    """
    present = {name: st.query_params.get_all(name) for name in st.query_params}
    wanted = dict(present)
    for name, value in params.items():
        values = [value] if isinstance(value, str) else list(value or ())
        wanted.pop(name, None)
        if any(values):
            wanted[name] = values
    if wanted != present:
        st.query_params.from_dict(wanted)


def choice(
    name: str,
    label: str,
    options: Mapping[str, str],
    default: str | None = None,
    *,
    all_label: str = "全部",
    segments: bool = False,
    quiet: bool = False,
    width: int | str = "stretch",
    help: str | None = None,
    absent: str | None = None,
) -> str | None:
    """Let the reader choose one of `options` ({code: label}); the code stands in the URL as `name`.

    Without a `default`, `all_label` comes first and gives None; with one, it is chosen while the URL says nothing. A code that
    is not among the options gives the default and a note (`absent`). `segments` draws buttons for a few options, `quiet` hides the label.
    """
    given = st.query_params.get(name)
    chosen = given if given is not None and given in options else (default or ALL)
    codes = list(options) if default is not None else [ALL, *options]
    widget = f"filter-{name}"
    st.session_state[widget] = chosen
    draw = st.segmented_control if segments else st.selectbox
    draw(  # type: ignore[operator]
        label,
        codes,
        format_func=lambda code: options.get(code, all_label),
        key=widget,
        on_change=_chosen,
        args=(name, widget, default),
        label_visibility="collapsed" if quiet else "visible",
        help=help,
        width=width,
        **({"required": True} if segments else {}),
    )
    if given not in (None, *codes):
        note(absent or f"链接中的“{label}”无法识别，已按“{options.get(chosen, all_label)}”显示。", name)
    return chosen or None


def choices(name: str, label: str, options: Mapping[str, str], *, all_label: str = "全部", help: str | None = None) -> tuple[str, ...]:
    """Let the reader choose several of `options`; the codes stand in the URL as repeated `name`. None chosen means all: ()."""
    given = st.query_params.get_all(name)
    chosen = [code for code in options if code in given]
    widget = f"filter-{name}"
    st.session_state[widget] = chosen
    st.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=widget,
        on_change=_chosen,
        args=(name, widget, None),
        placeholder=all_label,
        help=help,
    )
    if set(given) - set(options) - {ALL}:
        note(f"链接中的“{label}”有无法识别的值，已忽略。", name)
    return tuple(chosen)


def text(name: str, label: str, *, placeholder: str | None = None, quiet: bool = False, longest: int = 60) -> str:
    """Let the reader type what to look for; it stands in the URL as `name`, without the spaces around it."""
    widget = f"filter-{name}"
    st.session_state[widget] = st.query_params.get(name, "").strip()[:longest]
    st.text_input(
        label,
        key=widget,
        max_chars=longest,
        placeholder=placeholder,
        on_change=_chosen,
        args=(name, widget, None),
        label_visibility="collapsed" if quiet else "visible",
    )
    return st.session_state[widget]


def number(name: str) -> int | None:
    """Return the number of the record that the URL names; None where it names none, 0, which no record has, for no number."""
    given = st.query_params.get(name)
    if not given:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def note(sentence: str, *names: str) -> None:
    """Say that the link asked in the parameters `names` for something that is not there, and what is shown instead.

    The sentence may hold any name.
    """
    refused(*names)
    st.warning(plain(sentence), icon=":material/link_off:")


def refused(*names: str) -> None:
    """Log what the URL asked for in the parameters `names`: one line for what there is not and for what lies outside the scope."""
    page = urlsplit(st.context.url or "").path
    for name in names:
        if name in st.query_params:
            value = repr(",".join(st.query_params.get_all(name)))[:LOGGED]
            LOG.warning("%s asked %s for %s=%s: malformed, unknown or out of scope", st.session_state.get("username"), page, name, value)


def _chosen(name: str, widget: str, default: str | None) -> None:
    value = st.session_state[widget]
    value = value.strip() if isinstance(value, str) else value
    write(**{PAGE: None, name: None if value == default else value})


def page(rows: int, size: int, *, label: str = "条") -> int:
    """Let the reader turn the pages of a list of `rows` rows, `size` to a page; return the page's number, from 1.

    The number stands in the URL; one beyond the last shows the last, and what is no number the first, with a note.
    """
    pages = max(-(-rows // size), 1)
    given = st.query_params.get(PAGE, "1")
    sound = given.isascii() and given.isdigit() and len(given) < 10
    number = min(max(int(given), 1), pages) if sound else 1
    first = (number - 1) * size
    span = f"，第 {first + 1:,}—{min(first + size, rows):,} {label}" if pages > 1 else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"共 {rows:,} {label}{span}", width="content")
        if pages > 1:
            widget = f"filter-{PAGE}-{number}"  # another page is another widget, so that it always shows what the URL says
            st.pagination(pages, default=number, key=widget, max_visible_pages=5, on_change=_turned, args=(widget,))
    if not sound:
        note("链接中的“页码”无法识别，已显示第 1 页。", PAGE)
    return number


def _turned(widget: str) -> None:
    number = st.session_state[widget]
    write(**{PAGE: None if number == 1 else str(number)})
