"""Parts that run without their page: none draws for a sign-in that no longer holds."""

import ast
from dataclasses import replace
from types import SimpleNamespace

import pytest

from data_access.accounts import Account
from data_access.engine import HOME
from domain.scope import Scope
from domain.vocabulary import Role
from pages.access import sign_in
from pages.shared import parts

LEADER = Account("leader", "领导", "市委", Scope(1, "/1/", Role.LEADER))
READER = SimpleNamespace(engine=None, installation=SimpleNamespace(demo=True), username="leader", scope=LEADER.scope)
# These ask by themselves, or have no reader: the wall's pulse asks, and its stage turns under the pulse; the others stand before sign-in.
KNOWN = {"pages/command/wall/__init__.py", "pages/access/faults.py", "pages/access/first_start.py", "pages/shared/parts.py"}


class Left(Exception):
    """The whole app runs."""


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A browser that keeps every part of a page to run it again; `page.stale` is whether the sign-in has ceased to hold."""
    page = SimpleNamespace(stale=False, asked=0, runs=[])

    def fragment(run_every):
        def kept(run):
            page.again = run
            return run

        return kept

    def asked(reader) -> bool:
        page.asked += 1
        return page.stale

    def rerun() -> None:
        raise Left

    monkeypatch.setattr(parts.st, "fragment", fragment)
    monkeypatch.setattr(parts.st, "rerun", rerun)
    monkeypatch.setattr(sign_in, "stale", asked)
    return page


def test_a_part_asks_before_every_run_but_the_pages_own(page: SimpleNamespace) -> None:
    drawn = []
    parts.alone()(lambda reader, what: drawn.append(what))(READER, "x")
    assert (drawn, page.asked) == (["x"], 0)
    page.again()
    assert (drawn, page.asked) == (["x", "x"], 1)
    page.stale = True
    with pytest.raises(Left):
        page.again()
    assert drawn == ["x", "x"]


def test_a_part_that_runs_by_the_clock_asks_once_a_minute(page: SimpleNamespace) -> None:
    drawn = []
    parts.alone(every=5)(lambda reader: drawn.append(1))(READER)
    page.stale = True
    for _ in range(11):
        page.again()
    assert page.asked == 0
    with pytest.raises(Left):
        page.again()
    assert len(drawn) == 12


@pytest.mark.parametrize(
    ("account", "stale"),
    [
        (LEADER, False),
        (None, True),
        (replace(LEADER, username="upstream"), True),
        (replace(LEADER, scope=Scope(2, "/1/2/", Role.LEADER)), True),
        (replace(LEADER, scope=Scope(1, "/1/", Role.STEWARD)), True),
    ],
    ids=["the same", "nobody", "somebody else", "another organisation", "another role"],
)
def test_a_sign_in_holds_for_the_account_and_the_scope_that_was_read(
    monkeypatch: pytest.MonkeyPatch, account: Account | None, stale: bool
) -> None:
    monkeypatch.setattr(sign_in, "_present", lambda engine, demo: account)
    assert sign_in.stale(READER) is stale


def test_no_page_makes_a_part_of_its_own() -> None:
    found = set()
    for file in sorted((HOME / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.fragment":
                found.add(str(file.relative_to(HOME)))
    assert found == KNOWN
