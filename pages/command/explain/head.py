"""The score itself: what it adds up to, which version of the weights made it, and what about it cannot be."""

import streamlit as st

from components import cards, palette, text
from data_access.cache import Reader
from data_access.queries.branch import Record
from data_access.queries.explain import Explained
from data_access.queries.portrait import Portrait
from domain.vocabulary import Part
from pages.shared import definitions, go, oddities
from pages.shared.view import View

_PARTS = [part.value for part in Part]


def render(reader: Reader, view: View, record: Record, found: Explained) -> None:
    """Draw the score."""
    state = "暂评" if view.provisional else "定评"
    with cards.card(text.plain(record.name), base=f"{view.period.label} · {state}", key="explain-head"):
        score, other = st.columns(2, gap="small")
        with score:
            cards.headline(
                "堡垒指数",
                found.total,
                pattern="{:.1f}",
                unit=palette.mark(found.light) if found.light and found.total is not None else "",
                previous=found.before_total,
                versus="较上季",
                rising=True,
                absent="本季未评定",
                help=definitions.hover(reader, "fortress"),
            )
        with other:
            _standing(reader, found)
        st.markdown(added_up(found, "状态为预警，不能评星" if found.vetoed else None))
        oddities.lines(found.oddities)
        st.caption(_versions(found))
        with st.container(horizontal=True, gap="small", key="explain-ways"):
            period = st.query_params.get("period")
            go.link("branch", "画像", icon=":material/account_balance:", org=record.org_code, period=period)
            go.link("peers", "找差距", icon=":material/compare_arrows:", orgs=record.org_code, period=period)
            if record.superior_code:
                go.link("explain", "上级", icon=":material/arrow_upward:", org=record.superior_code, period=period)


def _standing(reader: Reader, found: Explained) -> None:
    if not found.is_branch:
        value, told = f"{found.rated:,} :small[个]", definitions.hover(reader, "rated", "fortress")
        whole = f"共 {found.branches:,} 个"
        st.metric("参评支部", value, whole, delta_color="off", delta_arrow="off", border=True, height="stretch", help=told)
        return
    value = f"{found.rank:,} :small[/ {found.ranked:,}]" if found.rank is not None else cards.MISSING
    st.metric("同类排名", value, border=True, height="stretch", help=definitions.hover(reader, "rank"))


def added_up(found: Explained | Portrait, veto: str | None) -> str:
    """Say how the score adds up, and what a veto item does to it where there is one, as Markdown."""
    if found.total is None:
        weight = "" if found.standing_weight is None else f"：有数据的部分只占权重 {found.standing_weight:.0f} / 100"
        return f":gray[本季未评定{weight}。]"
    composed = found.composed
    terms = [f"五部分 **{composed[_PARTS].sum():.2f}**"]
    terms += [f"正向 **+{composed['bonus']:.2f}**"] if composed["bonus"] else []
    terms += [f"反向 **−{-composed['deduction']:.2f}**"] if composed["deduction"] else []
    terms += [f"封顶与取整 **{composed['clip']:+.2f}**"] if abs(composed["clip"]) >= 0.005 else []
    vetoed = f"　:red-badge[▲ 一票否决：{veto}]" if veto else ""
    return "　".join(terms) + f"　＝ **{found.total:.1f}** 分{vetoed}"


def _versions(found: Explained) -> str:
    if not found.versions:
        return "没有评分记录。"
    told = [
        f"{text.plain(one.version)}（{one.valid_from} 起{f'至 {one.valid_to}' if one.valid_to else ''}"
        + (f"，{text.plain(one.note)}" if one.note else "")
        + "）"
        for one in found.versions
    ]
    return "权重版本 " + "、".join(told) + "。未计入的部分，其权重按比例分给其余部分。"
