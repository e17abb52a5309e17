"""The page that explains a score: it opens for every role, down to the rows and the regulation, and never writes."""

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from tests.opening import OpenPage, sent
from tests.small import ORG, ORG_CODE


def said(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*page.markdown, *page.caption, *page.error])


def table(page: AppTest, column: str):
    """The page's only table that has this column."""
    (found,) = [one.value for one in page.dataframe if column in one.value.columns]
    return found


@pytest.mark.parametrize("role", ["leader", "secretary", "presenter", "steward", "upstream"])
def test_it_opens_for_every_role(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "explain")
    assert not page.exception and not page.error
    assert "逐项得分" in said(page)


@pytest.mark.parametrize("period", ["2026Q4", "2026Q3", "2025Q2", "2025Q1"])
@pytest.mark.parametrize("org", ["unknown", "never", "founded", "dissolved", "willow_town", "markup", "markdown", "expression"])
def test_it_opens_for_every_kind_of_organisation(open_page: OpenPage, org: str, period: str) -> None:
    assert not open_page("leader", "explain", org=ORG_CODE[org], period=period).exception


def test_a_branch_is_explained_down_to_its_rows_and_the_regulation(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["overdue"], item="life_duties")
    assert "《中国共产党支部工作条例（试行）》第十六条" in said(page)
    assert "（按期完成次数 + 逾期补开次数 × 50%）÷ 应开次数" in said(page).replace("\\", "")
    rows = table(page, "due_on")
    assert rows["status"].iloc[0] == "▲ 未完成" and rows["duty"].iloc[0] == "主题党日"


@pytest.mark.parametrize(("role", "listed"), [("secretary", True), ("leader", True), ("steward", False)])
def test_who_has_not_paid_is_listed_below_the_sums_as_the_role_allows(open_page: OpenPage, role: str, listed: bool) -> None:
    page = open_page(role, "explain", org=ORG_CODE["overdue"], item="membership_dues", period="2026Q3")
    assert not page.exception
    assert [one.value["state"].iloc[0] for one in page.dataframe if "state" in one.value] == (["未交足"] if listed else [])
    assert ("您的角色只看汇总，不列出党员" in said(page)) != listed


def test_without_an_item_the_one_that_loses_most_is_open(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["overdue"], period="2026Q3")
    items = table(page, "counted")
    chosen = items[items["mark"] != ""]
    assert len(chosen) == 1
    assert chosen["lost"].iloc[0] == items["lost"].max()


def test_a_branch_that_a_veto_turned_red_opens_at_the_veto_and_its_rule(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["too_large"], period="2026Q3")
    items = table(page, "counted")
    assert items.loc[items["mark"] != "", "name"].tolist() == ["一票否决事项"]
    assert "不论得分高低，指数状态为预警" in said(page) and "只向书记显示" in said(page)
    capped = open_page("leader", "explain", org=ORG_CODE["too_large"], period="2026Q3", item="deduction")
    assert "登记合计 5 分，封顶 20 分 → 计入 **5** 分" in said(capped)
    group = open_page("leader", "explain", period="2026Q3", item="deduction")
    assert table(group, "points")["points"].tolist() == [5.0]


def test_an_unknown_item_gives_the_default_and_a_note(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["overdue"], item="nonsense")
    assert any("评分项" in note.value for note in page.warning)
    assert not page.exception


def test_what_can_still_be_done_is_listed_with_its_points(open_page: OpenPage) -> None:
    told = said(open_page("leader", "explain", org=ORG_CODE["overdue"]))
    points = [float(value) for value in re.findall(r"^- \*\*\+(\d+\.\d\d) 分\*\*", told, re.MULTILINE)]
    assert points and points == sorted(points, reverse=True)
    assert re.search(r"^- \*\*\+[\d.]+ 分\*\*　补开主题党日　.*最迟 2026-\d\d-\d\d", told, re.MULTILINE)
    assert " → " in told  # what to do next stands there whole


