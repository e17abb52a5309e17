"""One light opened: its facts, the rule's sentence and source, what to do next, and the rows that it stands on."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from components import cards, filters, palette, tables, text
from components.tables import Column
from data_access.cache import Reader
from data_access.queries import evidence
from data_access.queries.evidence import Opened
from domain.period import Period
from domain.vocabulary import DuesCategory, DutyStatus, MemberStatus, Post, Source
from pages.shared import go

PARAMETER = "light_id"
GONE = "没有找到这条预警，或它不在您的权限范围内。它可能已随数据更新而消除。"

_COLUMNS: dict[str, dict[str, Column]] = {
    "duties": {
        "period": tables.text("期间"),
        "status": tables.text("状态"),
        "due_on": tables.day("期限"),
        "done_on": tables.day("完成日期"),
        "attended": tables.count("到会"),
        "expected": tables.count("应到"),
        "topic": tables.text("主题"),
    },
    "dues": {
        "month": tables.text("月份"),
        "category": tables.text("类别"),
        "due_yuan": tables.number("应交（元）", "%.2f"),
        "paid_yuan": tables.number("实交（元）", "%.2f"),
        "paid_on": tables.day("交纳日期"),
    },
    "steps": {"step": tables.text("步骤"), "done_on": tables.day("完成日期"), "days": tables.count("天数"), "note": tables.text("备注")},
    "progress": {"reported_on": tables.day("填报日期"), "percent": tables.bar("进度", pattern="%d %%"), "note": tables.text("说明")},
    "elections": {"what": tables.text("事项"), "held_on": tables.day("日期"), "term_ends_on": tables.day("任期届满")},
    "members": {"status": tables.text("类别"), "count": tables.count("人数")},
    "posts": {"post": tables.text("职务"), "count": tables.count("人数")},
    "coverage": {
        "source": tables.text("数据来源"),
        "from_on": tables.day("标注起始"),
        "to_on": tables.day("标注结束"),
        "note": tables.text("说明"),
    },
    "anomalies": {
        "what": tables.text("记录"),
        "named": tables.text("期间、步骤或姓名"),
        "day": tables.day("日期"),
        "value": tables.text("数值"),
        "why": tables.text("异常"),
    },
    "stars": {
        "year": tables.text("年度"),
        "self_score": tables.score("自评"),
        "review_score": tables.score("复核"),
        "final_score": tables.score("终评"),
        "stars": tables.count("星级"),
    },
}
_WORDS: dict[str, Callable[[str], str]] = {
    "period": lambda code: Period.parse(code).label,
    "status": lambda code: (DutyStatus.labels() | MemberStatus.labels())[code],
    "category": lambda code: DuesCategory(code).label,
    "post": lambda code: Post(code).label,
    "source": lambda code: Source(code).label,
}


def chosen() -> int | None:
    """Return the light that the URL names; None where it names none, 0 where it names nothing that could be one."""
    return filters.number(PARAMETER)


def choose(row: dict) -> None:
    """Open the light of a clicked row: write it into the URL and draw the page again."""
    filters.write(**{PARAMETER: str(row["light_id"])})
    st.rerun()


@st.dialog("依据与下一步", width="large")
def dialog(reader: Reader, light_id: int) -> None:
    """Open a light over the page, in the run of the click that asked for it."""
    _opened(reader, light_id)


def panel(reader: Reader, *, key: str) -> None:
    """Draw the light that the URL names, or say how to choose one."""
    number = chosen()
    with cards.card("依据与下一步", key=key):
        if number is None:
            cards.nothing_yet("在左侧表中点选一条", "查看依据的事实、规定原文和下一步")
            return
        found = _opened(reader, number)
        if found is not None:
            go.link("branch", "打开支部画像", icon=":material/account_balance:", org=found.org_code)


def _opened(reader: Reader, light_id: int) -> Opened | None:
    found = reader.read(evidence.opened, light_id, reader.today)
    if found is None:
        filters.refused(PARAMETER)
        cards.nothing_yet(GONE)
        return None
    _facts(found)
    _rows(reader, found)
    return found


def _facts(found: Opened) -> None:
    state = "已消除" if found.closed_on else palette.mark(found.light)
    person = f" · {text.plain(found.person)}" if found.person else ""
    st.markdown(f"**{text.plain(state)}　{text.plain(found.title)}**　{text.plain(found.org_name)}{person}")
    st.markdown(text.plain(found.text))
    days = [f"{found.since:%Y-%m-%d} 亮灯"]
    days += [f"期限 {found.due_on:%Y-%m-%d}"] if found.due_on else []
    days += [f"{found.closed_on:%Y-%m-%d} 消除"] if found.closed_on else []
    st.caption(" · ".join(days))
    if found.sentence:
        st.markdown(f"> {text.plain(found.sentence)}\n>\n> :small[——{text.plain(found.source)}]")
    if found.next_step and not found.closed_on:
        st.markdown(f":material/arrow_forward: **下一步**　{text.plain(found.next_step)}")


def _rows(reader: Reader, found: Opened) -> None:
    if found.kind == "anomalies" and found.rows.empty and not reader.scope.lists_members:
        st.caption("您的角色只看汇总，不列出单个人的记录。")
        return
    if not found.kind or found.rows.empty:
        st.caption("这条预警没有可列出的记录：没有记录本身就是依据。")
        return
    columns = {name: column for name, column in _COLUMNS[found.kind].items() if not found.rows[name].isna().all()}
    tables.table(worded(found.rows), columns=columns, key=f"evidence-{found.light_id}")


def worded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return evidence rows with their codes in words."""
    told = rows.copy()
    for name, say in _WORDS.items():
        if name in told:
            told[name] = [None if pd.isna(value) else say(str(value)) for value in rows[name]]
    return told
