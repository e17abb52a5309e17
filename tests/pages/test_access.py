"""Who may open what: every page as every role, and one answer for what is absent, forbidden or outside the scope."""

import pytest
from streamlit.testing.v1 import AppTest

from domain.vocabulary import Role
from pages import PAGES, Board, home
from tests.opening import OpenPage
from tests.small import ORG_CODE

ACCOUNTS = {role: role.value for role in Role}  # the small installation names its accounts after their roles
ABSENT = "没有这个页面，或您的账号不能打开它。请从上方菜单进入其他页面。"


def _said(page: AppTest) -> list[str]:
    return [element.value for element in (*page.error, *page.markdown, *page.caption)]


@pytest.mark.parametrize("board", PAGES, ids=lambda board: board.path or "overview")
@pytest.mark.parametrize("role", Role)
def test_every_page_as_every_role(open_page: OpenPage, role: Role, board: Board) -> None:
    page = open_page(ACCOUNTS[role], board.path)
    assert not page.exception
    if role in board.roles:
        assert not page.error
    elif board is not PAGES[0]:
        assert [error.value for error in page.error] == [ABSENT]


@pytest.mark.parametrize("board", [board for board in PAGES if Role.LEADER in board.roles], ids=lambda board: board.path or "overview")
def test_every_page_for_a_scope_below_the_root(open_page: OpenPage, board: Board) -> None:
    page = open_page("upstream", board.path)
    assert not page.exception
    assert not page.error


def test_the_first_screen_is_the_roles_own() -> None:
    assert {role: home(role).path for role in Role} == {
        Role.LEADER: "",
        Role.SECRETARY: "branch",
        Role.PRESENTER: "",
        Role.STEWARD: "",
        Role.WALL: "wall",
    }


def test_a_forbidden_page_answers_like_one_that_does_not_exist(open_page: OpenPage) -> None:
    forbidden, unknown = open_page("wall", "tasks"), open_page("wall", "nonsense")
    assert not unknown.exception
    assert _said(unknown) == _said(forbidden)
    assert ABSENT in _said(unknown)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("tasks", {"org": "nowhere"}),
        ("branch", {"org": ORG_CODE["port"]}),  # there is one, but not below this leader
        ("warnings", {"light_id": "abc"}),
        ("warnings", {"rule": "line\nfeed" * 20}),
        ("branches", {"town": "nowhere"}),
        ("redmap", {"sites": "zz"}),
        ("redmap", {"site": "zz"}),
        ("explain", {"item": "zz"}),
        ("peers", {"orgs": "zz"}),
        ("wall", {"org": "nowhere"}),
        ("glossary", {"code": "zz"}),
    ],
    ids=str,
)
def test_what_a_link_asks_for_in_vain_is_logged_in_one_form(
    open_page: OpenPage, caplog: pytest.LogCaptureFixture, path: str, asked: dict
) -> None:
    open_page("upstream", path, **asked)
    ((name, value),) = asked.items()
    said = f"upstream asked /{path} for {name}={repr(value)[:80]}: malformed, unknown or out of scope"
    assert [record.getMessage() for record in caplog.records if record.name == "party.links"] == [said]


@pytest.mark.parametrize("role", Role)
def test_the_menu_offers_what_the_role_may_open(open_page: OpenPage, role: Role) -> None:
    page = open_page(ACCOUNTS[role], "data" if role is not Role.WALL else "tasks")
    offered = [link.proto.label for link in page.get("page_link")]
    assert offered[: len(PAGES)] == [board.title for board in PAGES if board.listed and role in board.roles][: len(PAGES)]


def test_an_organisation_outside_the_scope_answers_like_one_that_does_not_exist(open_page: OpenPage) -> None:
    outside = open_page("upstream", "data", org=ORG_CODE["school"])
    unknown = open_page("upstream", "data", org="NO-SUCH-CODE")
    assert _said(outside) == _said(unknown)
    assert any("没有找到这个组织" in said for said in _said(outside))
    assert not outside.exception


def test_an_organisation_in_scope_becomes_the_focus(open_page: OpenPage) -> None:
    page = open_page("upstream", "data", org=ORG_CODE["willow_town"])
    crumbs = [button.label for button in page.button if (button.key or "").startswith("crumb-")]
    assert crumbs == ["中共上游区委员会", "中共柳渡镇委员会"]


def test_the_way_up_leads_back_to_the_scopes_root(open_page: OpenPage) -> None:
    page = open_page("upstream", "data", org=ORG_CODE["willow_town"], period="2026Q3")
    next(button for button in page.button if button.key == "crumb-2").click().run()
    assert page.query_params == {"period": "2026Q3"}


def test_a_malformed_period_is_noted_and_the_default_shown(open_page: OpenPage) -> None:
    page = open_page("leader", "", period="2026Q9")
    assert not page.exception
    assert any("周期" in note.value for note in page.warning)


@pytest.mark.parametrize("board", [board for board in PAGES if board.framed], ids=lambda board: board.path or "overview")
def test_a_malformed_filter_is_noted_once(open_page: OpenPage, board: Board) -> None:
    page = open_page("leader", board.path, place="zz", sector="zz", kind="zz", light="zz", q="")
    assert not page.exception
    assert len({note.value for note in page.warning}) == len(page.warning)
    assert sum("“领域”" in note.value for note in page.warning) <= 1


def test_the_demo_wears_its_badge(open_page: OpenPage) -> None:
    assert any("演示数据" in said for said in _said(open_page("leader", "data")))
