"""The page of peers: who is compared lives in the URL, and stays inside the scope."""

from pathlib import Path

from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from tests.opening import OpenPage, sent
from tests.small import ORG, ORG_CODE


def orgs(*keys: str) -> str:
    return ",".join(ORG_CODE.get(key, key) for key in keys)


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in (page.markdown, page.caption, page.success) for element in kind)


def measures(page: AppTest):
    return next(frame.value for frame in page.dataframe if "ahead" in frame.value).set_index("title")


def press(page: AppTest, key: str) -> AppTest:
    return next(button for button in page.button if button.key == key).click().run()


def test_two_organisations_stand_side_by_side(open_page: OpenPage) -> None:
    page = open_page("leader", "peers", orgs=orgs("overdue", "exemplary"), period="2026Q3")
    assert not page.exception and not page.warning
    assert "**A　渡口村党支部**" in said(page) and "**B　柳渡村党支部**" in said(page)
    told = measures(page)
    assert told.loc["党员大会", [str(ORG["overdue"]), str(ORG["exemplary"])]].tolist() == ["按期 3/4，补开 1", "按期 4/4"]
    assert told.loc["党员大会", "ahead"] == "B"
    assert r"- 党员大会　按期 4\/4，:gray[A 按期 3\/4，补开 1]" in said(page)


def test_the_base_can_be_changed_and_one_be_left_out(open_page: OpenPage) -> None:
    page = open_page("leader", "peers", orgs=orgs("overdue", "exemplary", "never"))
    press(page, "base-B")
    assert page.query_params["orgs"] == orgs("exemplary", "overdue", "never")
    press(page, "drop-A")
    assert page.query_params["orgs"] == orgs("overdue", "never")
    assert "**A　渡口村党支部**" in said(page)


def test_a_suggestion_joins_the_comparison(open_page: OpenPage) -> None:
    page = open_page("leader", "peers", orgs=orgs("overdue"), period="2026Q3")
    offered = [button.key for button in page.button if (button.key or "").startswith("suggest-")]
    assert offered
    press(page, offered[0])
    assert page.query_params["orgs"] == f"{ORG_CODE['overdue']},{offered[0].removeprefix('suggest-')}"
    assert offered[0] not in [button.key for button in page.button]


def test_a_search_finds_inside_the_scope_only(open_page: OpenPage) -> None:
    page = open_page("upstream", "peers", orgs=orgs("overdue"))
    field = next(field for field in page.text_input if field.key == "peer-words")
    field.set_value("党支部").run()
    found = {int(button.key.removeprefix("add-")) for button in page.button if (button.key or "").startswith("add-")}
    assert found
    assert not found & {ORG["due_soon"], ORG["same_name"], ORG["overdue"]}


def test_outside_the_scope_is_left_out_like_what_does_not_exist(open_page: OpenPage) -> None:
    outside = open_page("upstream", "peers", orgs=orgs("overdue", "due_soon"))
    unknown = open_page("upstream", "peers", orgs=orgs("overdue", "<script>"))
    assert (
        [note.value for note in outside.warning]
        == [note.value for note in unknown.warning]
        == ["链接中有的组织不存在，或不在您的权限范围内，已略去。"]
    )
    assert said(outside) == said(unknown)
    assert "潮头村".encode() not in sent(outside)


def test_what_cannot_be_of_an_index_stands_beside_the_organisation(open_page: OpenPage, own_database: Path) -> None:
    asked = {"orgs": orgs("overdue", "exemplary", "willow_town"), "period": "2026Q3"}
    assert not open_page("leader", "peers", database=own_database, **asked).error
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        odd = f"period = '2026Q3' AND org_id = {ORG['overdue']}"
        connection.execute(
            text(
                "INSERT INTO weights_version (version, valid_from, withdrawn) "
                "SELECT '**旧版**', valid_from, 1 FROM weights_version WHERE version = '2024.1'"
            )
        )
        connection.execute(text(f"UPDATE org_score SET weights_version = '**旧版**', total = total - 9 WHERE {odd}"))
        connection.execute(text("UPDATE data_version SET version = version + 1"))
    page = open_page("leader", "peers", database=own_database, **asked)
    assert not page.exception
    explained = open_page("leader", "explain", database=own_database, org=ORG_CODE["overdue"], period="2026Q3")
    here = {letter: [error.value for error in page.get_by_key(f"card-peer-{letter}").error] for letter in "ABC"}
    assert here["A"] == [error.value for error in explained.error]
    assert len(here["A"]) == 2 and r"\*\*旧版\*\* 已撤销" in here["A"][0] and "与留存的计数不一致" in here["A"][1]
    assert here["B"] == [], "its own weights and counts are sound"
    assert len(here["C"]) == 2, "the first branch is one of its own"


def test_at_most_four_are_compared(open_page: OpenPage) -> None:
    page = open_page("leader", "peers", orgs=orgs("overdue", "exemplary", "never", "stopped", "due_soon"))
    assert list(measures(page).columns) == [*(str(ORG[key]) for key in ("overdue", "exemplary", "never", "stopped")), "ahead"]
    assert any("最多比较 4 个组织" in note.value for note in page.warning)
    assert not [button for button in page.button if (button.key or "").startswith("suggest-")]


def test_without_a_choice_a_group_is_asked_to_begin(open_page: OpenPage) -> None:
    page = open_page("leader", "peers")
    assert not page.exception
    assert "选择要比较的组织" in page.info[0].value
    assert len(page.dataframe) == 2


def test_a_secretary_begins_with_the_own_branch_and_hears_that_there_are_no_peers_in_scope(open_page: OpenPage) -> None:
    page = open_page("secretary", "peers", period="2026Q3")
    assert "**A　渡口村党支部**" in said(page)
    assert "您的权限范围内没有同类、同领域的其他组织，可与下图中的同类中位数比较。" in said(page)
    assert "同类中位数" in said(page)


def test_a_branch_without_any_peer_says_so(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("INSERT INTO sector (code, name, rank, is_new) VALUES ('alone', '独此一家', 9, 0)"))
        connection.execute(text(f"UPDATE organisation SET sector = 'alone' WHERE org_id = {ORG['overdue']}"))
    page = open_page("leader", "peers", database=own_database, orgs=orgs("overdue"))
    assert not page.exception
    assert "全系统已评定的同类组织也不足 5 个" in said(page)


def test_hostile_names_show_as_text(open_page: OpenPage) -> None:
    page = open_page("leader", "peers", orgs=orgs("markup", "markdown", "expression", "long_name"))
    assert not page.exception
    assert r"\*\*x\*\* \| \$a\$ \:red\[x\]" in said(page)
    assert b"@@=1+" in sent(page)


def test_groups_compare_by_the_means_of_their_branches(open_page: OpenPage) -> None:
    page = open_page("steward", "peers", orgs=orgs("willow_town", "tide_town"), period="2026Q3")
    assert not page.exception
    assert "个支部参评" in said(page)
    assert measures(page).loc["堡垒指数", "ahead"] in ("A", "B")


def test_the_period_changes_what_is_compared(open_page: OpenPage) -> None:
    before, now = (open_page("leader", "peers", orgs=orgs("overdue", "exemplary"), period=period) for period in ("2025Q4", "2026Q3"))
    assert measures(before).astype(str).to_csv() != measures(now).astype(str).to_csv()
