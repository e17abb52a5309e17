"""Where admissions stall: by district, by the week in which clocks run out, by the organisations below."""

import streamlit as st

from components import cards, charts, filters, palette, tables
from components.charts import admission as drawings
from data_access.queries import admission
from domain.vocabulary import Light
from pages.command.admission.asked import Asked
from pages.shared import definitions

_HEIGHT = 480  # pixels of the cards of this row


def render(asked: Asked) -> None:
    """Draw the three views side by side."""
    lit = definitions.hover(asked.reader, "admission_red", "admission_yellow", "admission_stay")
    districts, weeks, units = st.columns([4, 4, 6], gap="small")
    with districts, cards.card("卡在哪些县区", base="按属地 · 不含期限内的", help=lit, key="admission-districts", height=_HEIGHT):
        _districts(asked)
    due = f"未来 {admission.WEEKS} 周，每人只计最先到期的"
    clocks = definitions.hover(asked.reader, "admission_soon")
    with weeks, cards.card("时限何时到期", base=due, help=clocks, key="admission-due", height=_HEIGHT):
        _weeks(asked)
    with units, cards.card("卡在哪些组织", base="按隶属 · 点选一行下钻", help=lit, key="admission-below", height=_HEIGHT):
        _below(asked)


def _districts(asked: Asked) -> None:
    rows = asked.read(admission.by_district)
    if not rows[[light.value for light in (Light.RED, Light.YELLOW, Light.GREY)]].to_numpy().sum():
        cards.nothing_yet("没有预警、关注或数据缺失", hint="符合条件的申请人都在期限内" if len(rows) else None)
        return
    drawing = asked.drawn(drawings.by_district, admission.by_district)
    told = "；".join(f"{row['name']}预警{row['red']}、关注{row['yellow']}" for row in rows.to_dict("records"))
    charts.show(drawing, key="admission-districts", alt=f"各县区发展党员：{told}", on_select=lambda mark: _choose(place=mark["key"]))


def _weeks(asked: Asked) -> None:
    rows = asked.read(admission.due)
    if rows.empty:
        cards.nothing_yet(f"未来 {admission.WEEKS} 周没有到期的时限")
        return
    drawing = asked.drawn(drawings.due, admission.due, today=asked.reader.today, ahead=admission.WEEKS)
    overdue = rows.loc[rows["week"] == 0, "count"].sum()
    alt = f"已超期{overdue}名，未来{admission.WEEKS}周到期{rows['count'].sum() - overdue}名"
    charts.show(drawing, key="admission-due", alt=alt, height=_HEIGHT - 70)


def _below(asked: Asked) -> None:
    rows = asked.read(admission.below, asked.view.org_id)
    if rows.empty:
        cards.nothing_yet("下级没有符合条件的申请人")
        return
    columns = {
        "name": tables.text("组织", width=240),
        "count": tables.count("在办"),
        "red": tables.count(palette.mark(Light.RED)),
        "yellow": tables.count(palette.mark(Light.YELLOW)),
        "longest": tables.count("最久（天）", help="在办申请人中停留最久的天数"),
        "odd": tables.count("数据异常"),
    }
    if not rows["odd"].any():
        del columns["odd"]
    tables.table(
        rows,
        columns=columns,
        key="admission-below",
        height=tables.tall(rows, 11),
        on_select=lambda row: _choose(org=row["org_code"]),
    )


def _choose(**params: str) -> None:
    filters.write(**params, **{filters.PAGE: None})
    st.rerun()
