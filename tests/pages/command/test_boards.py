"""The boards of records, tasks and warnings, the wall and the state of the data, as each role sees them."""

import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, delete, insert, select, update
from streamlit.testing.v1 import AppTest

from components.text import plain
from data_access.queries import warnings
from data_access.schema.members import applicant, member
from data_access.schema.organisations import organisation
from data_access.schema.places import data_version
from data_access.schema.ratings import duty_record, light
from domain.rules import DUES_ARREARS, duty_rule
from domain.vocabulary import Duty
from tests.opening import OpenPage, sent
from tests.small import AS_OF, LONG_NAME, ORG, ORG_CODE

HOSTILE = {key: ORG_CODE[key] for key in ("markup", "markdown", "expression", "long_name", "rare")}
NAMELESS = ["leader", "presenter", "steward"]
NOT_FOUND = "没有找到这个组织，或它不在您的权限范围内。请核对链接中的组织代码，或用上方的“查找组织”重新选择。"


@pytest.fixture(scope="module")
def database(small_database: Path) -> Engine:
    return create_engine(f"sqlite:///{small_database}")


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.warning, page.error, page.success, page.info, page.text)
    return "\n".join(element.value for kind in kinds for element in kind)


def tables(page: AppTest, column: str) -> list[pd.DataFrame]:
    """The tables of the page that have this column."""
    return [frame.value for frame in page.dataframe if column in frame.value]


def one(page: AppTest, *columns: str) -> pd.DataFrame:
    """The first table of the page that has these columns."""
    return next(frame.value for frame in page.dataframe if {*columns} <= {*frame.value})


def full_names(database: Engine) -> list[bytes]:
    with database.connect() as connection:
        found = {*connection.scalars(select(member.c.name)), *connection.scalars(select(applicant.c.name))}
    return [name.encode() for name in found]


def light_id(database: Engine, org: str, rule_id: str) -> str:
    with database.connect() as connection:
        query = select(light.c.light_id).where(light.c.org_id == ORG[org], light.c.rule_id == rule_id, light.c.closed_on.is_(None))
        return str(connection.scalars(query.order_by(light.c.light_id)).first())


# The record


def test_a_secretary_without_an_organisation_sees_the_own_branch_and_what_to_do_first(open_page: OpenPage) -> None:
    page = open_page("secretary", "branch")
    assert not page.exception
    text = said(page)
    assert "渡口村党支部" in text
    assert text.index("本周要做") < text.index(":small[:gray[上级组织]]"), "above the head of the own record"
    assert re.search(r"badge\[已逾期 \d+\]", text) and text.index("**已逾期**") < text.index("五星支部画像")
    assert "按期换届" in text
    assert "届满未换届 20 天" in text


@pytest.mark.parametrize("role", NAMELESS)
def test_others_without_an_organisation_choose_one(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "branch")
    assert not page.exception
    assert "选择一个组织查看它的画像" in said(page)
    assert {"渡口村党支部", "中共上游区委员会"} <= {name for frame in tables(page, "name") for name in frame["name"]}


@pytest.mark.parametrize("role", ["leader", "secretary", "presenter", "steward"])
@pytest.mark.parametrize("org", ["overdue", "willow_town", "upstream", "root", "dissolved", "founded", "unknown", "never"])
def test_every_record_opens_or_is_not_there(open_page: OpenPage, role: str, org: str) -> None:
    page = open_page(role, "branch", org=ORG_CODE[org])
    assert not page.exception
    outside = role == "secretary" and org != "overdue"
    assert [error.value for error in page.error] == ([NOT_FOUND] if outside else [])


def test_outside_the_scope_reads_like_nonexistent(open_page: OpenPage) -> None:
    outside, absent = (open_page("upstream", "branch", org=code) for code in (ORG_CODE["coast"], "LJ-9999"))
    assert said(outside) == said(absent)
    assert [error.value for error in outside.error] == [NOT_FOUND]


def test_more_lights_than_a_page_holds_are_turned_page_by_page(open_page: OpenPage, own_database: Path) -> None:
    common = {"org_id": ORG["overdue"], "rule_id": duty_rule(Duty.TALK), "light": "yellow", "since": AS_OF, "evidence": '{"text": "事实"}'}
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(insert(light), [common | {"light_id": 10**6 + n, "subject": str(n)} for n in range(warnings.PAGE)])
    first, second = (open_page("secretary", "branch", database=own_database, page=page) for page in ("1", "2"))
    assert re.search(r"共 (\d+) 条，第 1—50 条", said(first))
    assert len(one(first, "next_step")) == warnings.PAGE
    assert not one(first, "next_step").equals(one(second, "next_step"))


