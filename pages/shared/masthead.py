"""The masthead: what you see, for which scope, as of when; choose the period; find an organisation."""

from datetime import date
from typing import NoReturn

import streamlit as st

from components import filters, text
from data_access.cache import Reader
from data_access.queries import organisations
from data_access.queries.organisations import Organisation
from domain.period import Period
from domain.vocabulary import OrgKind
from pages.shared import go, parts
from pages.shared.view import View

STILL = "现状，不随周期变化"
NOT_FOUND = "没有找到这个组织，或它不在您的权限范围内。请核对链接中的组织代码，或用上方的“查找组织”重新选择。"


def render(reader: Reader, title: str, *, kept_from: date | None = None, still: str | None = None) -> View:
    """Draw the masthead and return the view that the URL asks for (`org=`, `period=`, `place=`, `sector=`).

    A page offers the quarters that are rated. One that shows how things stand, and can say how they stood, names the first day that
    it knows (`kept_from`): it opens with today and offers the ends of quarters since then. One without any history says in `still`
    what stands in the chooser's place; its view is today's. An organisation that does not exist, or lies outside the scope, ends
    the page with one message, the same for both.
    """
    root = reader.read(organisations.root)
    code = st.query_params.get("org")
    focus = reader.read(organisations.by_code, code) if code else root
    with st.container(key="masthead", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="masthead-title", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.markdown(f"### {title}", anchors=False, width="content")
            if focus is not None:
                _breadcrumb(reader, focus)
        with st.container(key="masthead-tools", horizontal=True, vertical_alignment="center", gap="small", horizontal_alignment="right"):
            changed = reader.changed_at
            older = f" · 数据更新于 {changed:%Y-%m-%d}" if changed and changed.date() != reader.today else ""
            st.caption(f"数据截至 {reader.today.isoformat()}{older}", width="content")
            chosen = current_quarter(reader.today)
            if still:
                st.caption(f":material/schedule: {still}", width="content")
            elif focus is not None:
                chosen = _moment(reader, kept_from) if kept_from else _rated(reader)
            with st.popover("查找组织", icon=":material/search:", key=f"finder-{code or ''}", width="content"):
                _finder(reader)
    if focus is None or root is None:
        filters.refused("org")
        st.error(NOT_FOUND, icon=":material/search_off:")
        st.button("回到本级组织", icon=":material/home:", on_click=filters.write, kwargs={"org": None})
        st.stop()
    return View(
        org_id=focus.org_id,
        org_code=focus.org_code,
        org_name=focus.name,
        kind=focus.kind,
        path=focus.path,
        depth=focus.depth,
        is_root=focus.org_id == root.org_id,
        period=chosen,
        day=reader.today if still else min(chosen.last, reader.today),
        provisional=not chosen.frozen(reader.today),
        place=_known("place", reader.read(organisations.districts)),
        sector=_known("sector", reader.read(organisations.sectors)),
    )


def current_quarter(today: date) -> Period:
    """Return the quarter that a view opens with: the one `today` lies in once a month of it has ended, before that the last one."""
    quarter = Period.quarter(today)
    return quarter if quarter.split_months()[0].ended(today) else quarter.shift(-1)


def _breadcrumb(reader: Reader, focus: Organisation) -> None:
    """Draw the way from the scope's root to the focus; a step leads back up and keeps the other filters."""
    steps = reader.read(organisations.breadcrumb, focus.path)
    with st.container(key="breadcrumb", horizontal=True, vertical_alignment="center", gap="xxsmall", width="content"):
        for step in steps:
            here = step.org_id == focus.org_id
            root = step.org_id == reader.scope.org_id
            st.button(
                text.plain(step.name),
                key=f"crumb-{step.depth}",
                type="tertiary",
                disabled=here,
                help=text.plain(step.name),  # whole, where the row has only room for its beginning
                on_click=filters.write,
                kwargs={"org": None if root else step.org_code},
                width="content",
            )


def _rated(reader: Reader) -> Period:
    """Draw the chooser of rated quarters, newest first, unfrozen ones marked 暂评; return the chosen one."""
    default = current_quarter(reader.today)
    known = [Period.parse(code) for code in reader.read(organisations.quarters)]
    offered = [quarter for quarter in known if quarter <= default] or [default]
    return _chosen({quarter: quarter.label + ("" if quarter.frozen(reader.today) else "（暂评）") for quarter in reversed(offered)})


def _moment(reader: Reader, kept_from: date) -> Period:
    """Draw the chooser of moments, today and the ends of quarters back to `kept_from`; return the quarter that is chosen."""
    now = Period.quarter(reader.today)
    known = [Period.parse(code) for code in reader.read(organisations.quarters)]
    past = [quarter for quarter in reversed(known) if kept_from <= quarter.last and quarter < now]
    return _chosen({now: f"{now.label}（现状）", **{quarter: f"{quarter.label}末" for quarter in past}})


def _chosen(offered: dict[Period, str]) -> Period:
    """Draw the chooser, the first being usual. A quarter that another page knows is none of a bad link, and is told so."""
    quarters = {quarter.code: quarter for quarter in offered}
    usual, *_ = quarters
    absent: str | None = f"这一页没有所选周期的数据，已按“{offered[quarters[usual]]}”显示。"
    names = {quarter.code: name for quarter, name in offered.items()}
    try:
        Period.parse(st.query_params.get("period", usual))
    except ValueError:
        absent = None
    return quarters[filters.choice("period", "周期", names, usual, quiet=True, width=210, absent=absent) or usual]


@parts.alone()
def _finder(reader: Reader) -> None:
    """Search the scope by name, pinyin, initials or code. A branch opens its record, any other becomes the page's focus."""
    words = st.text_input("名称、拼音、首字母或组织代码", key="finder-words", max_chars=100, placeholder="如：机关第一、jiguan、jg")
    if not words.strip():
        return
    found = reader.read(organisations.find, words.strip())
    if not found:
        st.caption("没有符合的组织。请换一个词，或只输入名称的一部分。")
    with st.container(key="found", gap="xsmall"):
        for hit in found:
            org = hit.organisation
            beside = " · ".join(filter(None, [org.kind.label, hit.superior, "已撤销" if hit.dissolved else None]))
            if st.button(f"{text.plain(org.name)}  :small[:gray[{text.plain(beside)}]]", key=f"found-{org.org_id}", type="tertiary"):
                _open(reader, org)


def _open(reader: Reader, org: Organisation) -> NoReturn:
    if org.kind is OrgKind.BRANCH:
        go.to("branch", org=org.org_code, period=st.query_params.get("period"))
    filters.write(org=None if org.org_id == reader.scope.org_id else org.org_code)
    st.rerun()


def _known(name: str, codes: dict[str, str]) -> str | None:
    """Return the URL's code where it is known; the filter that shows it says where it is not."""
    given = st.query_params.get(name)
    return given if given in codes else None
