"""The indicator board's section on organisation life: attainment, terms of office, dues."""

from typing import Any

import streamlit as st

from components import cards, charts
from components.charts import counts
from components.charts import life as calendar
from data_access.queries import life
from domain.period import Period
from domain.rules import ELECTION_TERM
from domain.vocabulary import Light, Source
from pages.command.overview_asked import Asked
from pages.command.overview_index import stands_on
from pages.shared import go

_HEIGHT = 300


def render(asked: Asked) -> None:
    """Draw the section."""
    cards.section("组织生活", "三会一课、换届、党费", key="life")
    attainment, terms, dues = st.columns([8, 4, 4], gap="small")
    with attainment:
        _attainment(asked)
    with terms:
        _terms(asked)
    with dues:
        _dues(asked)


def _attainment(asked: Asked) -> None:
    last = Period.month(min(asked.view.period.last, asked.reader.today))
    first = Period.quarter(last.first).shift(-4).split_months()[0]
    months = (last.first.year - first.first.year) * 12 + last.first.month - first.first.month + 1
    span = tuple(month.code for month in last.back(months))
    base = f"{asked.whose} · 按到期月份，百分比；季度、年度事项占满所属时段"
    cells = asked.read(life.attainment, span)
    due, unknown = float(cells["base"].sum()), float(cells["unknown"].sum())
    base += stands_on(100 * due / (due + unknown) if due + unknown else float("nan"))
    with cards.card("三会一课达标率", base=base, help=asked.hover("attainment"), key="attainment"):
        if cells.empty:
            cards.nothing_yet("没有到期的组织生活事项", hint="支部成立后的第一个完整周期起计算")
            return
        drawing = asked.drawn(calendar.attainment, life.attainment, span, first=first.code, months=months)
        charts.show(drawing, key="attainment", alt="三会一课各类别分月达标率", height=_HEIGHT)


def _terms(asked: Asked) -> None:
    with cards.card("届期与换届", base=asked.as_of, help=asked.hover("terms", "elections_due", "elections_held"), key="terms"):
        states = asked.read(life.terms)
        if states.empty:
            cards.nothing_yet("没有需要换届的组织")
            return
        drawing = asked.drawn(counts.terms, life.terms, chooses=True)
        charts.show(drawing, key="terms", alt="各类组织届期状态", height=_HEIGHT, on_select=lambda mark: _open_terms(asked, mark))


def _open_terms(asked: Asked, mark: dict[str, Any]) -> None:
    """Lead to the warnings of elections, of the colour that was clicked; nothing is green there."""
    light = None if mark["light"] == Light.GREEN else str(mark["light"])
    go.to("warnings", rule=ELECTION_TERM, light=light, org=st.query_params.get("org"), place=asked.cut.place, sector=asked.cut.sector)


def _dues(asked: Asked) -> None:
    months = asked.months(12)
    rates = asked.read(life.dues, months)
    now = rates.iloc[-1] if len(rates) else None
    this = Period.parse(months[-1])
    known = now is not None and now.value == now.value
    told = f"{this.first.month}月 **{now.value:.1f} %**" if known and now is not None else f"{this.first.month}月 {cards.MISSING}"
    running = "" if this.ended(asked.reader.today) else " 进行中"
    with cards.card(
        "党费足额交纳", base=f"{told}{running}{stands_on(asked.stands(Source.DUES))}", help=asked.hover("dues_paid"), key="dues"
    ):
        if rates["value"].isna().all():
            cards.missing("没有党费记录")
            return
        drawing = asked.drawn(counts.rate_by_month, life.dues, months, open_from=None if this.ended(asked.reader.today) else this.code)
        charts.show(drawing, key="dues", alt=f"党费足额交纳率近 12 个月，{told}", height=_HEIGHT)