def test_others_see_the_head_of_a_branch_before_what_it_has_to_do(open_page: OpenPage) -> None:
    text = said(open_page("upstream", "branch", org=ORG_CODE["overdue"]))
    assert text.index(":small[:gray[上级组织]]") < text.index("本周要做")


def test_a_dissolved_organisation_says_so_and_has_nothing_to_do(open_page: OpenPage) -> None:
    text = said(open_page("leader", "branch", org=ORG_CODE["dissolved"]))
    assert "该组织已于 2026-05-31 撤销" in text
    assert "本周要做" not in text


def test_a_part_left_out_says_why(open_page: OpenPage) -> None:
    text = said(open_page("leader", "branch", org=ORG_CODE["unknown"], period="2026Q3"))
    assert "学习未计入，学习记录被标注为未知" in text
    assert "组织生活未计入，组织生活记录被标注为未知" in text


def test_the_head_names_the_secretary_as_the_scope_says(open_page: OpenPage, database: Engine) -> None:
    with database.connect() as connection:
        name = connection.scalar(select(member.c.name).where(member.c.member_id == ORG["overdue"] * 100 + 1))
    masked = name[0] + r"\*" * (len(name) - 1)
    shown = {role: said(open_page(role, "branch", org=ORG_CODE["overdue"])) for role in ("secretary", *NAMELESS)}
    assert name in shown["secretary"]
    assert masked in shown["leader"] and masked in shown["presenter"]
    assert masked not in shown["steward"] and ":small[:gray[书记]]" not in shown["steward"]
    assert ":small[:gray[电话]]" in shown["leader"] and ":small[:gray[电话]]" not in shown["presenter"]


def test_the_period_changes_the_record(open_page: OpenPage) -> None:
    now, then = (one(open_page("leader", "branch", org=ORG_CODE["overdue"], period=code), "share") for code in ("2026Q3", "2026Q1"))
    assert now["share"].tolist() != then["share"].tolist()


@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_heads_its_record_as_text(open_page: OpenPage, code: str, database: Engine) -> None:
    page = open_page("leader", "branch", org=code)
    assert not page.exception
    with database.connect() as connection:
        name = connection.scalar(select(organisation.c.name).where(organisation.c.org_code == code))
    assert plain(name) in said(page)


def test_a_light_opens_on_the_record(open_page: OpenPage, database: Engine) -> None:
    page = open_page("secretary", "branch", light_id=light_id(database, "overdue", "election.term"))
    text = said(page)
    assert "《中国共产党基层组织选举工作条例》" in text
    assert "任期届满应当按期进行换届选举" in text
    assert len(tables(page, "term_ends_on")) == 1


