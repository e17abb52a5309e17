"""The duties calendar below an organisation: by duty and month, or by organisation and month as a heat map."""

from typing import Any

import streamlit as st

from components import cards, charts, filters
from components.charts import life as drawings
from components.charts.base import Chart
from data_access.cache import Reader
from data_access.queries import calendar
from data_access.queries.calendar import Heat
from domain.period import Period
from pages.shared import go
from pages.shared.view import View

PARAMETER = "calendar"
DUTY, ORGANISATION = "duty", "org"
HELP = (
    "逾期补开的按半次计；数据缺失的为灰色。按事项：一格是事项所属的期间，党费按当月月底前足额交纳的计。"
    "按组织：一格是事项到期的月份，只含组织生活。"
)
_WAYS = {DUTY: "按事项", ORGANISATION: "按组织"}
_HEIGHT = 360


def render(reader: Reader, view: View) -> None:
    """Draw the calendar that the URL asks for."""
    way = filters.choice(PARAMETER, "履职日历", _WAYS, DUTY, segments=True, quiet=True, width="content") or DUTY
    months = tuple(month.code for month in Period.year(view.period.last).split_months())
    looks = {"first": months[0], "months": len(months), "theme": reader.theme}
    if way == ORGANISATION:
        _by_organisation(reader, view, months, looks)
        return
    rows = reader.read(calendar.below, view.org_id, months, reader.today)
    if rows.empty:
        cards.nothing_yet("本年没有到期的组织生活")
        return
    drawing = reader.drawn(drawings.attainment, calendar.below, view.org_id, months, reader.today, **looks)
    charts.show(drawing, key="calendar", alt="组织生活、党费、换届各月按期履职的比例", height=_HEIGHT)


def _by_organisation(reader: Reader, view: View, months: tuple[str, ...], looks: dict[str, Any]) -> None:
    found = reader.read(calendar.of_those_below, view.org_id, months)
    if found.cells.empty:
        cards.nothing_yet("本年没有到期的组织生活")
        return
    drawing = reader.drawn(_heat, calendar.of_those_below, view.org_id, months, **looks)
    charts.show(
        drawing,
        key="heat",
        alt=f"各下级组织各月按期履职的比例，最差的 {found.cells['org_code'].nunique()} 个",
        height=_HEIGHT,
        on_select=lambda mark: go.to("branch", org=mark["org_code"], calendar=ORGANISATION, period=st.query_params.get("period")),
    )
    shown = found.cells["org_code"].nunique()
    st.caption(f"共 {found.whole:,} 个下级组织" + (f"，列出履职最差的 {shown} 个" if found.whole > shown else "") + "；点选打开该组织。")


def _heat(found: Heat, **looks: Any) -> Chart:
    return drawings.heat(found.cells, **looks)
