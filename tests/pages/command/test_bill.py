"""The micro-bill's page: a secretary's sheet, a superior's notice, one person's lines, objections."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from pages.command.bill import sheet
from tests.opening import OpenPage, sent
from tests.small import MEMBER, ORG_CODE


def lines(page: AppTest):
    return page.table[0].value


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.success, page.info, page.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def test_a_secretary_opens_the_own_branchs_sheet(open_page: OpenPage) -> None:
    page = open_page("secretary", "bill")
    assert not page.exception
    assert "渡口村党支部　2026年11月党建微账单" in said(page)
    rows = lines(page)
    assert list(rows.columns) == ["序号", "事项", "期限", "逾期天数", "依据", "影响分值", "下一步", "责任人"]
    assert len(rows) == 9  # the dues of the month that runs are one of them
    assert "按期换届" in rows["事项"].str.cat() and "2026-10-31" in rows["期限"].tolist()
    assert "应提醒" in said(page)  # one quarter red in a row


def test_a_leader_opens_the_notice_and_from_there_a_branch(open_page: OpenPage) -> None:
    page = open_page("leader", "bill")
    assert not page.exception
    notice = next(frame.value for frame in page.dataframe if "rank" in frame.value)
    assert len(notice) == 4
    assert "督促措施" in said(page)
    assert {metric.label for metric in page.metric} >= {"应提醒", "应约谈", "应限期整改", "豁免措施"}
    assert not open_page("leader", "bill", org=ORG_CODE["overdue"]).exception


def test_the_notice_has_its_ranks_and_measures_as_text_for_paper(open_page: OpenPage) -> None:
    page = open_page("leader", "bill")
    shown = next(frame.value for frame in page.dataframe if "rank" in frame.value)
    ranks, measures = (table.value for table in page.table)
    assert ranks["党组织"].tolist() == shown["name"].tolist()
    assert ranks["堡垒指数"].tolist() == [f"{total:.1f}" if total == total else "—" for total in shown["total"]]
    assert set(measures.columns) == {"措施", "支部", "连续季度", "起始", "堡垒指数", "豁免"}
    hostile = open_page("leader", "bill", org=ORG_CODE["street"]).table[0].value
    assert r"\*\*x\*\* \| \$a\$ \:red\[x\]" in hostile["党组织"].tolist()


def test_a_superior_has_a_sheet_of_its_own(open_page: OpenPage) -> None:
    page = open_page("leader", "bill", org=ORG_CODE["willow_town"], view="sheet")
    assert lines(page)["事项"].str.contains("组织规模").all()


def test_one_person_has_a_page(open_page: OpenPage) -> None:
    everybody = open_page("secretary", "bill")
    own = open_page("secretary", "bill", person=str(MEMBER["secretary"]))
    assert 0 < len(lines(own)) < len(lines(everybody))
    assert set(lines(own)["责任人"]) == {"钱志强"}
    stranger = open_page("secretary", "bill", person="99999")
    assert len(lines(stranger)) == len(lines(everybody)) and stranger.warning


def test_leaders_see_masked_names_and_stewards_none(open_page: OpenPage) -> None:
    leader, steward = (open_page(role, "bill", org=ORG_CODE["overdue"]) for role in ("leader", "steward"))
    assert "钱志强".encode() not in sent(leader) and "钱\\*\\*".encode() in sent(leader)
    assert "责任人" not in lines(steward).columns
    assert "党费缴纳" not in lines(steward)["事项"].str.cat()


def test_an_exemption_is_shown_with_its_reason_and_its_end(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE light SET exemption_id = 1 WHERE org_id = 12 AND rule_id = 'election.term'"))
    page = open_page("secretary", "bill", database=own_database)
    assert "按期换届" not in lines(page)["事项"].str.cat()
    assert "已豁免：按期换届，至 2026-12-31，办公楼搬迁（中共上游区委组织部批准）" in said(page).replace("\\", "")


def test_a_branch_that_owes_nothing_says_so(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE dues SET paid_cents = due_cents, paid_on = 20261108 WHERE month = 202611"))
    page = open_page("leader", "bill", database=own_database, org=ORG_CODE["rare"])
    assert not page.exception and not len(page.table)
    assert "本月没有应办事项" in said(page)


def test_hostile_names_show_as_text(open_page: OpenPage) -> None:
    for key in ("markup", "markdown", "expression", "long_name"):
        page = open_page("leader", "bill", org=ORG_CODE[key])
        assert not page.exception, key
    assert r"\*\*x\*\* \| \$a\$ \:red\[x\]" in said(open_page("leader", "bill", org=ORG_CODE["markdown"]))


@pytest.mark.parametrize("params", [{"org": "no-such"}, {"org": ORG_CODE["due_soon"]}])
def test_outside_the_scope_is_like_what_does_not_exist(open_page: OpenPage, params) -> None:
    page = open_page("secretary", "bill", **params)
    assert "没有找到这个组织" in said(page) and not len(page.table)


def test_an_objection_waits_beside_its_line(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "bill", database=own_database, line="2")
    page.text_area[0].set_value("会议已召开，记录未导入")
    page = press(page, "报错")
    assert not page.exception
    assert "核实前各项数字不变" in said(page) and "正在核实" in said(page)
    assert lines(page)["事项"].str.contains("报错核实中").tolist() == [False, True, *[False] * 7]
    page.text_area[0].set_value("再报一次")
    assert "正在核实" in press(page, "报错").error[0].value


def test_an_objection_without_a_reason_is_refused(open_page: OpenPage, own_database: Path) -> None:
    page = press(open_page("secretary", "bill", database=own_database), "报错")
    assert "请写明哪里有误" in page.error[0].value


def test_others_than_secretaries_are_told_who_may_object(open_page: OpenPage) -> None:
    page = open_page("leader", "bill", org=ORG_CODE["overdue"])
    assert not [button for button in page.button if button.label == "报错"]
    assert "由数据管理员在“数据情况”页核实" in said(page)


def test_the_style_sheet_prints_as_many_lines_as_the_page_says() -> None:
    css = Path("components/print.css").read_text(encoding="utf-8")
    assert f"tr:nth-child(n + {sheet.PRINTED + 1})" in css