def test_what_is_still_to_come_is_listed_with_its_points_on_the_bill(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["never"], next="coming")
    assert re.search(r"^- \*\*[\d.]+ 分\*\*　按期完成主题党日", said(page), re.MULTILINE)
    assert "按期完成组织生活会" in said(page)
    assert "各项分值不能相加" in said(page)
    closed = open_page("leader", "explain", org=ORG_CODE["never"], next="coming", period="2026Q3")
    assert "本季没有待完成的事项" in said(closed)


def test_a_branch_that_is_not_rated_has_no_points_and_says_so(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["unknown"])
    assert "本季未评定，只列各项得分率" in said(page) and "没有分数可提" in said(page)
    items = table(page, "counted")
    assert items["lost"].isna().all() and set(items["earned"]) == {"—"}


def test_a_group_is_told_which_open_items_below_are_worth_most_to_it(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["willow_town"], next="raise")
    rows = table(page, "worth")
    assert rows["worth"].is_monotonic_decreasing and (rows["worth"] <= rows["gain"]).all()
    assert "个支部（共" in said(page)
    assert "worth" not in {name for one in open_page("leader", "explain").dataframe for name in one.value}


def test_a_group_leads_to_the_branches_that_cost_it_most(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["willow_town"], period="2026Q3", item="life_duties")
    assert "上滩村党支部" in set(table(page, "done")["name"])
    assert table(page, "contribution")["pull"].is_monotonic_increasing


def test_outside_the_scope_there_is_nothing(open_page: OpenPage) -> None:
    page = open_page("upstream", "explain", org=ORG_CODE["due_soon"])
    assert "没有找到这个组织" in said(page)
    assert "潮头村".encode() not in sent(page)


def test_only_leaders_try_other_weights_and_nothing_is_written(open_page: OpenPage, own_database: Path) -> None:
    assert not open_page("secretary", "explain").slider
    page = open_page("leader", "explain", database=own_database, org=ORG_CODE["overdue"], period="2026Q3")
    before = shutil.copy(own_database, own_database.with_suffix(".before"))
    assert not {"现在", "试算"} & {metric.label for metric in page.metric}
    page.slider[1].set_value(80).run()
    tried = {metric.label: metric.value for metric in page.metric}
    assert tried["现在"] != tried["试算"]
    assert Path(before).read_bytes() == own_database.read_bytes()
    assert set(page.query_params) == {"org", "period"}


def test_withdrawn_weights_are_told_as_an_anomaly(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE weights_version SET withdrawn = 1"))
    page = open_page("leader", "explain", database=own_database, org=ORG_CODE["overdue"])
    assert not page.exception
    assert any("数据异常" in error.value and "已撤销" in error.value for error in page.error)


@pytest.mark.parametrize("path", ["", "branches", "branch"])
def test_withdrawn_weights_are_told_wherever_indices_stand(open_page: OpenPage, own_database: Path, path: str) -> None:
    assert not open_page("leader", path, database=own_database, org=ORG_CODE["willow_town"]).error
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE weights_version SET withdrawn = 1"))
        connection.execute(text("UPDATE data_version SET version = version + 1"))
    page = open_page("leader", path, database=own_database, org=ORG_CODE["willow_town"])
    assert not page.exception
    assert [("数据异常" in error.value and "已撤销" in error.value) for error in page.error] == [True]


def test_a_branch_without_any_peer_says_so(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("INSERT INTO sector (code, name, rank, is_new) VALUES ('alone', '独此一家', 9, 0)"))
        connection.execute(text(f"UPDATE organisation SET sector = 'alone' WHERE org_id = {ORG['overdue']}"))
    page = open_page("leader", "explain", database=own_database, org=ORG_CODE["overdue"], against="peers")
    assert not page.exception
    assert "没有足够的同类" in said(page)


def test_hostile_names_show_as_text(open_page: OpenPage) -> None:
    page = open_page("leader", "explain", org=ORG_CODE["markdown"])
    assert r"\*\*x\*\* \| \$a\$ \:red\[x\]" in said(page)
