"""One bill as a sheet of paper: every line with its deadline, evidence, points at stake and next step; printed, or as a workbook."""

import pandas as pd
import streamlit as st

from components import cards, filters, palette, text
from components.browser import print as printing
from data_access import objections
from data_access.cache import Reader
from data_access.export.bills import bill_notes, bill_table
from data_access.export.workbook import DEMO, XLSX, written
from data_access.queries import bill, warnings
from domain import bill as bills
from domain.index.estimates import STAKE
from domain.light_counts import Chosen
from domain.period import Period
from domain.rules import INDEX_ESCALATION
from domain.vocabulary import Light
from pages.command.bill import objecting
from pages.shared import measures
from pages.shared.view import View

PRINTED = 14  # lines that one sheet of A4 holds; the style sheet hides those after them on paper
_WORDS = {
    Light.RED.value: palette.mark(Light.RED),
    Light.YELLOW.value: palette.mark(Light.YELLOW),
    bills.DUE: "○ 待办",
    Light.GREY.value: palette.mark(Light.GREY),
}
_INKS = {Light.RED.value: "red", Light.YELLOW.value: "orange", Light.GREY.value: "gray", bills.DUE: "blue"}


def render(reader: Reader, view: View, month: Period) -> None:
    """Draw the organisation's bill, or that of the person whom the URL names, and below it what can be done with a line."""
    lines = reader.read(bill.owed_by, view.path, reader.today)
    people = _people(lines)
    with st.container(key="bill-tools", horizontal=True, vertical_alignment="bottom", gap="small"):
        person = filters.choice("person", "责任人", people, all_label="全部责任人", width=240) if people else None
        own = lines[lines["responsible_id"] == float(person)] if person else lines
        own = own.reset_index(drop=True)
        name = view.org_name + (f" {people[person]}" if person else "")
        _take_away(reader, own, view, name, month)
    standing = objections.standing(reader.engine, reader.scope, view.path, below=False)
    _sheet(reader, view, own, standing, name, month)
    if len(own):
        objecting.render(reader, view, own, standing)


def _people(lines: pd.DataFrame) -> dict[str, str]:
    """Who answers for lines, by the id that stands in the URL, with the number of their lines."""
    told = lines.dropna(subset=["responsible_id"]).groupby("responsible_id", sort=True)["responsible"].agg(["first", "size"])
    return {f"{number:.0f}": f"{row['first']}（{row['size']} 项）" for number, row in told.iterrows()}


def _take_away(reader: Reader, lines: pd.DataFrame, view: View, name: str, month: Period) -> None:
    def book() -> bytes:
        notes = reader.read(bill_notes, view.org_id, view.path, reader.today)
        return written([bill_table(lines, name, reader.today, notes)], demo=reader.installation.demo)

    printing.button("print-bill")
    st.download_button(
        "导出 Excel",
        data=book,
        file_name=f"{view.org_code}-{month.code}-微账单.xlsx",
        mime=XLSX,
        icon=":material/download:",
        on_click="ignore",
        key="bill-workbook",
    )


def _sheet(reader: Reader, view: View, lines: pd.DataFrame, standing: pd.DataFrame, name: str, month: Period) -> None:
    with st.container(key="bill", border=True, gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"#### {text.plain(name)}　{month.label}党建微账单", anchors=False, width="content")
            if reader.installation.demo:
                st.badge(DEMO, color="orange")
        st.markdown(_summary(reader, lines))
        for note in (*measures.of(reader, view), *_exemptions(reader, view)):
            st.markdown(note)
        if lines.empty:
            st.success("本月没有应办事项。", icon=":material/task_alt:")
        else:
            with st.container(key="bill-lines"):
                st.table(_rows(lines, standing), border="horizontal", hide_index=True)
        if len(lines) > PRINTED:
            with st.container(key="bill-more"):
                st.caption(f"本页打印前 {PRINTED} 项，其余 {len(lines) - PRINTED} 项见导出的 Excel。")
        st.caption(STAKE.told + STAKE.note)
        with st.container(key="bill-signatures"):
            st.markdown("责任人签收：＿＿＿＿＿＿＿＿　　上级党组织：＿＿＿＿＿＿＿＿　　日期：＿＿＿＿＿＿")


def _summary(reader: Reader, lines: pd.DataFrame) -> str:
    counts = lines["light"].value_counts()
    told = [f":{_INKS[code]}[**{text.plain(word)} {counts[code]}**]" for code, word in _WORDS.items() if code in counts]
    late = int(((lines["days_late"] > 0) & ~bills.done_late(lines)).sum())
    told += [f"逾期未办 **{late}** 项"] if late else []
    return f":small[:gray[数据截至 {reader.today.isoformat()} · 共 {len(lines)} 项]]　" + "　".join(told)


def _exemptions(reader: Reader, view: View) -> list[str]:
    """Say which lights are switched off, why, by whom and until when."""
    rows = reader.read(warnings.exempted, view.path, reader.today, Chosen(org_id=view.org_id))
    shown = rows[rows["rule_id"] != INDEX_ESCALATION]
    return [f":gray[:material/do_not_disturb_on: {text.plain(bills.exemption_sentence(row))}]" for row in shown.to_dict("records")]


def _rows(lines: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The lines as cells of Markdown, numbered from 1."""
    waiting = _waiting(standing)
    rows = []
    for number, line in enumerate(lines.to_dict("records"), start=1):
        ink = _INKS[line["light"]]
        doubted = "  \n:violet[报错核实中]" if (line["rule_id"], line["subject"]) in waiting else ""
        person = f" · {text.plain(line['person'])}" if isinstance(line["person"], str) else ""
        due = f"{line['due_on']:%Y-%m-%d}" if pd.notna(line["due_on"]) else cards.MISSING
        late = line["days_late"]
        rows.append(
            {
                "序号": str(number),
                "事项": f":{ink}[**{text.plain(_WORDS[line['light']])}**]  \n**{text.plain(line['what'])}**{person}{doubted}",
                "期限": due,
                "逾期天数": f":red[**{late:,.0f}**]" if late > 0 else "0" if late == 0 else cards.MISSING,
                "依据": f"{text.plain(line['about'])}  \n:small[:gray[{text.plain(line['source'])}]]",
                "影响分值": f"**{line['points']:.2f}**" if pd.notna(line["points"]) else cards.MISSING,
                "下一步": text.plain(line["next_step"]),
                "责任人": text.plain(line["responsible"] if isinstance(line["responsible"], str) else None),
            }
        )
    told = pd.DataFrame(rows)
    return told.drop(columns="责任人") if lines["responsible"].isna().all() else told


def _waiting(standing: pd.DataFrame) -> set[tuple[str, str]]:
    """The rows with an objection that nobody has answered."""
    waiting = standing[standing["settled_at"].isna()]
    return set(zip(waiting["rule_id"], waiting["subject"], strict=True))