def test_a_year_with_nothing_but_dues_and_an_election_has_its_calendar(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(delete(duty_record).where(duty_record.c.org_id == ORG["overdue"]))
    page = open_page("secretary", "branch", database=own_database)
    assert not page.exception
    assert "没有应做的组织生活" not in said(page)
    assert any("履职日历：" in chart.proto.alt and "未完成0次" not in chart.proto.alt for chart in page.get("vega_lite_chart"))


# Tasks


@pytest.mark.parametrize(
    "params",
    [
        {"stage": "overdue"},
        {"task": "LJ-2026-02"},
        {"place": "990102"},
        {"light": "green"},
        {"category": "党费收缴"},
        {"org": ORG_CODE["coast"]},
    ],
)
def test_every_filter_of_tasks_changes_who_is_behind(open_page: OpenPage, params: dict[str, str]) -> None:
    before, after = open_page("leader", "tasks"), open_page("leader", "tasks", **params)
    assert not after.exception
    assert _behind(before) != _behind(after)


@pytest.mark.parametrize("params", [{"rows": "category"}, {"stage": "overdue"}, {"category": "党费收缴"}])
def test_filters_of_the_map_of_tasks_change_its_rows(open_page: OpenPage, params: dict[str, str]) -> None:
    before, after = (open_page("leader", "tasks", **given).get("vega_lite_chart")[0].proto.SerializeToString() for given in ({}, params))
    assert before != after


def _behind(page: AppTest) -> list[tuple]:
    return [tuple(row) for frame in tables(page, "gap") for row in frame[["org_name", "title"]].to_numpy()]


def test_who_is_behind_says_how_far_and_who_is_responsible(open_page: OpenPage) -> None:
    rows = one(open_page("leader", "tasks", stage="all"), "gap")
    assert rows["org_name"].iloc[0] == "上滩村党支部"
    assert rows["gap"].iloc[0] == 100
    assert all(name.endswith("*") for name in rows["responsible"].dropna())
    assert rows["responsible"].isna().sum() == 1, "nobody was named"


def test_a_steward_sees_tasks_without_persons(open_page: OpenPage) -> None:
    page = open_page("steward", "tasks")
    assert tables(page, "gap")
    assert not tables(page, "responsible")


def test_a_branchs_tasks_are_its_own(open_page: OpenPage) -> None:
    page = open_page("secretary", "tasks")
    assert not page.exception
    assert one(page, "planned")["title"].tolist() == ["主题教育读书班"]
    overdue = one(open_page("secretary", "tasks", stage="overdue"), "planned")
    assert overdue["title"].tolist() == ["换届选举<b>工作</b>"]
    assert overdue["progress"].tolist() == [30]


def test_a_branchs_tasks_are_filtered_by_their_own_light(open_page: OpenPage) -> None:
    shown = {}
    for colour in ("red", "green"):
        page = open_page("secretary", "tasks", stage="all", light=colour)
        shown[colour] = [title for frame in page.dataframe if "planned" in frame.value for title in frame.value["title"]]
    assert shown == {"red": one(open_page("secretary", "tasks", stage="all"), "planned")["title"].tolist(), "green": []}


@pytest.mark.parametrize("params", [{"task": "nonsense"}, {"stage": "x"}, {"light": "blue"}, {"rows": "x"}])
def test_a_malformed_filter_of_tasks_gives_a_note_and_the_default(open_page: OpenPage, params: dict[str, str]) -> None:
    page = open_page("leader", "tasks", **params)
    assert not page.exception
    assert len(page.warning) == 1
    assert _behind(page) == _behind(open_page("leader", "tasks"))


@pytest.mark.parametrize("role", ["leader", "secretary"])
def test_tasks_of_a_past_quarter_stand_as_they_stood(open_page: OpenPage, role: str) -> None:
    now, then = (open_page(role, "tasks", stage="all", **given) for given in ({}, {"period": "2026Q3"}))
    assert not then.exception
    assert "2026-09-30 的进度和计划" in said(then)
    assert now.metric[1].value != then.metric[1].value
    assert [metric.value for metric in then.metric[3:5]] == ["—", "—"]
    assert not tables(then, "gap")


# Warnings


def test_warnings_of_a_past_quarter_are_those_that_were_on_at_its_end(open_page: OpenPage) -> None:
    now, then = (one(open_page("leader", "warnings", **given), "text") for given in ({}, {"period": "2026Q3"}))
    assert now.to_dict() != then.to_dict()
    assert then["since"].max() <= pd.Timestamp(2026, 9, 30)


def test_a_quarter_before_the_history_of_lights_shows_what_stands(open_page: OpenPage) -> None:
    page = open_page("leader", "warnings", period="2025Q1")
    assert [note.value for note in page.warning] == ["这一页没有所选周期的数据，已按“2026年第四季度（现状）”显示。"]
    assert one(page, "text").equals(one(open_page("leader", "warnings"), "text"))


@pytest.mark.parametrize(("path", "told"), [("redmap", "现状，不随周期变化"), ("bill", "按月出账：2026年11月"), ("stars", "按年度")])
def test_a_page_without_history_says_so_where_others_choose_the_period(open_page: OpenPage, path: str, told: str) -> None:
    assert told in said(open_page("leader", path, period="2026Q1"))


@pytest.mark.parametrize(
    "params",
    [
        {"rule": "duty.lecture"},
        {"light": "yellow"},
        {"place": "990101"},
        {"sector": "village"},
        {"age": "older"},
        {"state": "closed"},
        {"org": ORG_CODE["coast"]},
    ],
)
def test_every_filter_of_warnings_changes_the_list(open_page: OpenPage, params: dict[str, str]) -> None:
    before, after = (one(open_page("leader", "warnings", **given), "text") for given in ({}, params))
    assert len(after)
    assert before.to_dict() != after.to_dict()


def test_the_list_says_that_a_steward_does_not_see_persons(open_page: OpenPage) -> None:
    hidden = "您的角色只看汇总"
    assert hidden in said(open_page("steward", "warnings"))
    assert hidden not in said(open_page("leader", "warnings"))


def test_the_list_of_one_branch_gives_its_room_to_the_facts(open_page: OpenPage) -> None:
    assert tables(open_page("leader", "warnings"), "district_name")
    page = open_page("secretary", "warnings")
    assert len(one(page, "text"))
    assert not tables(page, "district_name")
    assert not tables(page, "org_name")


def test_nothing_fits_is_a_designed_state(open_page: OpenPage) -> None:
    page = open_page("leader", "warnings", rule="star.veto")
    assert not page.exception
    assert "没有符合条件的预警" in said(page)


@pytest.mark.parametrize("given", ["999999", "-1", "abc", "9" * 40, "²"])
def test_a_light_that_is_not_there_is_one_message(open_page: OpenPage, given: str) -> None:
    page = open_page("leader", "warnings", light_id=given)
    assert not page.exception
    assert "没有找到这条预警" in said(page)


def test_a_persons_light_opens_for_the_secretary_and_not_for_the_steward(open_page: OpenPage, database: Engine) -> None:
    number = light_id(database, "overdue", DUES_ARREARS)
    assert tables(open_page("secretary", "warnings", light_id=number), "due_yuan")
    assert "没有找到这条预警" in said(open_page("steward", "warnings", light_id=number))
    assert "没有找到这条预警" in said(open_page("upstream", "warnings", light_id=light_id(database, "due_soon", "election.term")))


@pytest.mark.parametrize("role", NAMELESS)
@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("branch", {"org": ORG_CODE["overdue"]}),
        ("branch", {"org": ORG_CODE["upstream"]}),
        ("tasks", {"stage": "all"}),
        ("warnings", {}),
        ("warnings", {"state": "closed"}),
        ("warnings", {"light_id": "person"}),
        ("", {}),
        ("branches", {"place": "990101", "town": "990101100"}),
        ("redmap", {}),
        ("peers", {"orgs": f"{ORG_CODE['overdue']},{ORG_CODE['never']}"}),
        ("stars", {}),
        ("admission", {}),
        ("wall", {}),
        ("data", {}),
    ],
)
def test_no_full_name_is_sent_to_those_who_may_not_read_it(
    open_page: OpenPage, database: Engine, role: str, path: str, params: dict
) -> None:
    if params.get("light_id"):
        params = {"light_id": light_id(database, "overdue", DUES_ARREARS)}
    everything = sent(open_page(role, path, **params))
    assert len(everything) > 2000
    assert not [name.decode() for name in full_names(database) if name in everything]


