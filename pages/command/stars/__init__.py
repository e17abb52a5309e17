"""Star rating (达标创星): scores and stars by year, the quota and the veto checked, and where self-score and index disagree."""

import streamlit as st

from components import cards, filters
from components.charts.stars import WORDS
from data_access.cache import Reader
from data_access.queries import organisations, stars
from data_access.queries.stars import Chosen
from domain.vocabulary import OrgKind
from pages.command.stars import branch, checks, standing
from pages.command.stars.asked import Asked
from pages.shared import masthead
from pages.shared.view import View


def render(reader: Reader) -> None:
    """Draw the page."""
    view = masthead.render(reader, "达标创星", still="按年度，在下方选择")
    known = reader.read(stars.years, view.path)
    if known.empty:
        cards.nothing_yet("没有达标创星评定记录", hint="导入自评、复核和终评得分后，这里显示星级和核查结果")
        return
    if view.kind is OrgKind.BRANCH:
        branch.render(reader, view)
        return
    asked = _asked(reader, view, known)
    standing.render(asked)
    checks.render(asked)


def _asked(reader: Reader, view: View, known) -> Asked:
    """Draw the filters; the year is the latest that is final, until the reader chooses another."""
    years = {str(row.year): f"{row.year}年" + ("" if row.final else "（评定中）") for row in known.itertuples()}
    settled = known.loc[known["final"] > 0, "year"]
    default = str(settled.iloc[0] if len(settled) else known["year"].iloc[0])
    with st.container(key="star-filters", horizontal=True, vertical_alignment="top", gap="small"):
        year = filters.choice("year", "年度", years, default, segments=True, width="content") or default
        place = filters.choice("place", "县区", reader.read(organisations.districts), all_label="全部县区", width=160)
        sector = filters.choice("sector", "领域", reader.read(organisations.sectors), all_label="全部领域", width=160)
        chosen = filters.choice("stars", "星级", {str(number): word for number, word in WORDS.items()}, all_label="全部星级", width=150)
    return Asked(reader, view, int(year), Chosen(place, sector, None if chosen is None else int(chosen)))
