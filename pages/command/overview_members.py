"""The indicator board's sections on members: who they are, who moves, who is admitted; honours and the new sectors."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import cards, charts, text
from components.charts import counts
from data_access.queries import coverage, membership
from domain.indicators import INDICATORS
from pages.command.overview_asked import Asked

_HEIGHT = 240
_WIDTHS = (5, 4, 4, 4)  # the ages have most columns


def render(asked: Asked) -> None:
    """Draw the sections."""
    cards.section("党员队伍", asked.as_of, key="members")
    _movements(asked)
    kinds = [("by_age", counts.columns), ("by_party_age", counts.columns), ("by_education", counts.bars)]
    kinds += [] if asked.one_branch else [("by_sector", counts.bars)]
    for place, (code, draw) in zip(st.columns(_WIDTHS[: len(kinds)], gap="small"), kinds, strict=True):
        with place:
            _composition(asked, code, draw, base=_sexes(asked) if code == "by_education" else None)
    cards.section("发展、荣誉与覆盖", key="growth")
    flow, honours, cover = st.columns([7, 4, 5], gap="small")
    with flow:
        _admissions(asked)
    with honours:
        _composition(asked, "honours", counts.bars, since="最近 12 个月")
    with cover:
        _coverage(asked)


def _movements(asked: Asked) -> None:
    rows = asked.read(membership.movements, asked.view.period)
    with st.grid(len(rows), min_column_width=170, gap="small", key="overview-movements"):
        for row in rows.itertuples():
            indicator = INDICATORS[row.code]
            cards.headline(
                indicator.name,
                row.value,
                unit=indicator.unit,
                previous=row.previous,
                versus="较上季",
                rising=indicator.rising,
                help=asked.hover(row.code),
            )


def _composition(asked: Asked, code: str, draw: Callable[..., Any], base: str | None = None, since: str | None = None) -> None:
    indicator = INDICATORS[code]
    parts = asked.read(membership.composition, code)
    total = f"共 {parts['count'].sum():,} {indicator.unit}"
    with cards.card(indicator.name, base=base or " · ".join(filter(None, [since, total])), help=asked.hover(code), key=code):
        if parts.empty:
            cards.nothing_yet(f"没有{indicator.name}记录")
            return
        drawing = asked.drawn(draw, membership.composition, code, unit=indicator.unit)
        largest = parts.loc[parts["count"].idxmax()]
        charts.show(drawing, key=code, alt=f"{indicator.name}：{total}，最多的是{largest.label} {largest['count']:,}", height=_HEIGHT)


def _sexes(asked: Asked) -> str | None:
    parts = asked.read(membership.composition, "by_sex")
    return " · ".join(f"{row.label} {row.share:.1f} %" for row in parts.itertuples(index=False)) or None


def _admissions(asked: Asked) -> None:
    months = asked.months(12)
    titles = {code: INDICATORS[code].name for code in membership.ADMISSIONS}
    with cards.card("发展党员", base=f"{asked.whose} · 近 12 个月", help=asked.hover(*membership.ADMISSIONS), key="admissions"):
        flows = asked.read(membership.admissions, months)
        if flows["count"].fillna(0).eq(0).all():
            cards.nothing_yet("近 12 个月没有发展党员记录")
            return
        drawing = asked.drawn(counts.monthly, membership.admissions, months, titles=titles, unit="名")
        charts.show(drawing, key="admissions", alt="近 12 个月递交申请、接收预备党员和转正人数", height=_HEIGHT)


def _coverage(asked: Asked) -> None:
    rows = asked.read(coverage.new_sectors)
    dated = f"按属地 · {rows['as_of'].max()} 公布" if len(rows) else "按属地"
    with cards.card("两新组织覆盖", base=dated, help=asked.hover("new_sector_coverage"), key="coverage"):
        if rows.empty:
            cards.nothing_yet("不适用", hint="覆盖率按属地公布，由领导该地的地方党委查看")
            return
        with st.container(height="stretch", vertical_alignment="center", gap="large"):
            for row in rows.itertuples(index=False):
                cards.track(text.plain(row.name), row.value, f"已建 {row.covered:,} / 应建 {row.units:,}")
        st.caption("来源：" + text.plain("、".join(sorted(set(rows["source"].dropna()))) or None))
