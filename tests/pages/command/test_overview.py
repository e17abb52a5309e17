"""The indicator board as each role meets it, and its filters, which change what every part of it shows."""

import re

import pytest

from tests.small import LONG_NAME, ORG_CODE

HEADLINES = ["基层党组织", "党员", "堡垒指数", "先锋指数", "任务完成率", "三会一课达标率"]
MOVEMENTS = ["流动党员", "失联党员", "组织关系转入", "组织关系转出"]


def shown(page) -> str:
    """All the Markdown of a page."""
    assert not page.exception
    return "\n".join(element.value for element in page.markdown)


def headlines(page) -> dict[str, str]:
    assert not page.exception
    return {metric.label: metric.value for metric in page.metric}


def charts(page) -> int:
    return len(page.get("vega_lite_chart"))


@pytest.mark.parametrize("role", ["leader", "presenter", "steward"])
def test_who_sees_the_whole_sees_every_part(open_page, role):
    page = open_page(role, "")
    assert list(headlines(page)) == HEADLINES + MOVEMENTS
    for title in (
        "县区指数排名",
        "近八季走势",
        "当前要办",
        "最薄弱的支部",
        "五项得分率",
        "领域指数",
        "三会一课达标率",
        "届期与换届",
    ):
        assert f"**{title}**" in shown(page)
    for title in ("党费足额交纳", "党员年龄", "党龄", "党员学历", "党员所在领域", "发展党员", "表彰", "两新组织覆盖"):
        assert f"**{title}**" in shown(page)
    assert 12 <= charts(page) <= 14  # few, because opening the page must stay quick
    assert len(page.dataframe) == 1


def test_the_first_line_says_what_the_board_stands_on(open_page):
    assert "个支部参评（暂评）" in shown(open_page("leader", ""))
    assert "个支部参评（定评）" in shown(open_page("leader", "", period="2026Q2"))


def test_a_figure_says_on_what_share_of_the_organisations_it_stands(open_page):
    """One branch's records are marked unknown; a branch that is rated stands on everything and says nothing."""
    page = open_page("leader", "", period="2026Q3")
    metric = {metric.label: metric for metric in page.metric}
    assert re.search(r"基于\*\*：已评定的支部，占全部支部的 \d\d\.\d %", metric["堡垒指数"].help)
    assert "基于" in metric["堡垒指数"].proto.delta_description
    assert "基于" not in metric["党员"].proto.delta_description and "基于**" not in metric["党员"].help
    assert re.search(r"数据覆盖 \d\d\.\d %", shown(page))
    assert "数据覆盖" not in shown(open_page("secretary", "", period="2026Q3"))


@pytest.mark.parametrize(
    ("role", "label", "of"),
    [
        ("leader", "任务完成率", "任务记录未标注未知的支部"),
        ("secretary", "党费足额交纳率", "党费记录未标注未知的支部"),
    ],
)
def test_tasks_and_dues_say_today_on_what_share_they_stand(open_page, role, label, of):
    now, then = ({metric.label: metric for metric in open_page(role, "", **given).metric} for given in ({}, {"period": "2026Q1"}))
    assert re.search(rf"基于\*\*：{of}", now[label].help)
    assert "基于**" not in then[label].help, "no state of the sources is kept of a past quarter"


def links(page) -> dict[str, str]:
    """Where the page's links lead: {label: query}."""
    return {link.proto.label: link.proto.query_string for link in page.get("page_link")}


def test_what_nobody_can_judge_is_counted_and_leads_on(open_page):
    queries = [query for label, query in links(open_page("leader", "")).items() if "数据缺失" in label]
    assert any("light=grey" in query for query in queries)


def test_a_branchs_own_lights_lead_to_what_is_behind_them(open_page):
    found = links(open_page("secretary", "", period="2026Q3"))
    assert any("badge" in label and f"org={ORG_CODE['overdue']}&period=2026Q3" in query for label, query in found.items())
    (reds,) = [query for label, query in found.items() if label.startswith("未消除红灯")]
    assert reds == f"org={ORG_CODE['overdue']}&light=red"


def test_every_headline_has_its_definition_on_hover(open_page):
    page = open_page("leader", "")
    assert all("公式" in metric.help for metric in page.metric)


def test_a_secretary_sees_the_branch_and_nothing_to_compare_it_with(open_page):
    page = open_page("secretary", "")
    assert list(headlines(page)) == [*HEADLINES[1:], "党费足额交纳率", *MOVEMENTS]
    text = shown(page)
    assert "**五项得分率**" in text
    assert "**短板与差距**" in text
    for title in ("县区指数排名", "领域指数", "最薄弱的支部", "党员所在领域"):
        assert f"**{title}**" not in text
    assert "不适用" in text  # the cover of the new sectors is a place's, not a branch's
    assert {box.label for box in page.selectbox} == {"周期"}


def test_the_place_changes_what_is_displayed(open_page):
    whole, district = open_page("leader", ""), open_page("leader", "", place="990101")
    assert headlines(whole)["党员"] != headlines(district)["党员"]
    assert headlines(whole)["基层党组织"] != headlines(district)["基层党组织"]
    assert "属地 上游区" in shown(district)
    assert "**县区指数排名**" not in shown(district)
    assert "**所属组织指数排名**" in shown(district)
    places = set(district.dataframe[0].value["district"])
    assert places == {"上游区"}
    assert len(set(whole.dataframe[0].value["district"])) > 1


def test_the_sector_changes_what_is_displayed(open_page):
    whole, village = open_page("leader", ""), open_page("leader", "", sector="village")
    assert headlines(whole)["党员"] != headlines(village)["党员"]
    assert "领域 农村" in shown(village)
    villages = {"柳渡村党支部", "渡口村党支部", "上滩村党支部", "下滩村党支部", "潮头村党支部", "石埠村党支部", LONG_NAME}
    assert set(village.dataframe[0].value["name"]) <= villages
    assert not set(whole.dataframe[0].value["name"]) <= villages


def test_the_period_changes_what_is_displayed(open_page):
    assert headlines(open_page("leader", ""))["堡垒指数"] != headlines(open_page("leader", "", period="2026Q1"))["堡垒指数"]


def test_the_focus_changes_what_is_displayed(open_page):
    page = open_page("leader", "", org=ORG_CODE["island"])
    assert headlines(page)["党员"] != headlines(open_page("leader", ""))["党员"]
    assert "**所属组织指数排名**" in shown(page)


def test_a_cut_without_branches_says_so(open_page):
    page = open_page("leader", "", place="990101", sector="port")
    assert not page.exception
    assert "所选县区和领域内没有所属支部" in shown(page)
    assert charts(page) == 0
    page.button(key="overview-all").click().run()
    assert headlines(page) == headlines(open_page("leader", ""))


def test_a_malformed_filter_is_noted_and_shows_everything(open_page):
    page = open_page("leader", "", place="000000")
    assert headlines(page) == headlines(open_page("leader", ""))
    assert any("无法识别" in warning.value for warning in page.warning)


def test_hostile_names_stay_text_in_the_table_of_the_weakest(open_page):
    page = open_page("leader", "", sector="private_enterprise")
    names = set(page.dataframe[0].value["name"])
    assert "<script>alert(1)</script>" in names
    page = open_page("leader", "", sector="community")
    assert {"**x** | $a$ :red[x]", "@@=1+"} <= set(page.dataframe[0].value["name"])
    assert ":red[x]" not in shown(page)
