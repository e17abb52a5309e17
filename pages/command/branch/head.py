"""The head of a record: name, kind, place in the tree and on the map, term of office, secretary, and the index."""

from datetime import date

import pandas as pd
import streamlit as st

from components import cards, palette, text
from data_access.cache import Reader
from data_access.queries import branch
from data_access.queries.branch import Record
from data_access.queries.settings import settings
from domain.period import add_months
from domain.vocabulary import OrgKind, Post
from pages.shared import definitions, go
from pages.shared.view import View


def render(reader: Reader, view: View, record: Record) -> None:
    """Draw the head."""
    with cards.card(text.plain(record.name), base=_kind(record), key="head"):
        if record.dissolved_on:
            st.warning(f"该组织已于 {record.dissolved_on} 撤销，以下为撤销前的记录。", icon=":material/inventory_2:")
        facts, index = st.columns([7, 5], gap="medium")
        with facts:
            _facts(reader, record)
        with index:
            _index(reader, view, record)


def _kind(record: Record) -> str:
    named = [OrgKind(record.kind).label, record.sector_name]
    return " · ".join([text.plain(word) for word in named if word] + [f"代码 {text.plain(record.org_code)}"])


def _facts(reader: Reader, record: Record) -> None:
    secretary, others = _committee(reader, record)
    place = "".join(filter(None, [record.district_name, record.town_name])) or None
    told = {
        "上级组织": record.superior_name,
        "所在地": place,
        "成立日期": record.founded_on.isoformat(),
        "任期": _term(reader, record),
        "书记": secretary,
        "班子成员": others,
        "地址": record.address,
        "电话": record.phone,
    }
    with st.container(horizontal=True, gap="medium", key="head-facts"):
        for label, value in told.items():
            if value is None and label in ("书记", "班子成员", "地址", "电话"):
                continue
            st.markdown(f":small[:gray[{label}]]  \n{text.plain(value)}", width="content")
    if record.superior_code:
        go.link("branch", "查看上级组织", icon=":material/arrow_upward:", org=record.superior_code)


def _committee(reader: Reader, record: Record) -> tuple[str | None, str | None]:
    """The secretary's name and the other posts, as the scope shows names; None where it shows none."""
    if not reader.scope.lists_members:
        return None, None
    posts = reader.read(branch.committee, record.org_id, reader.today)
    leads = posts.loc[posts["post"] == Post.SECRETARY, "name"].tolist()
    others = [f"{Post(row['post']).label} {row['name']}" for row in posts.to_dict("records") if row["post"] != Post.SECRETARY]
    return "、".join(leads) or "空缺", "、".join(others) or None


def _term(reader: Reader, record: Record) -> str:
    end = record.term_end
    if end is None:
        return "届满日期未填"
    state = f"{record.term_years}年一届，至 {end}" + ("（已批准延期）" if record.extended_until else "")
    return f"{state} · {_left(end, reader.today, reader.read(settings).whole('election.warn_months'))}"


def _left(end: date, today: date, warned: int) -> str:
    if end < today:
        return f"届满未换届 {(today - end).days} 天"
    return f"还有 {(end - today).days} 天，应做换届准备" if add_months(end, -warned) <= today else "任期内"


def _index(reader: Reader, view: View, record: Record) -> None:
    history = reader.read(branch.history, record.org_id, record.kind, tuple(period.code for period in view.period.back(2)), reader.today)
    before, now = history.to_dict("records")
    rated = pd.notna(now["total"])
    score, rank, count = st.columns(3, gap="small")
    with score:
        cards.headline(
            "堡垒指数" + ("（暂评）" if view.provisional else ""),
            now["total"],
            pattern="{:.1f}",
            unit=palette.mark(now["light"]) if rated and now["light"] else "",
            previous=before["total"],
            versus="较上季",
            rising=True,
            help=definitions.hover(reader, "fortress"),
        )
    with rank:
        if record.is_branch:
            value = f"{now['rank']:,.0f} :small[/ {now['peers']:,.0f}]" if pd.notna(now["rank"]) else cards.MISSING
            st.metric("同类排名", value, border=True, height="stretch", help=definitions.hover(reader, "rank"))
        else:
            value = f"{now['rated']:,.0f} :small[/ {now['branches']:,.0f}]" if pd.notna(now["rated"]) else cards.MISSING
            st.metric("参评支部", value, border=True, height="stretch", help=definitions.hover(reader, "rated"))
    with count:
        value = f"{now['members']:,.0f} :small[名]" if pd.notna(now["members"]) else cards.MISSING
        st.metric("党员", value, border=True, height="stretch", help=definitions.hover(reader, "members"))
    period = st.query_params.get("period")
    go.link("explain", "为什么是这个分数：逐项解释、依据和提分办法", icon=":material/calculate:", org=record.org_code, period=period)
    if not rated and record.dissolved_on is None:
        cards.missing("本季未评定：可评的部分不足以评定，或数据缺失。")
