"""The portrait itself: score and parts, the index by quarter, items, and the records behind one of them."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import cards, charts, filters, palette, tables, text
from components.charts import branch as drawings
from components.charts.template import Filled
from data_access.cache import Reader
from data_access.queries import member_rows, portrait
from data_access.queries.portrait import Portrait
from data_access.queries.settings import settings
from domain.index import LEAST_PEERS
from domain.index.adjustments import ADJUSTED
from domain.index.estimates import RAISE, STAKE
from domain.index.explanation import ITEMS
from domain.index.grounds import GROUNDS
from domain.index.weights import Subject
from domain.rules import RULES
from domain.settings import LOCAL
from domain.vocabulary import MemberStatus, Part
from domain.wording import worded
from pages.command.explain import items, movement, raising
from pages.command.explain.head import added_up
from pages.shared import definitions, oddities
from pages.shared.view import View

STATUSES = MemberStatus.labels()
_RATE = "%.1f %%"
_RAISED = RAISE.told + RAISE.note
_COMING = f"{STAKE.told}各项不能相加。学习时长和志愿服务按全季标准季末计分，现在没有分值。"


def render(reader: Reader, view: View, found: Portrait) -> None:
    """Draw the portrait of a member who may be shown."""
    quarters = tuple(found.history["period"])
    values = (found.member_id, view.period.code, quarters, reader.today)
    told = definitions.hover(reader, "pioneer")
    radar, table, moved = st.columns(3, gap="small")
    with radar, cards.card(text.plain(found.name), base=f"五维画像 · {view.period.label}", help=told, key="member-radar"):
        if found.parts["share"].isna().all():
            cards.nothing_yet("本季未评定", "没有可计入的部分")
        else:
            drawing = reader.drawn(_radar, portrait.portrait, *values, theme=reader.theme)
            charts.show(drawing, key="member-radar", alt=_told(found), height=322)
    with table, cards.card("得分构成", base=_identity(found), help=told, key="member-parts"):
        _parts(found, view)
    with moved:
        movement.render(reader, view, found, portrait.portrait, *values, peers=movement.MEMBERS)
    _quarters_and_next(reader, view, found, values)
    if found.items is not None:
        listed, rows = st.columns(2, gap="small")
        with listed:
            _items(reader, found)
        with rows:
            _rows(reader, view, found)


def _quarters_and_next(reader: Reader, view: View, found: Portrait, values: tuple) -> None:
    """Draw the quarters beside what would raise the index and what is still to come; of a quarter that is over, nothing is."""
    rows, due = found.next_steps.open_items, found.next_steps.coming
    nothing = found.items is None or (rows.empty and due.empty)
    history, *ahead = [st.container()] if nothing else st.columns(3, gap="small")
    told = definitions.hover(reader, "pioneer")
    with history, cards.card("近八季", base="先锋指数", help=told, key="member-history"):
        if found.history["total"].isna().all():
            cards.nothing_yet("近八季没有评定")
        else:
            numbers = reader.read(settings)
            bands = {"green": numbers["index.green"], "yellow": numbers["index.yellow"]}
            drawing = reader.drawn(_quarters, portrait.portrait, *values, theme=reader.theme, **bands)
            charts.show(drawing, key="member-history", alt="先锋指数近八季", height=260)
    if ahead:
        raised, coming = ahead
        _next(raised, coming, rows, due)


def _next(raised: DeltaGenerator, coming: DeltaGenerator, rows: pd.DataFrame, due: pd.DataFrame) -> None:
    with raised, cards.card("怎样提分最快", base="现在还可补做的事项", help=_RAISED, key="member-raising"):
        if rows.empty:
            cards.nothing_yet("没有还能提分的事项", "没有可以补做的失分")
        else:
            raising.steps(rows, "+{:.2f}", "最迟")
    with coming, cards.card("本季还要做", base="到季末前应完成的事项", help=_COMING, key="member-coming"):
        if due.empty:
            cards.nothing_yet("本季没有待完成的事项")
        else:
            raising.steps(due, "{:.2f}", "期限")


def _radar(found: Portrait, *, theme: str) -> Filled:
    return drawings.portrait(found.parts, theme=theme)


def _quarters(found: Portrait, *, theme: str, green: float, yellow: float) -> Filled:
    return drawings.quarters(found.history, theme=theme, green=green, yellow=yellow, name="先锋指数")


def _told(found: Portrait) -> str:
    told = [
        f"{Part(row['part']).label}" + (f"{row['share']:.0%}" if pd.notna(row["share"]) else "未计入")
        for row in found.parts.to_dict("records")
    ]
    return "五维画像：" + "，".join(told)


def _identity(found: Portrait) -> str:
    joined = f" · {found.joined_on} 入党" if found.joined_on else ""
    return f"{text.plain(found.org_name)} · {found.status}{joined}"


def _parts(found: Portrait, view: View) -> None:
    state = "暂评" if view.provisional else "定评"
    light = palette.mark(found.light) if found.light and found.total is not None else ""
    rank = f"　同类第 **{found.rank:,}** / {found.peers:,}" if found.rank is not None else ""
    if found.total is not None:
        st.markdown(f"先锋指数 **{found.total:.1f}** 分（{state}）　{light}{rank}")
    st.markdown(added_up(found, "状态为预警" if found.vetoed else None))
    oddities.lines(found.oddities)
    columns = {
        "name": tables.text("部分"),
        "share": tables.number("本季", _RATE),
        "before": tables.number("上季", _RATE),
        "median": tables.number("同类中位", _RATE),
        "weight": tables.number("权重", "%.0f"),
    }
    rows = found.parts.assign(name=found.parts["part"].map(Part.labels()))
    rows = rows.assign(**{name: rows[name] * 100 for name in ("share", "before", "median")})
    tables.table(rows, columns=columns, key="member-parts")
    who = (
        f"同类：{text.plain(found.sector_name or '同领域')}党支部中已评定的 {found.peers:,} 名党员"
        if found.peers >= LEAST_PEERS
        else f"同类不足 {LEAST_PEERS} 人"
    )
    version = f"权重版本 {text.plain(found.version.version)}。" if found.version else ""
    st.caption(
        f"{who}{'。' if found.peers >= LEAST_PEERS else '，不显示中位数。'}{version}只依据组织生活、学习、任务、党费、服务等记录评定。"
    )


def _listed(found: Portrait) -> pd.DataFrame:
    """The items as they are shown, then what adds or subtracts besides them."""
    assert found.items is not None
    listed = found.items.assign(
        part_name=found.items["part"].map(Part.labels()),
        rate=found.items["share"] * 100,
        lost=found.items["full"] - found.items["points"],
        counted=[f"{row['done']:g} / {row['due']:g}" if row["standing"] else cards.MISSING for row in found.items.to_dict("records")],
    )
    besides = found.adjustments.assign(part_name="加减分", counted=cards.MISSING)
    return pd.concat([listed, besides.reindex(columns=listed.columns)], ignore_index=True) if len(besides) else listed


def _items(reader: Reader, found: Portrait) -> None:
    rows, told = _listed(found), definitions.hover(reader, "pioneer")
    if st.query_params.get(items.PARAMETER) not in (None, *rows["column"]):
        filters.note("链接中的“评分项”无法识别，已显示失分最多的一项。", items.PARAMETER)
    with cards.card("逐项得分", base="点选一项，右侧显示本人的记录", help=told, key="member-items"):
        opened = items.chosen(found)
        rows = rows.assign(mark=["▶" if column == opened else "" for column in rows["column"]])
        columns = {
            "mark": tables.text("", width=28),
            "part_name": tables.text("部分", width=80),
            "name": tables.text("评分项", width=130),
            "counted": tables.text("完成 / 应完成", width=110),
            "rate": tables.bar("得分率", pattern="%.1f %%"),
            "points": tables.number("得分", "%.2f"),
            "lost": tables.number("失分", "%.2f"),
        }
        tables.table(rows, columns=columns, key="member-items", height="content", on_select=_open)


def _open(row: dict) -> None:
    filters.write(**{items.PARAMETER: str(row["column"])})
    st.rerun()


def _rows(reader: Reader, view: View, found: Portrait) -> None:
    column = items.chosen(found)
    with cards.card(f"依据　{_title(column)}", key="member-rows"):
        item = next((one for one in ITEMS[Subject.MEMBER] if one.column == column), None)
        if item is not None:
            st.markdown(f":small[:gray[算法]]　{text.plain(worded(item.wording, reader.read(settings)))}")
        rules = [RULES[rule_id] for rule_id in ((ADJUSTED[column],) if item is None else GROUNDS.get(column, ()))]
        for rule in rules:
            st.markdown(f"> {text.plain(rule.worded(reader.read(settings)))} :small[——{text.plain(rule.source)}]")
        if not rules:
            st.caption(f"依据：{LOCAL}（评分办法），定义见“指标口径”。")
        rows = reader.read(member_rows.rows, found.member_id, column, view.period.code, reader.today)
        if rows.empty:
            st.caption("本季没有这一项的记录：没有记录本身就是依据。")
            return
        if rows["odd"].notna().any():
            st.error(f"**数据异常**　有 {rows['odd'].notna().sum()} 条记录不合理，未计入评分，需核实更正。", icon=":material/report:")
        columns = {
            "what": tables.text("记录", width=230),
            "day": tables.day("日期"),
            "value": tables.text("结果", width="medium"),
            "odd": tables.text("数据异常"),
        }
        shown = {name: column for name, column in columns.items() if name in ("what", "value") or rows[name].notna().any()}
        tables.table(rows, columns=shown, key=f"member-rows-{column}")


def _title(column: str) -> str:
    if column in ADJUSTED:
        return f"加减分 › {RULES[ADJUSTED[column]].title}"
    item = next(one for one in ITEMS[Subject.MEMBER] if one.column == column)
    return f"{item.part.label} › {item.name}"
