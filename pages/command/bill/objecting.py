"""What can be done with one line of a bill: look at the rows behind it, or say that it is wrong (报错)."""

import pandas as pd
import streamlit as st

from components import cards, filters, text
from data_access import objections
from data_access.cache import Reader
from data_access.objections import LONGEST, Refused
from domain.vocabulary import Role
from pages.shared import evidence, go
from pages.shared.view import View

_SENT = "objection-sent"


def render(reader: Reader, view: View, lines: pd.DataFrame, standing: pd.DataFrame) -> None:
    """Draw the line that the URL names (the first by default), its evidence, and a secretary's form."""
    with cards.card("核对一项", base="选择序号，查看依据的记录和规定；发现有误可报错", key="bill-check"):
        numbers = {str(number): f"{number}　{line['what']}" for number, line in enumerate(lines.to_dict("records"), start=1)}
        number = filters.choice("line", "序号", numbers, "1", quiet=True, width=320) or "1"
        line = lines.iloc[int(number) - 1].to_dict()
        st.markdown(text.plain(line["about"]))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if pd.notna(line["light_id"]):
                if st.button("查看依据的记录和规定", icon=":material/fact_check:", key="bill-evidence"):
                    evidence.dialog(reader, int(line["light_id"]))
            else:
                st.caption("尚未到期，没有预警记录；到期前完成即可。")
            go.link("branch", "打开支部画像", icon=":material/account_balance:", org=view.org_code)
        _earlier(standing, line)
        if reader.scope.role is Role.SECRETARY:
            _form(reader, view, line)
        else:
            st.caption("报错由本组织或上级组织的书记提出，由数据管理员在“数据情况”页核实。")


def _earlier(standing: pd.DataFrame, line: dict) -> None:
    """Tell of the objections to this line and what was answered."""
    same = standing[(standing["rule_id"] == line["rule_id"]) & (standing["subject"] == line["subject"])]
    for row in same.to_dict("records"):
        told = f"报错（{row['at']:%Y-%m-%d}）" + (f"：{text.plain(row['reason'])}" if row["reason"] else "")
        if pd.isna(row["settled_at"]):
            st.info(f"{told}　正在核实，核实前数字不变。", icon=":material/hourglass_top:")
        else:
            outcome = "属实，将在来源处更正" if row["upheld"] else "经核实无误"
            st.info(f"{told}　答复（{row['settled_at']:%Y-%m-%d}）：{outcome}。{text.plain(row['answer'] or '')}", icon=":material/done:")


def _form(reader: Reader, view: View, line: dict) -> None:
    if st.session_state.pop(_SENT, False):
        st.success("已报给数据管理员核实；核实前各项数字不变。", icon=":material/outgoing_mail:")
    with st.form(f"objection-{line['rule_id']}-{line['subject']}", clear_on_submit=True, border=False):
        reason = st.text_area(
            "报错：这一项哪里有误？", max_chars=LONGEST, height=80, placeholder="写明实际情况和凭据所在，不写他人姓名、证件号码"
        )
        if not st.form_submit_button("报错", icon=":material/flag:"):
            return
    try:
        objections.raise_objection(
            reader.engine,
            reader.scope,
            reader.username,
            org_id=view.org_id,
            rule_id=line["rule_id"],
            subject=line["subject"],
            due_on=None if pd.isna(line["due_on"]) else line["due_on"].date(),
            evidence=line["evidence"],
            reason=reason or "",
        )
    except Refused as refusal:
        st.error(str(refusal), icon=":material/block:")
        return
    st.session_state[_SENT] = True
    st.rerun()
