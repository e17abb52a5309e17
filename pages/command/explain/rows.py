"""One item opened: how it is counted, the regulation's sentence, and the rows it was counted from, odd ones beside them."""

from datetime import date

import pandas as pd
import streamlit as st

from components import cards, palette, tables, text
from components.tables import Column
from data_access.cache import Reader
from data_access.queries import explain, item_rows, people_rows
from data_access.queries.explain import Explained
from data_access.queries.settings import settings
from domain.index.explanation import ITEMS
from domain.index.grounds import GROUNDS
from domain.index.weights import Subject
from domain.period import Period
from domain.rules import RULES, duty_rule
from domain.settings import LOCAL
from domain.vocabulary import Duty, DutyStatus, Light, Part
from domain.wording import worded
from pages.command.explain import items
from pages.shared import go
from pages.shared.view import View

_COLUMNS: dict[str, dict[str, Column]] = {
    "study_courses": {"title": tables.text("必修课"), "due_on": tables.day("期限"), "finished": tables.count("已学完（人）")},
    "study_hours": {
        "month": tables.text("月份"),
        "records": tables.count("学习记录"),
        "people": tables.count("人数"),
        "minutes": tables.count("分钟"),
    },
    "life_duties": {
        "status": tables.text("状态"),
        "duty": tables.text("事项"),
        "period": tables.text("所属期间"),
        "due_on": tables.day("期限"),
        "done_on": tables.day("完成日期"),
        "attended": tables.count("实到"),
        "expected": tables.count("应到"),
        "topic": tables.text("主题"),
    },
    "life_attendance": {
        "duty": tables.text("会议"),
        "held_on": tables.day("日期"),
        "attended": tables.count("实到"),
        "expected": tables.count("应到"),
        "rate": tables.share("到会率"),
        "topic": tables.text("主题"),
    },
    "tasks_on_time": {
        "title": tables.text("任务", width="medium"),
        "weight": tables.count("权重"),
        "due_on": tables.day("到期"),
        "punctual": tables.text("结果"),
        "progress": tables.bar("季末进度", pattern="%d %%"),
    },
    "tasks_progress": {
        "title": tables.text("任务", width="medium"),
        "weight": tables.count("权重"),
        "progress": tables.bar("进度", pattern="%d %%"),
        "planned": tables.number("计划", "%.0f %%"),
        "due_on": tables.day("到期"),
    },
    "membership_dues": {
        "month": tables.text("月份"),
        "due": tables.count("应交（人）"),
        "in_time": tables.count("当月足额"),
        "later": tables.count("补交"),
        "unpaid": tables.count("未交足"),
    },
    "membership_election": {"what": tables.text("事项"), "held_on": tables.day("日期"), "term_ends_on": tables.day("任期届满")},
    "membership_records": {
        "field": tables.text("必填项"),
        "filled": tables.count("已填（人）"),
        "missing": tables.count("缺少（人）"),
    },
}
_COLUMNS["service_records"] = _COLUMNS["study_hours"] | {"records": tables.count("服务记录")}
_STATES = {
    DutyStatus.HELD.value: Light.GREEN,
    DutyStatus.LATE.value: Light.YELLOW,
    DutyStatus.MISSED.value: Light.RED,
    DutyStatus.UNKNOWN.value: Light.GREY,
}
_QUOTED = 3  # sentences of regulations at once


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw the item that the URL names, or the one that loses most."""
    column = items.chosen(found)
    assert found.items is not None
    row = next(row for row in found.items.to_dict("records") if row["column"] == column)
    with cards.card(f"依据　{Part(row['part']).label} › {row['name']}", key="item-rows"):
        _formula(reader, column, row, scored=found.total is not None)
        if found.is_branch:
            _of_branch(reader, view, column)
        else:
            _sentences(reader, GROUNDS.get(column, ())[:_QUOTED])
            _of_group(reader, view, column)


def _formula(reader: Reader, column: str, row: dict, *, scored: bool) -> None:
    item = next(found for found in ITEMS[Subject.BRANCH] if found.column == column)
    st.markdown(f":small[:gray[算法]]　{text.plain(worded(item.wording, reader.read(settings)))}")
    if row["standing"]:
        done, due = (f"{row[name]:,.2f}".rstrip("0").rstrip(".") for name in ("done", "due"))
        earned = f"，得 **{row['points']:.2f}** / {row['full']:.2f} 分，失 **{row['full'] - row['points']:.2f}** 分" if scored else ""
        st.markdown(f":small[:gray[计算]]　{done} ÷ {due} → 得分率 **{row['share']:.1%}**{earned}")
    elif row["unknown"]:
        cards.missing("数据管理员把这一来源标注为未知：不作正常，也不按零计算")
    else:
        st.caption("本季未计入：不适用、尚未到期，或本地没有这一数据来源。")


def _sentences(reader: Reader, rules: tuple[str, ...]) -> None:
    """Quote the regulations; an item without one is local practice."""
    if not rules:
        st.caption(f"依据：{LOCAL}（评分办法），定义见“指标口径”。")
    for rule_id in rules:
        rule = RULES[rule_id]
        st.markdown(f"> {text.plain(rule.worded(reader.read(settings)))} :small[——{text.plain(rule.source)}]")


def _of_branch(reader: Reader, view: View, column: str) -> None:
    values = (view.org_id, column, view.period.code, reader.today)
    rows = reader.read(item_rows.rows, *values)
    _sentences(reader, _cited(column, rows))
    odd = reader.read(item_rows.odd_rows, *values)
    if len(odd):
        st.error(f"**数据异常**　有 {odd['records'].sum()} 条记录不合理，未计入评分，需核实更正：", icon=":material/report:")
        each = {"person": tables.text("姓名"), "day": tables.day("日期"), "value": tables.text("数值"), "records": tables.count("条数")}
        single = odd["records"].eq(1).all() and odd["day"].notna().any()
        told = {
            name: shown
            for name, shown in each.items()
            if (name == "records" and not single) or (name != "records" and odd[name].notna().any())
        }
        tables.table(odd, columns={"what": tables.text("记录"), **told, "why": tables.text("异常")}, key=f"odd-{column}")
    if rows.empty:
        hidden = column == "membership_admission" and not reader.scope.lists_members
        st.caption("您的角色只看汇总，不列出申请人。" if hidden else "本季没有这一项的记录：没有记录本身就是依据。")
        return
    columns = {name: shown for name, shown in _shown(reader, column).items() if name not in ("topic", "person") or rows[name].notna().any()}
    tables.table(_worded(rows), columns=columns, key=f"rows-{column}")
    if column in people_rows.ITEMS:
        _of_people(reader, values)


def _of_people(reader: Reader, values: tuple[int, str, str, date]) -> None:
    """Draw the members' own records below the counts, what is missing first."""
    if not reader.scope.lists_members:
        st.caption("您的角色只看汇总，不列出党员。")
        return
    people = reader.read(people_rows.rows, *values)
    if people.empty:
        st.caption("没有需要列出的党员。")
        return
    states = people["state"].value_counts(sort=False)
    st.caption("按人列出，缺少的在前：" + "，".join(f"{state} {count:,}" for state, count in states.items()))
    columns = {
        "person": tables.text("姓名"),
        "state": tables.text("情况"),
        "what": tables.text("记录", width="medium"),
        "day": tables.day("日期"),
        "value": tables.text("数值", width="medium"),
    }
    shown = {name: column for name, column in columns.items() if people[name].notna().any()}
    tables.table(people, columns=shown, key=f"people-{values[1]}", height=tables.tall(people, 10))


