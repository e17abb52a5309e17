"""The list of applicants, as far as the reader may see people, and for secretaries one person's own way (个人发展历程)."""

import pandas as pd
import streamlit as st

from components import cards, filters, palette, tables, text
from data_access.audit import Action
from data_access.queries import admission, applicant
from data_access.queries.applicant import Timeline
from domain.vocabulary import Light
from pages.command.admission.asked import Asked
from pages.shared import audited, definitions, go

PARAMETER = "applicant"
LISTS = {"all": "停留最久", "odd": "数据异常"}
HIDDEN = "您的角色只看汇总：不列出申请人。"
GONE = "没有找到这名申请人，或不在您的权限范围内。"


def render(asked: Asked) -> None:
    """Draw the list; beside it, where names are shown, the chosen person's timeline."""
    scope = asked.reader.scope
    if not scope.lists_members:
        st.caption(HIDDEN)
        return
    if not scope.names_members:
        _list(asked)
        return
    listed, opened = st.columns([7, 5], gap="small")
    with listed:
        _list(asked)
    with opened:
        _panel(asked)


def _list(asked: Asked) -> None:
    told = definitions.hover(asked.reader, "admission_stay")
    with cards.card("申请人名单", base="状态最重、停留最久的在前", help=told, key="applicants"):
        given = filters.choice("list", "名单", LISTS, "all", segments=True, quiet=True, width="content")
        odd = given == "odd"
        page = filters.page(asked.read(admission.listed_count, odd), admission.PAGE, label="名")
        rows = asked.read(admission.listed, odd, page)
        if rows.empty:
            cards.nothing_yet("没有数据异常的记录" if odd else "没有符合条件的申请人")
            return
        columns = {
            "light": tables.light("状态", theme=asked.reader.theme),
            "person": tables.text("姓名", width=80),
            "org_name": tables.text("党支部"),
            "district_name": tables.text("县区", width=80),
            "step_name": tables.text("所在步骤", width=170),
            "since": tables.day("到达日期"),
            "days": tables.count("停留（天）"),
            "title": tables.text("最先到期的时限", width=110),
            "due_on": tables.day("期限"),
            "left": tables.count("剩余（天）", help="负数为已超期的天数"),
            "oddities": tables.count("异常记录"),
        }
        if asked.one_branch:
            del columns["org_name"], columns["district_name"]
        if asked.reader.scope.names_members:
            del columns["since"]  # the timeline beside the list tells it
        if not rows["oddities"].any():
            del columns["oddities"]
        tables.table(rows, columns=columns, key="applicants", height=tables.tall(rows, 15), on_select=_opens(asked))


def _opens(asked: Asked):
    """A click opens the person where names are shown, and otherwise the branch."""
    if asked.reader.scope.names_members:
        return _open_person
    return lambda row: go.to("branch", org=row["org_code"])


def _open_person(row: dict) -> None:
    filters.write(**{PARAMETER: str(row["applicant_id"])})
    st.rerun()


def _panel(asked: Asked) -> None:
    number = filters.number(PARAMETER)
    with cards.card("个人发展历程", key="timeline"):
        if number is None:
            cards.nothing_yet("在左侧名单中点选一名申请人", hint="查看各步骤日期、在计时限和预警；查看会记入审计")
            return
        found = asked.reader.read(applicant.timeline, number, asked.reader.today)
        if found is None:
            filters.refused(PARAMETER)
            cards.nothing_yet(GONE)
            return
        audited.opening(asked.reader, Action.OPEN_TIMELINE, f"applicant:{found.applicant_id}")
        _timeline(asked, found)


def _timeline(asked: Asked, found: Timeline) -> None:
    state = f"已于 {found.ended_on} 终止" if found.ended_on else f"{found.applied_on} 申请"
    st.markdown(f"#### {text.plain(found.name)} :small[:gray[{found.sex} · {text.plain(found.org_name)} · {state}]]", anchors=False)
    for clock in found.clocks.to_dict("records"):
        left = f":red-badge[已超期 {-clock['left']} 天]" if clock["left"] < 0 else f":gray-badge[还有 {clock['left']} 天]"
        st.markdown(f":material/timer: **{clock['title']}**　期限 {clock['due_on']:%Y-%m-%d} {left}")
    for light in found.lights[found.lights["closed_on"].isna()].to_dict("records"):
        st.markdown(f":{_COLOURS[light['light']]}-badge[{palette.mark(light['light'])}] {light['title']} :small[:gray[{light['source']}]]")
    columns = {
        "state": tables.text("", width=34),
        "name": tables.text("步骤", width=170),
        "done_on": tables.day("日期"),
        "gap": tables.count("距上一步（天）"),
        "oddity": tables.text("数据异常", width=150),
        "days": tables.count("时长", help="培训、延长预备期按天，公示按工作日"),
        "note": tables.text("备注"),
    }
    told = {name: column for name, column in columns.items() if name not in ("oddity", "note") or found.steps[name].notna().any()}
    rows = found.steps.assign(state=_states(found.steps))
    tables.table(rows, columns=told, key=f"timeline-{found.applicant_id}", height=520)


_COLOURS = {Light.RED.value: "red", Light.YELLOW.value: "orange", Light.GREY.value: "gray", Light.GREEN.value: "green"}


def _states(steps: pd.DataFrame) -> list[str]:
    """Mark every row: done, odd, or still ahead."""
    rows = zip(steps["done_on"], steps["oddity"], strict=True)
    return ["!" if isinstance(oddity, str) else "○" if pd.isna(done) else "✓" for done, oddity in rows]
