"""The steward's list (报错核实): rows of bills that secretaries call wrong, with their evidence, and the steward's answer."""

import pandas as pd
import streamlit as st

from components import cards, filters, tables, text
from data_access import objections
from data_access.cache import Reader
from data_access.objections import LONGEST, Refused
from domain.vocabulary import Role
from pages.shared import definitions
from pages.shared.view import View

_READERS = (Role.STEWARD, Role.SECRETARY)
_OUTCOMES = {True: "属实，将在来源处更正", False: "记录无误"}
_TABLES = {
    "meeting": "会议记录",
    "talk": "谈话记录",
    "dues": "党费月份",
    "assignment": "任务",
    "admission_step": "发展步骤",
    "coverage": "未知标注",
    "duty_record": "应做事项",
}


def render(reader: Reader, view: View) -> None:
    """Draw the list, and for a steward the form that answers one of them."""
    if reader.scope.role not in _READERS:
        return
    rows = objections.standing(reader.engine, reader.scope, view.path, below=True)
    waiting = rows[rows["settled_at"].isna()]
    number = objections.waiting(reader.engine, reader.scope, view.path)
    with cards.card(
        "报错核实",
        base=f"待核实 {number:,} 条 · 报错不改变任何数字，属实的在数据来源处更正后重新导入",
        help=definitions.hover(reader, "objections"),
        key="objected",
    ):
        if rows.empty:
            cards.nothing_yet("没有报错", hint="书记在“微账单”页对有误的事项报错，列在这里")
            return
        _list(rows)
        if reader.scope.role is Role.STEWARD and len(waiting):
            _answer(reader, waiting)


def _list(rows: pd.DataFrame) -> None:
    records = [
        f"{_TABLES.get(table, table)} {ids}" if ids else _TABLES.get(table, table)
        for table, ids in zip(rows["table"], rows["rows"], strict=True)
    ]
    shown = rows.assign(
        number=rows["objection_id"],
        records=records,
        state=[
            "待核实" if pd.isna(day) else _OUTCOMES[bool(upheld)] for day, upheld in zip(rows["settled_at"], rows["upheld"], strict=True)
        ],
    )
    columns = {
        "number": tables.count("编号"),
        "state": tables.text("状态"),
        "org_name": tables.text("党组织", width="medium"),
        "title": tables.text("事项"),
        "concerns": tables.text("期间或对象"),
        "text": tables.text("依据（报错时）", width="large"),
        "records": tables.text("依据的记录"),
        "reason": tables.text("报错理由", width="large"),
        "username": tables.text("报错人账号"),
        "at": tables.day("报错日期"),
        "answer": tables.text("答复", width="medium"),
    }
    tables.table(shown, columns=columns, key="objected", height=tables.tall(shown, 10))


def _answer(reader: Reader, waiting: pd.DataFrame) -> None:
    named = {str(row["objection_id"]): f"{row['objection_id']}　{row['org_name']}：{row['title']}" for row in waiting.to_dict("records")}
    chosen = filters.choice("objection", "核实哪一条", named, next(iter(named)), width=420)
    number = int(chosen or next(iter(named)))
    row = waiting.set_index("objection_id").loc[number]
    st.markdown(f"{text.plain(row['text'])}  \n报错理由：{text.plain(row['reason'])}")
    with st.form(f"settle-{number}", border=False, clear_on_submit=True):
        outcome = st.radio("核实结果", list(_OUTCOMES), format_func=lambda upheld: _OUTCOMES[upheld], horizontal=True)
        answer = st.text_area("答复", max_chars=LONGEST, height=80, placeholder="写明核实了什么、依据是什么、何时更正")
        if not st.form_submit_button("答复", icon=":material/done:"):
            return
    try:
        objections.settle(reader.engine, reader.scope, reader.username, number, upheld=bool(outcome), answer=answer or "")
    except Refused as refusal:
        st.error(str(refusal), icon=":material/block:")
        return
    filters.write(objection=None)
    st.rerun()
