"""Warnings (预警): every open light in scope by rule, district and age; the list, and each light opened down to its rows."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import cards, charts, filters, palette, tables
from components.charts import warnings as drawings
from data_access.cache import Reader
from data_access.queries import organisations, warnings
from domain import light_counts
from domain.ageing import Age
from domain.counted import OF_LIGHTS
from domain.light_counts import Chosen
from domain.lights import kept_from
from domain.rules import RULES, UNLIT
from domain.vocabulary import OrgKind
from pages.shared import definitions, evidence, masthead
from pages.shared.view import View

STATES = {"open": "未消除", "exempted": "已豁免", "closed": "已消除"}
_HEIGHT = 440  # pixels of the cards that count
THEN = (
    ":material/history: {day} 日终仍亮着的预警，由亮灯日和消除日推回：当时为“关注”、其后转为“预警”的不计入；"
    "党费欠交、规模提示和数据异常不留历史，不计入。"
)
HIDDEN = "您的角色只看汇总：涉及单名党员和发展对象的预警计入数量，不列出。"


def render(reader: Reader) -> None:
    """Draw the page: filters, counts by rule, district and age, then the list beside the light that was opened."""
    view = masthead.render(reader, "预警", kept_from=kept_from(reader.today))
    chosen, state = _filters(reader, view)
    if chosen.on:
        st.caption(THEN.format(day=chosen.on.isoformat()))
    _counts(reader, view, chosen)
    left, right = st.columns([3, 2], gap="small")
    with left:
        _list(reader, view, chosen, state)
    with right:
        evidence.panel(reader, key="evidence")


def _filters(reader: Reader, view: View) -> tuple[Chosen, str]:
    with st.container(key="filter-bar", horizontal=True, vertical_alignment="top", gap="small"):
        colour = filters.choice(
            "light", "状态", {light.value: palette.mark(light) for light in light_counts.SHOWN}, segments=True, width="content"
        )
        rules = {rule.rule_id: rule.title for rule in RULES.values() if rule.rule_id not in UNLIT}
        rule = filters.choice("rule", "规则", rules, width=200)
        place = sector = None
        if view.kind is not OrgKind.BRANCH:  # a branch stands in one place and belongs to one sector
            place = filters.choice("place", "县区", reader.read(organisations.districts), width=160)
            sector = filters.choice("sector", "领域", reader.read(organisations.sectors), width=160)
        age = filters.choice("age", "亮灯时长", Age.labels(), width=150)
        state = filters.choice("state", "清单", STATES, "open", segments=True, width="content") or "open"
    return Chosen(rule, colour, place, sector, age, on=view.day if view.day < reader.today else None), state


def _counts(reader: Reader, view: View, chosen: Chosen) -> None:
    one_branch, told = view.kind is OrgKind.BRANCH, definitions.hover(reader, *OF_LIGHTS.values())
    columns = st.columns([4, 3] if one_branch else [4, 4, 3], gap="small")
    height = None if one_branch else _HEIGHT
    with columns[0], cards.card("按规则", base="未消除、未豁免 · 按预警数从多到少", help=told, key="by-rule", height=height):
        _bars(reader, view, "rule", chosen)
    if not one_branch:
        with columns[1], cards.card("按县区", base="按组织所在地 · 按预警数从多到少", help=told, key="by-district", height=height):
            _bars(reader, view, "district", chosen)
    with (
        columns[-1],
        cards.card(
            "按亮灯时长" if one_branch else "按亮灯时长和领域",
            base=f"截至 {view.day}",
            help=definitions.hover(reader, "light_age", *OF_LIGHTS.values()),
            key="by-age",
            height=height,
        ),
    ):
        counts = reader.read(warnings.board, view.path, view.day, chosen)["all"].iloc[0]
        with st.container(horizontal=True, key="light-totals"):
            for light in light_counts.SHOWN:
                st.metric(palette.mark(light), f"{counts[light.value]:,} :small[项]", help=definitions.hover(reader, OF_LIGHTS[light]))
        _bars(reader, view, "age", chosen, legend=False, room=150)
        if not one_branch:
            _bars(reader, view, "sector", chosen, legend=False, room=150)


def _bars(reader: Reader, view: View, by: str, chosen: Chosen, **looks: Any) -> None:
    values = (view.path, view.day, chosen)
    counts = reader.read(warnings.board, *values)[by]
    if not counts[light_counts.COLOURS].to_numpy().sum():
        cards.nothing_yet("没有符合条件的预警", "放宽上方的筛选条件再看")
        return
    parameter, own = {"district": "place"}.get(by, by), getattr(chosen, by)

    def narrow(mark: dict) -> None:
        filters.write(**{parameter: None if mark["key"] == own else mark["key"], filters.PAGE: None})
        st.rerun()

    drawing = reader.drawn(drawings.lights_by, warnings.board, *values, by=by, own=own, theme=reader.theme, **looks)
    told = [f"{row['name']}：预警{row['red']}，关注{row['yellow']}，数据缺失{row['grey']}" for row in counts.head(20).to_dict("records")]
    charts.show(drawing, key=f"bars-{by}", alt="；".join(told), on_select=narrow)


_COLUMNS = {
    "title": tables.text("规则", width="small"),
    "org_name": tables.text("党组织", width=225),
    "person": tables.text("姓名", width=70),
    "district_name": tables.text("县区", width=80),
    "since": tables.day("亮灯日期"),
    "days": tables.count("天数"),
    "text": tables.text("依据", width=220),
}
_OF_ONE = {name: column for name, column in _COLUMNS.items() if name not in ("org_name", "district_name")} | {
    "text": tables.text("依据", width=520),  # of one branch, whose name and place are known
}


def _list(reader: Reader, view: View, chosen: Chosen, state: str) -> None:
    columns = {"light": tables.light("状态", theme=reader.theme), **(_OF_ONE if view.kind is OrgKind.BRANCH else _COLUMNS)}
    values = (view.path, view.day, chosen)
    told = definitions.hover(reader, "lights_exempted" if state == "exempted" else "lights", "light_age")
    with cards.card(f"预警清单 · {STATES[state]}", help=told, key="list"):
        if state == "open":
            page = filters.page(_count(reader, *values), warnings.PAGE)
            rows = reader.read(warnings.listed, *values, page)
        elif state == "exempted":
            page = filters.page(reader.read(warnings.exempted_count, *values), warnings.PAGE)
            rows = reader.read(warnings.exempted, *values, page)
            columns |= {
                "reason": tables.text("豁免原因", width="large"),
                "approved_by": tables.text("批准单位"),
                "exempt_to": tables.day("豁免至"),
            }
            st.caption("经批准的豁免使预警熄灭，到期自动恢复；最先到期的在前。")
        else:
            rows = reader.read(warnings.closed, *values)
            columns |= {"closed_on": tables.day("消除日期")}
            st.caption(f"最近消除的 {len(rows)} 条；“天数”为亮灯到消除的天数。")
        if not reader.scope.lists_members:
            st.caption(HIDDEN)
        _table(rows, columns, state)


def _count(reader: Reader, path: str, today: date, chosen: Chosen) -> int:
    """How many rows the list has: all that are counted, unless those about persons are left out."""
    if reader.scope.lists_members:
        return int(reader.read(warnings.board, path, today, chosen)["all"].to_numpy().sum())
    return reader.read(warnings.listed_count, path, today, chosen)


def _table(rows: pd.DataFrame, columns: dict, state: str) -> None:
    if rows.empty:
        cards.nothing_yet("没有符合条件的预警", "放宽上方的筛选条件再看" if state == "open" else None)
        return
    if rows["person"].isna().all():
        columns = {name: column for name, column in columns.items() if name != "person"}
    tables.table(rows, columns=columns, key=f"lights-{state}", height=tables.tall(rows, 16), on_select=evidence.choose)
