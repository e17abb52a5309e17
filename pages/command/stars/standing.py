"""Where the branches stand: a year's scores and stars, by year, by district, and against the index."""

from typing import Any

import pandas as pd
import streamlit as st

from components import cards, charts, filters
from components.charts import stars as drawings
from components.charts.stars import WORDS
from data_access.queries import stars
from data_access.queries.stars import Cell, Chosen
from domain.stars import Breach
from pages.command.stars.asked import CELL, Asked
from pages.shared import definitions

_HEIGHT = 470  # pixels of the cards of the charts


def render(asked: Asked) -> None:
    """Draw the tiles and the charts."""
    _tiles(asked)
    told = definitions.hover(asked.reader, "star_stars")
    history, districts, against = st.columns([3, 4, 5], gap="small")
    with history, cards.card("历年星级", base="占参评支部 · 上方为五星占比", help=told, key="star-years", height=_HEIGHT):
        _years(asked)
    places = f"{asked.year}年 · 按属地 · 右侧为五星占比"
    with districts, cards.card("各县区星级", base=places, help=told, key="star-districts", height=_HEIGHT):
        _districts(asked)
    cells, meant = f"{asked.year}年 · 格内为支部数，虚线上两者一致 · 点选列出支部", definitions.hover(asked.reader, "star_index")
    with against, cards.card("自评与指数", base=cells, help=meant, key="star-index", height=_HEIGHT):
        _against(asked)


def _tiles(asked: Asked) -> None:
    means = asked.read(stars.means, asked.chosen, asked.year)
    found = asked.read(stars.breaches, asked.year, asked.reader.today)
    wrong = int((found["breach"] != Breach.BELOW).sum())
    checked = wrong or asked.read(stars.means, Chosen(), asked.year)["given"]
    told = [
        ("参评支部", f"{means['branches']:,.0f} :small[个]", "star_branches"),
        ("五星支部", _share(means), "star_five"),
        ("自评平均", _score(means["self_score"]), "star_self"),
        ("复核平均", _score(means["review_score"]), "star_review"),
        ("终评平均", _score(means["final_score"]), "star_final"),
        (
            "违反规则",
            f"{wrong:,} :small[个]" if checked else cards.MISSING,
            "star_breaches",
        ),
    ]
    with st.grid(len(told), min_column_width=150, gap="small", key="star-tiles"):
        for label, value, code in told:
            st.metric(label, value, help=definitions.hover(asked.reader, code), border=True, height="stretch")


def _share(means: pd.Series) -> str:
    if not means["given"]:
        return cards.MISSING
    return f"{means['five']:,.0f} :small[个 · {100 * means['five'] / means['branches']:.1f} %]"


def _score(value: float) -> str:
    return cards.MISSING if pd.isna(value) else f"{value:.1f} :small[分]"


def _years(asked: Asked) -> None:
    rows = asked.read(stars.by_year, asked.chosen)
    if rows.empty:
        cards.nothing_yet("没有符合条件的支部", "放宽上方的筛选条件再看")
        return
    drawing = asked.drawn(drawings.stacks, stars.by_year, asked.chosen, upright=True)
    charts.show(
        drawing, key="star-years", alt=f"历年星级：{_told(rows)}", height=_HEIGHT - 70, on_select=lambda mark: _choose(year=mark["key"])
    )


def _districts(asked: Asked) -> None:
    rows = asked.read(stars.by_district, asked.chosen, asked.year)
    if rows.empty:
        cards.nothing_yet("没有符合条件的支部", "放宽上方的筛选条件再看")
        return
    if (rows["stars"] == stars.UNDECIDED).all():
        cards.nothing_yet(f"{asked.year}年尚未终评", "终评后显示各县区的星级")
        return
    drawing = asked.drawn(drawings.stacks, stars.by_district, asked.chosen, asked.year)
    charts.show(drawing, key="star-districts", alt=f"各县区星级：{_told(rows)}", on_select=lambda mark: _choose(place=mark["key"]))


def _told(rows: pd.DataFrame) -> str:
    return "；".join(f"{row['name']} {WORDS[row['stars']]} {row['count']}" for row in rows.to_dict("records"))


def _against(asked: Asked) -> None:
    rows = asked.read(stars.disagreement, asked.chosen, asked.year)
    if rows.empty:
        cards.nothing_yet("没有同时有自评和指数的支部", "本年度未评定指数，或没有自评得分")
        return
    drawing = asked.drawn(drawings.disagreement, stars.disagreement, asked.chosen, asked.year, bin=stars.BIN)
    above = rows.loc[rows["self_from"] > rows["index_from"], "count"].sum()
    alt = f"{rows['count'].sum():,}个支部中，自评比指数年均高出一格以上的{above:,}个"
    charts.show(drawing, key="star-index", alt=alt, height=_HEIGHT - 70, on_select=_open_cell)


def _open_cell(mark: dict[str, Any]) -> None:
    """List the branches of a cell; the line between the cells is none."""
    if mark.get("index_from") is not None and mark.get("self_from") is not None:
        _choose(**{CELL: Cell(int(mark["index_from"]), int(mark["self_from"])).code})


def _choose(**params: Any) -> None:
    filters.write(**params, **{filters.PAGE: None})
    st.rerun()
