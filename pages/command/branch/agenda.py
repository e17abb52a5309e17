"""What a branch has to do this week, on top of its record."""

import pandas as pd
import streamlit as st

from components import cards, palette, text
from data_access.cache import Reader
from data_access.queries import agenda
from domain.agenda import DAYS, When
from pages.shared import definitions, evidence, go, measures
from pages.shared.view import View

SHOWN = 6
_ICONS = {"red": ":red[{}]", "yellow": ":orange[{}]", "grey": ":gray[{}]", "": ":blue[{}]"}
_COLOURS = {When.OVERDUE: "red", When.THIS_WEEK: "orange", When.NEXT_WEEK: "blue", When.SOON: "gray"}


def render(reader: Reader, view: View) -> None:
    """Draw the agenda: how much is overdue, due this week and next, then the items in that order, the most urgent first."""
    items = reader.read(agenda.agenda, view.org_id, reader.today)
    counts = items["when"].value_counts()
    items = items.sort_values("when", key=lambda groups: groups.map(list(When).index), kind="stable", ignore_index=True)
    with cards.card("本周要做", base=f"共 {len(items)} 项" if len(items) else None, help=definitions.hover(reader, "agenda"), key="agenda"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="agenda-counts"):
            told = [f":{_COLOURS[group]}-badge[{group.label} {counts[group]}]" for group in When if group in counts]
            st.markdown(" ".join(told) or ":gray[没有待办]", width="stretch")
            go.link("bill", "打开本月微账单", icon=":material/receipt_long:", org=view.org_code)
        for line in measures.of(reader, view):
            st.markdown(line)
        if items.empty:
            st.success(f"没有预警，{DAYS} 天内也没有到期的事项。", icon=":material/task_alt:")
            return
        _items(reader, items.head(SHOWN))
        if len(items) > SHOWN:
            with st.expander(f"其余 {len(items) - SHOWN} 项"):
                _items(reader, items.iloc[SHOWN:])


def _items(reader: Reader, items: pd.DataFrame) -> None:
    """Draw items that stand in the order of their groups, each group under its name."""
    for group, rows in items.groupby("when", sort=False):
        st.markdown(f":small[:gray[**{When(str(group)).label}**]]")
        for number, item in rows.iterrows():
            _item(reader, item.to_dict(), number)


def _item(reader: Reader, item: dict, number: object) -> None:
    mark = palette.mark(item["light"]) if item["light"] else "○ 待办"
    person = f" · {text.plain(item['person'])}" if isinstance(item["person"], str) else ""
    colour, what, when, step, why = st.columns([2, 11, 4, 11, 2], gap="small", vertical_alignment="center")
    colour.markdown(_ICONS[item["light"]].format(f"**{text.plain(mark)}**"))
    what.markdown(f"**{text.plain(item['what'])}**{person}  \n:small[{text.plain(item['about'])}]")
    when.markdown(f"**{_when(item)}**  \n:small[:gray[{_day(item['due_on'])}]]")
    step.markdown(f":small[:material/arrow_forward: {text.plain(item['next_step'])}]")
    if pd.notna(item["light_id"]) and why.button("依据", key=f"why-{number}", icon=":material/fact_check:"):
        evidence.dialog(reader, int(item["light_id"]))


def _when(item: dict) -> str:
    left = item["days_left"]
    if pd.isna(left):
        return "尽快"
    return f"逾期 {-left:.0f} 天" if left < 0 else "今天到期" if left == 0 else f"还有 {left:.0f} 天"


def _day(day: pd.Timestamp) -> str:
    return "没有期限" if pd.isna(day) else f"期限 {day:%Y-%m-%d}"
