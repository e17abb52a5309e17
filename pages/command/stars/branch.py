"""One branch's stars: its ratings by year beside its index, and what is wrong with them."""

from typing import Any

import pandas as pd
import streamlit as st

from components import cards, tables, text
from components.charts.stars import WORDS
from data_access.cache import Reader
from data_access.queries import stars
from data_access.queries.settings import settings
from domain import rules
from domain.rules import RULES
from domain.stars import Breach
from pages.shared import definitions
from pages.shared.view import View


def render(reader: Reader, view: View) -> None:
    """Draw the branch's years and the rules."""
    history, asked = st.columns([7, 4], gap="small")
    told = definitions.hover(reader, "star_stars", "star_index")
    with history, cards.card("历年评定", base="自评、复核、终评与堡垒指数年均", help=told, key="star-history"):
        rows = reader.read(stars.of_branch, view.org_id)
        found = [reader.read(stars.breaches, view.path, int(year), reader.today) for year in rows["year"]]
        checked: list[Any] = [_checked(each, given) for each, given in zip(found, rows["stars"], strict=True)]
        shown = rows.assign(
            year=rows["year"].astype(str),
            star_word=rows["stars"].fillna(stars.UNDECIDED).map(WORDS),
            problem=checked,
        )
        columns = {
            "year": tables.text("年度", width=70),
            "self_score": tables.score("自评"),
            "review_score": tables.score("复核"),
            "final_score": tables.score("终评"),
            "star_word": tables.text("星级", width=90),
            "index": tables.score("指数年均", help="当年已评定各季度堡垒指数的平均"),
            "quarters": tables.count("季数"),
            "difference": tables.number("自评 − 指数", "%+.1f"),
            "problem": tables.text("核查", width=150),
        }
        tables.table(shown, columns=columns, key="star-history", height="content")
        st.caption("五星名额在党委范围内核查；党委不在您的权限范围内时不核查名额。")
    with asked, cards.card("定星规则", key="star-rules"):
        numbers = reader.read(settings)
        for rule in (RULES[code] for code in (rules.STAR_BANDS, rules.STAR_QUOTA, rules.STAR_VETO)):
            st.markdown(f"**{rule.title}**　{text.plain(rule.worded(numbers))} :small[:gray[{rule.source}]]")


def _checked(found: pd.DataFrame, given: float) -> str | None:
    """Say what is wrong with a year's stars; nothing where none were given yet."""
    if found.empty and pd.isna(given):
        return None
    return "、".join(Breach(breach).label for breach in found["breach"]) or "相符"