def _shown(reader: Reader, column: str) -> dict[str, Column]:
    if column == "membership_admission":
        return {
            "light": tables.light("状态", theme=reader.theme),
            "person": tables.text("申请人"),
            "step": tables.text("所在步骤"),
            "since": tables.day("到达日期"),
            "due_on": tables.day("期限"),
        }
    return _COLUMNS[column]


def _cited(column: str, rows: pd.DataFrame) -> tuple[str, ...]:
    """The rules to quote: of the duties those that were not done on time first, each once."""
    if column != "life_duties":
        return GROUNDS.get(column, ())[:_QUOTED]
    return tuple(duty_rule(Duty(code)) for code in rows["duty"].drop_duplicates())[:_QUOTED] or GROUNDS[column][:_QUOTED]


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their codes in words."""
    told = rows.rename(columns={"kind": "duty"})
    if "duty" in told:
        told["duty"] = told["duty"].map(Duty.labels())
    if "status" in told:
        told["status"] = [_state(code) for code in told["status"]]
    if "period" in told:
        told["period"] = [Period.parse(code).label for code in told["period"]]
    return told


def _state(code: str) -> str:
    """Return where a duty stands as icon and word."""
    icon = palette.ICONS[_STATES[code]] if code in _STATES else "○"
    return f"{icon} {DutyStatus(code).label}"


def _of_group(reader: Reader, view: View, column: str) -> None:
    rows = reader.read(explain.behind, view.org_id, column, view.period.code)
    if rows.empty:
        st.success("所属支部在这一项都没有失分。", icon=":material/task_alt:")
        return
    st.caption(f"失分的支部，对本级影响最大的在前（{len(rows)} 个）；点选一行，打开它的记录")
    columns = {
        "name": tables.text("支部", width=230),
        "members": tables.count("党员"),
        "done": tables.number("完成", "%.1f"),
        "due": tables.number("应完成", "%.1f"),
        "lost": tables.number("支部失分", "%.2f"),
        "pull": tables.number("拉低本级", "%.3f"),
    }
    tables.table(
        rows,
        columns=columns,
        key=f"behind-{column}",
        height=330,
        on_select=lambda row: go.to("explain", org=row["org_code"], period=st.query_params.get("period"), item=column),
    )
