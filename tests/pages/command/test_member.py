"""The page of one member: for secretaries in their scope, audited, and without a name in the URL."""

import sqlite3
from pathlib import Path

import pytest

from data_access import audit
from tests.opening import OpenPage, sent
from tests.small import MEMBER


def said(page) -> str:
    return "\n".join(str(element.value) for element in [*page.markdown, *page.caption, *page.error])


def events(database: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT username, action, subject FROM audit_event WHERE action = 'open_portrait'").fetchall()


@pytest.mark.parametrize("role", ["leader", "presenter", "steward", "wall", "upstream"])
def test_it_is_no_page_for_anybody_but_secretaries(open_page: OpenPage, own_database: Path, role: str) -> None:
    page = open_page(role, "member", database=own_database, member=str(MEMBER["secretary"]))
    assert not page.exception
    assert "先锋指数" not in said(page) and not page.dataframe
    assert events(own_database) == []


def test_a_secretary_sees_the_members_of_the_branch(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "member", database=own_database)
    assert not page.exception
    assert len(page.dataframe[0].value) == 10
    assert events(own_database) == []


@pytest.mark.parametrize("period", ["2026Q4", "2026Q3", "2025Q1"])
def test_a_portrait_opens_and_is_audited_once_an_opening(open_page: OpenPage, own_database: Path, period: str) -> None:
    page = open_page("secretary", "member", database=own_database, member=str(MEMBER["six_months"]), period=period)
    assert not page.exception and not page.error
    page.run()
    assert events(own_database) == [("secretary", "open_portrait", f"member:{MEMBER['six_months']}")]
    assert set(page.query_params) == {"member", "period"}


def test_coming_back_to_a_portrait_is_an_opening_again(open_page: OpenPage, own_database: Path) -> None:
    number = str(MEMBER["six_months"])
    page = open_page("secretary", "member", database=own_database, member=number)
    del page.query_params["member"]
    page.run()  # the list
    page.query_params["member"] = number
    page.run()
    assert len(events(own_database)) == 2


def test_an_opening_is_each_accounts_own_and_each_sign_ins(open_page: OpenPage, own_database: Path) -> None:
    number = str(MEMBER["six_months"])
    page = open_page("secretary", "member", database=own_database, member=number)
    with sqlite3.connect(own_database) as connection:
        connection.execute("UPDATE account SET role = 'secretary', demo = 1 WHERE username = 'leader'")
    page.session_state["username"] = "leader"  # in the same tab
    page.run()
    assert [username for username, _, _ in events(own_database)] == ["secretary", "leader"]
    page.session_state["authentication_status"] = None
    page.run()  # the form
    page.session_state["authentication_status"] = True
    page.session_state["username"] = "leader"
    page.session_state["signed_in_at"] = audit.now()
    page.run()
    assert [username for username, _, _ in events(own_database)] == ["secretary", "leader", "leader"]


def test_a_portrait_has_a_table_beside_its_radar(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "member", database=own_database, member=str(MEMBER["six_months"]), period="2026Q3")
    table = next(frame.value for frame in page.dataframe if "median" in frame.value)
    assert table["name"].tolist() == ["学习", "组织生活", "任务落实", "队伍建设", "服务作用"]
    assert "五维画像：".encode() in sent(page)


def test_a_portrait_says_how_the_score_adds_up_and_what_moved_it(open_page: OpenPage, own_database: Path) -> None:
    with sqlite3.connect(own_database) as connection:
        connection.execute(f"UPDATE member_score SET deduction = 5, clip = clip + 5 WHERE member_id = {MEMBER['six_months']}")
    asked = {"database": own_database, "member": str(MEMBER["six_months"]), "period": "2026Q3"}
    page = open_page("secretary", "member", **asked)
    assert not page.exception
    assert "五部分" in said(page) and "反向 **−5.00**" in said(page)
    assert "较上季：从".encode() in sent(page)
    assert "较同类中位数：从".encode() in sent(open_page("secretary", "member", against="peers", **asked))


def test_a_portrait_with_too_few_peers_is_compared_with_nobody(open_page: OpenPage, own_database: Path) -> None:
    with sqlite3.connect(own_database) as connection:
        connection.execute("UPDATE score_median SET peers = 4")
    page = open_page("secretary", "member", database=own_database, member=str(MEMBER["six_months"]), period="2026Q3", against="peers")
    assert "同类不足 5 人" in said(page)


@pytest.mark.parametrize("number", [str(MEMBER["transferring"]), "999999", "x", "-1", "9" * 30])
def test_another_branchs_member_and_nobody_are_told_alike(open_page: OpenPage, own_database: Path, number: str) -> None:
    page = open_page("secretary", "member", database=own_database, member=number)
    assert not page.exception
    assert "没有找到这名党员" in said(page)
    assert events(own_database) == []


def test_an_item_opens_the_members_own_records(open_page: OpenPage, own_database: Path) -> None:
    page = open_page(
        "secretary", "member", database=own_database, member=str(MEMBER["six_months"]), period="2026Q3", item="membership_dues"
    )
    rows = next(frame.value for frame in page.dataframe if "what" in frame.value)
    assert rows["what"].tolist() == ["2026-07 党费", "2026-08 党费", "2026-09 党费"]
    assert "《中国共产党章程》第九条" in said(page)


def test_a_members_deduction_opens_to_its_reason_and_rule(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "member", database=own_database, member="1203", period="2026Q3", item="deduction")
    rows = next(frame.value for frame in page.dataframe if "what" in frame.value)
    assert rows["what"].tolist() == ["受到警告处分"]
    assert "一个季度最多扣20分" in said(page)


def test_a_portrait_says_what_would_raise_it_and_what_is_still_to_come(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "member", database=own_database, member="1209")
    assert not page.exception
    assert "分**　参加补开的主题党日" in said(page)
    assert "分**　按月足额交纳党费" in said(page)
    over = open_page("secretary", "member", database=own_database, member="1209", period="2026Q3")
    assert "怎样提分最快" not in said(over)