def test_the_search_for_names_finds_them_where_they_are_allowed(open_page: OpenPage, database: Engine) -> None:
    everything = sent(open_page("secretary", "warnings"))
    assert [name for name in full_names(database) if name in everything]


# The wall, the data


def test_the_wall_shows_the_whole_and_no_person(open_page: OpenPage) -> None:
    page = open_page("wall", "wall")
    assert not page.exception
    text = said(page)
    for part in ("临江市党建云看板", "数据截至 2026-11-20", "演示数据", "项红色预警", "县区排名", "在办任务", "最新红色预警", "近八季"):
        assert part in text
    assert len(page.metric) == 6


def test_the_wall_follows_the_organisation_and_says_when_it_cannot(open_page: OpenPage) -> None:
    assert "中共海门县委员会" in said(open_page("wall", "wall", org=ORG_CODE["coast"]))
    page = open_page("wall", "wall", org="nonsense")
    assert not page.exception
    assert "链接中的组织不存在或不在权限范围内，已显示本级" in said(page)
    assert "中共临江市委员会" in said(page)


@pytest.mark.parametrize("role", ["steward", "leader"])
def test_the_state_of_the_data_counts_who_reports(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "data")
    assert not page.exception
    assert page.metric[0].value == "2026-11-20"
    assert {"中共上游区委员会", "中共海门县委员会"} <= set(one(page, "branches")["name"])


def test_the_state_of_the_data_follows_the_organisation(open_page: OpenPage) -> None:
    whole, part = open_page("steward", "data"), open_page("steward", "data", org=ORG_CODE["coast"])
    assert [metric.value for metric in whole.metric] != [metric.value for metric in part.metric]
    assert len(LONG_NAME) == 80
    assert LONG_NAME in set(one(open_page("steward", "data", org=ORG_CODE["tide_town"]), "branches")["name"])


@pytest.mark.parametrize(("day", "older"), [(19, True), (20, False)])
def test_data_that_is_older_than_the_day_says_so(open_page: OpenPage, own_database: Path, day: int, older: bool) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(update(data_version).values(changed_at=datetime(2026, 11, day, 12)))
    told = said(open_page("leader", "warnings", database=own_database))
    assert "数据截至 2026-11-20" in told
    assert ("数据更新于 2026-11-19" in told) is older
