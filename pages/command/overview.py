"""Indicator board (指标总览): how we are, where we are weak, what is to be done now."""

import pandas as pd
import streamlit as st

from components import cards, filters
from data_access.cache import Reader
from data_access.queries import organisations, overview
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from domain.indicators import INDICATORS
from domain.vocabulary import OrgKind
from pages.command import overview_index, overview_life, overview_members, overview_weak
from pages.command.overview_asked import Asked
from pages.shared import masthead, oddities

HEADLINES = ("organisations", "members", "fortress", "pioneer", "task_completion", "attainment")
OF_A_BRANCH = ("members", "fortress", "pioneer", "task_completion", "attainment", "dues_paid")


def render(reader: Reader) -> None:
    """Draw the board: the first screen answers in five seconds, the sections below it say more."""
    view = masthead.render(reader, "指标总览")
    places, sectors = reader.read(organisations.districts), reader.read(organisations.sectors)
    one_branch = view.kind is OrgKind.BRANCH
    cut = Cut() if one_branch else Cut(view.place, view.sector)
    asked = Asked(reader, view, cut, reader.read(settings), places.get(cut.place or ""), sectors.get(cut.sector or ""))
    with st.container(key="overview-filters", horizontal=True, vertical_alignment="center", gap="small"):
        overview_index.standing_line(asked)
        if not one_branch:
            filters.choice("place", "县区", places, all_label="全部县区", quiet=True, width=150)
            filters.choice("sector", "领域", sectors, all_label="全部领域", quiet=True, width=150)
    figures = asked.read(overview.headlines, view.period, OF_A_BRANCH if one_branch else HEADLINES)
    if figures.empty:
        _nothing(asked)
        return
    oddities.weights_line(reader, view)
    _headlines(asked, figures)
    overview_index.render(asked)
    overview_weak.render(asked)
    overview_life.render(asked)
    overview_members.render(asked)


def _nothing(asked: Asked) -> None:
    """Say why there is nothing: a cut that holds no branch, or a period without figures; and offer the way out."""
    with st.container(border=True, key="card-nothing", height=300, vertical_alignment="center"):
        if asked.cut == Cut():
            cards.nothing_yet(f"{asked.view.period.label}还没有可以显示的指标", hint="导入记录并完成评定后自动生成；也可以换一个周期")
            return
        cards.nothing_yet("所选县区和领域内没有所属支部", hint="换一个县区或领域，或查看全部")
        with st.container(horizontal_alignment="center"):
            clear = {"place": None, "sector": None}
            st.button("查看全部", icon=":material/filter_alt_off:", on_click=filters.write, kwargs=clear, key="overview-all")


def _headlines(asked: Asked, figures: pd.DataFrame) -> None:
    with st.grid(len(figures), min_column_width=170, gap="small", key="overview-headlines"):
        for figure in figures.to_dict("records"):
            indicator = INDICATORS[figure["code"]]
            source = overview_index.SOURCES.get(indicator.code)
            stands = asked.stands(source) if source else figure["stands"]
            cards.headline(
                indicator.name,
                figure["value"],
                pattern=f"{{:,.{indicator.digits}f}}",
                unit=indicator.unit,
                previous=figure["previous"],
                versus="较上季" + overview_index.stands_on(stands, quiet=True),
                rising=indicator.rising,
                trend=figure["trend"],
                absent="本期尚无到期" if figure["base"] == 0 else "本期暂无数据",
                help=asked.hover(indicator.code) + overview_index.told_of(indicator.code, stands),
            )
