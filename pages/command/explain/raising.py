"""What would raise the score most: every open item, with the points that a new rating would give for it, and what is still to come."""

import pandas as pd
import streamlit as st

from components import cards, filters, tables, text
from data_access.cache import Reader
from data_access.queries import raising
from data_access.queries.explain import Explained
from domain.index.estimates import GROUP_RAISE, STAKE
from domain.index.estimates import RAISE as RAISED
from pages.command.explain import below
from pages.shared import go
from pages.shared.view import View

PARAMETER = "next"
RAISE, COMING, BELOW = "raise", "coming", "below"
FIRST = 4  # steps that are told at once
_OF_BRANCH = {RAISE: "怎样提分最快", COMING: "本季还要做"}
_OF_GROUP = {BELOW: "哪些下级拉低了本级", RAISE: "怎样提分最快"}
_HELP = {
    RAISE: RAISED.told + RAISED.note,
    COMING: f"{STAKE.told}与微账单相同；现在还不扣分，到期不做才失分。",
}
_HELP_OF_GROUP = {
    BELOW: below.HELP,
    RAISE: f"支部{RAISED.told}{RAISED.note}{GROUP_RAISE.told}",
}


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw what the URL asks for: of a branch its open items or those to come, of a group those below or what their items are worth."""
    ways = _OF_BRANCH if found.is_branch else _OF_GROUP
    with cards.card(
        "下一步",
        base=view.period.label,
        help="　".join((_HELP if found.is_branch else _HELP_OF_GROUP).values()),
        key="raising",
    ):
        if found.total is None:
            cards.nothing_yet("本季未评定", "没有分数可提；先核实被标注为未知或没有上报的数据")
            return
        first = next(iter(ways))
        way = filters.choice(PARAMETER, "下一步", ways, first, segments=True, quiet=True, width="content") or first
        if way == BELOW:
            below.render(reader, view)
        elif way == COMING:
            _coming(reader, view)
        elif found.is_branch:
            _open(reader, view)
        else:
            _below(reader, view)


def _open(reader: Reader, view: View) -> None:
    rows = reader.read(raising.open_items, view.org_id, view.period.code, reader.today)
    if rows.empty:
        cards.nothing_yet("没有还能提分的事项", "本季已定评" if not view.provisional else "本季已失的分不能再补，或没有失分")
        return
    last = rows.iloc[-1]
    steps(rows.iloc[:-1], "+{:.2f}", "最迟")
    st.markdown(f":material/trending_up: {text.plain(last['what'])}：**+{last['points']:.2f}** 分，堡垒指数到 **{last['total']:.1f}** 分")
    if not view.provisional:
        st.caption("本季已定评，记录不再补计；党员信息按现状评定，补全后仍会重评。")


def steps(rows: pd.DataFrame, pattern: str, until: str) -> None:
    """Draw what is to be done as lines that can be read whole, the first `FIRST` at once: points, what, by when, how it stands, and what
    to do next.

    Expects columns: points (NaN: none), what, about, until, and next_step where there is one; `until` is what the day is called.
    """
    told = [_step(row, pattern, until) for row in rows.to_dict("records")]
    st.markdown("\n".join(told[:FIRST]))
    if told[FIRST:]:
        with st.expander(f"其余 {len(told) - FIRST} 项"):
            st.markdown("\n".join(told[FIRST:]))


def _step(row: dict, pattern: str, until: str) -> str:
    points = f"**{pattern.format(row['points'])} 分**　" if pd.notna(row["points"]) else ""
    day = f"　:small[:gray[{until} {row['until']:%Y-%m-%d}]]" if pd.notna(row["until"]) else ""
    step = f" → {text.plain(row['next_step'])}" if row.get("next_step") else ""
    return f"- {points}{text.plain(row['what'])}{day}  \n  :small[:gray[{text.plain(row['about'])}]{step}]"


def _coming(reader: Reader, view: View) -> None:
    rows = reader.read(raising.coming, view.org_id, view.period.code, reader.today)
    if rows.empty:
        cards.nothing_yet("本季没有待完成的事项", "本季已结束" if view.period.ended(reader.today) else "已经开始的期间都完成了")
        return
    steps(rows, "{:.2f}", "期限")
    st.caption("已经开始的期间里，到季末前应完成的事项；各项分值不能相加，学习时长和志愿服务季末计分。")


def _below(reader: Reader, view: View) -> None:
    found = reader.read(raising.below, view.org_id, view.period.code, reader.today)
    if found.rows.empty:
        cards.nothing_yet("没有还能提分的事项", "本季已定评" if not view.provisional else "本季已失的分不能再补，或没有失分")
        return
    columns = {
        "worth": tables.number("本级提分", "+%.3f"),
        "name": tables.text("支部", width=150),
        "what": tables.text("做什么", width=150),
        "until": tables.day("最迟"),
        "gain": tables.number("支部提分", "+%.1f"),
        "about": tables.text("现状", width=210),
    }
    period = st.query_params.get("period")
    tables.table(
        found.rows,
        columns=columns,
        key="raising-below",
        height=tables.tall(found.rows, 5),
        on_select=lambda row: go.to("explain", org=row["org_code"], period=period, item=row["item"]),
    )
    st.caption(
        f"只算失分对本级影响最大的 {found.considered:,} 个支部（共 {found.rated:,} 个参评），列出前 {len(found.rows)} 项；点选打开该支部。"
    )
