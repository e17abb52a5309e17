"""The state of the data: who does not report, and the steward's list of objections."""

from datetime import date
from pathlib import Path

from sqlalchemy import Engine, create_engine, select, update
from streamlit.testing.v1 import AppTest

from data_access import objections
from data_access.queries import bill
from data_access.rating import rate
from data_access.schema.members import member
from domain.scope import Scope
from domain.vocabulary import Role
from tests.opening import OpenPage, sent
from tests.small import AS_OF, MEMBER, ORG, ORG_CODE, path_of

OWN = Scope(ORG["overdue"], path_of(ORG["overdue"]), Role.SECRETARY)


def table(page: AppTest, column: str):
    return next((frame.value for frame in page.dataframe if column in frame.value), None)


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in (page.markdown, page.caption, page.success) for element in kind)


def object_to(database: Path, reason: str = "会议已召开") -> None:
    engine: Engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        line = bill.owed_by(connection, OWN, OWN.path, AS_OF).iloc[0]
    told = {name: line[name] for name in ("rule_id", "subject", "evidence")}
    objections.raise_objection(engine, OWN, "secretary", org_id=ORG["overdue"], due_on=None, reason=reason, **told)


def test_who_does_not_report_is_listed_and_can_be_narrowed(open_page: OpenPage) -> None:
    everybody, dues = open_page("steward", "data"), open_page("steward", "data", source="dues", state="never")
    assert not everybody.exception and not dues.exception
    assert set(table(everybody, "superior")["state"]) == {"从未上报", "停报", "标注未知"}
    assert table(dues, "superior")["name"].tolist() == ["上滩村党支部"]


def test_records_that_cannot_be_are_counted_by_organisation_and_open_as_the_role_allows(open_page: OpenPage, own_database: Path) -> None:
    engine = create_engine(f"sqlite:///{own_database}")
    with engine.begin() as connection:
        connection.execute(update(member).where(member.c.member_id == MEMBER["secretary"]).values(joined_on=date(2027, 1, 5)))
        name = connection.scalar(select(member.c.name).where(member.c.member_id == MEMBER["secretary"]))
    rate(engine)
    for role in ("steward", "leader"):
        page = open_page(role, "data", database=own_database)
        assert not page.exception
        rows = table(page, "record")
        assert rows[["record", "name"]].to_numpy().tolist() == [["党员信息", "渡口村党支部"]]
        assert rows["text"].item().startswith("有1条党员信息不合理（日期在未来）")
        assert "党员信息 1 个组织" in said(page) and name.encode() not in sent(page)
    assert "没有不合理的记录" in said(open_page("upstream", "data", database=own_database, org=ORG_CODE["exemplary"]))


def test_a_branch_that_reports_everything_says_so(open_page: OpenPage) -> None:
    page = open_page("leader", "data", org=ORG_CODE["exemplary"])
    assert not page.exception
    assert "所有支部都有上报" in said(page)


def test_organisations_below_are_shown_where_there_are_any(open_page: OpenPage) -> None:
    assert "下级组织上报率" in said(open_page("leader", "data"))
    assert "下级组织上报率" not in said(open_page("leader", "data", org=ORG_CODE["exemplary"]))


def test_a_steward_answers_an_objection_and_the_list_says_so(open_page: OpenPage, own_database: Path) -> None:
    object_to(own_database)
    page = open_page("steward", "data", database=own_database)
    assert table(page, "reason")["state"].tolist() == ["待核实"]
    page.text_area[0].set_value("已补录会议记录")
    page = next(button for button in page.button if button.label == "答复").click().run()
    assert not page.exception
    assert table(page, "reason")["state"].tolist() == ["属实，将在来源处更正"]
    assert table(page, "reason")["answer"].tolist() == ["已补录会议记录"]
    assert not page.text_area


def test_an_answer_is_asked_for(open_page: OpenPage, own_database: Path) -> None:
    object_to(own_database)
    page = open_page("steward", "data", database=own_database)
    page = next(button for button in page.button if button.label == "答复").click().run()
    assert "请写明核实的结果" in page.error[0].value


def test_a_secretary_sees_the_own_objections_and_cannot_answer(open_page: OpenPage, own_database: Path) -> None:
    object_to(own_database)
    page = open_page("secretary", "data", database=own_database)
    assert len(table(page, "reason")) == 1 and not page.text_area


def test_leaders_do_not_see_what_secretaries_wrote(open_page: OpenPage, own_database: Path) -> None:
    object_to(own_database, "张三已经到会")
    assert "张三".encode() not in sent(open_page("leader", "data", database=own_database))
    assert "张三".encode() not in sent(open_page("leader", "bill", database=own_database, org=ORG_CODE["overdue"]))
