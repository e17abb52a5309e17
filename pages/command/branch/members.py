"""Who the members below are: age, years in the Party, education, sex and status."""

import streamlit as st

from components import cards, charts
from components.charts import counts
from data_access.cache import Reader
from data_access.queries import membership
from data_access.queries.rolled import Cut
from domain.indicators import INDICATORS
from pages.shared import definitions
from pages.shared.view import View

_SHORT = {"by_sex": "性别", "by_status": "党员类别"}  # in one head
_SHOWN = (("by_age",), ("by_party_age",), ("by_education",), ("by_sex", "by_status"))


def render(reader: Reader, view: View) -> None:
    """Draw the compositions in one row."""
    places = st.columns(len(_SHOWN), gap="small")
    for place, codes in zip(places, _SHOWN, strict=True):
        title, told = "、".join(_SHORT.get(code, INDICATORS[code].name) for code in codes), definitions.hover(reader, *codes)
        with place, cards.card(title, base=f"截至 {reader.today}", help=told, key=codes[0]):
            for code in codes:
                _composition(reader, view, code)


def _composition(reader: Reader, view: View, code: str) -> None:
    values = (view.org_id, Cut(), code)
    rows = reader.read(membership.composition, *values)
    if rows.empty or not rows["count"].sum():
        cards.nothing_yet("没有党员信息")
        return
    drawing = reader.drawn(counts.bars, membership.composition, *values, unit="名", theme=reader.theme)
    told = "，".join(f"{row['label']}{row['count']}名" for row in rows.to_dict("records"))
    charts.show(drawing, key=f"members-{code}", alt=told)
