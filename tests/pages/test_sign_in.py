"""Sign-in, without a browser: the form, its refusals, the cookie's token, and what ends a sign-in."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

import pages
from data_access import accounts, audit, keys
from data_access.engine import VARIABLE, connect
from data_access.schema.access import account, audit_event
from data_access.schema.places import installation
from pages.access import sign_in
from tests.opening import visit

KEY = "a key for tests, of more than thirty-two bytes"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(keys.VARIABLE, KEY)
    keys.cookie_key.cache_clear()
    yield
    keys.cookie_key.cache_clear()


@pytest.fixture
def database(own_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{own_database}")
    return own_database


def _arrive(token: str | None = None, monkeypatch: pytest.MonkeyPatch | None = None) -> AppTest:
    if token is not None and monkeypatch is not None:
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {sign_in.COOKIE: token})
    return visit("data").run()


def _try(page: AppTest, username: str, password: str) -> AppTest:
    page.text_input(key="sign-in-username").input(username)
    page.text_input(key="sign-in-password").input(password)
    page.button(key="sign-in-submit").click()
    return page.run()


def _token(username: str = "leader", *, issued: float | None = None, key: str = KEY, **claims: object) -> str:
    expires = (issued or time.time()) + sign_in.LIFETIME.total_seconds()
    return jwt.encode({"username": username, "exp_date": expires, **claims}, key, algorithm="HS256")


def _is_form(page: AppTest) -> bool:
    return [field.label for field in page.text_input] == ["用户名", "密码"] and not page.get("page_link")


def _events(database: Path) -> list[tuple[str, str]]:
    with connect(f"sqlite:///{database}").connect() as connection:
        return [
            tuple(row) for row in connection.execute(select(audit_event.c.username, audit_event.c.action).order_by(audit_event.c.event_id))
        ]


def _set(database: Path, **values: object) -> None:
    with connect(f"sqlite:///{database}").begin() as connection:
        connection.execute(update(account).where(account.c.username == "leader").values(**values))


@pytest.fixture
def unloaded() -> Iterator[None]:
    pages.load.clear()
    yield
    pages.load.clear()


@pytest.mark.usefixtures("unloaded")
def test_every_page_is_loaded_while_a_visitor_types(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    drawn = sign_in._form
    monkeypatch.setattr(sign_in, "_form", lambda *values: (drawn(*values), happened.append("form")))
    monkeypatch.setattr(pages, "import_module", happened.append)
    assert _is_form(_arrive())
    assert happened == ["form", *(board.module for board in pages.PAGES)]
    _arrive()
    assert happened[-1] == "form", "the pages are loaded once a process"


@pytest.mark.usefixtures("unloaded")
def test_a_page_that_cannot_be_loaded_keeps_nobody_out(database: Path, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    loaded: list[str] = []

    def load(module: str) -> None:
        if module == "pages.command.tasks":
            raise ImportError(module)
        loaded.append(module)

    monkeypatch.setattr(pages, "import_module", load)
    page = _arrive()
    assert _is_form(page)
    assert not page.exception
    assert len(loaded) == len(pages.PAGES) - 1
    assert "the page /tasks cannot be loaded" in caplog.text


def test_a_stranger_sees_the_form_and_nothing_else(database: Path) -> None:
    page = _arrive()
    assert _is_form(page)
    assert [button.label for button in page.button] == ["登录"]
    assert not page.exception
    assert not page.error


def test_the_form_signs_in(database: Path) -> None:
    page = _try(_arrive(), "leader", "leader-demo-2026")
    assert not page.exception
    assert page.get("page_link")
    assert _events(database) == [("leader", "sign_in")]


def test_names_are_taken_in_any_case_and_without_the_spaces_around(database: Path) -> None:
    assert _try(_arrive(), " Leader ", "leader-demo-2026").get("page_link")


@pytest.mark.parametrize(
    ("username", "password"),
    [("leader", "wrong"), ("nobody", "leader-demo-2026"), ("leader", "x" * 73), ("leader", "中" * 30), ("a\x00b", "x"), ("'; --", "x")],
)
def test_every_refusal_is_the_same_and_audited(database: Path, username: str, password: str) -> None:
    page = _try(_arrive(), username, password)
    assert not page.exception
    assert _is_form(page)
    assert [error.value for error in page.error] == [sign_in.REFUSED]
    assert [action for _, action in _events(database)] == ["sign_in_failed"]


@pytest.mark.parametrize(("username", "password"), [("", ""), ("leader", ""), ("", "x"), ("  ", "  ")])
def test_an_incomplete_form_is_no_attempt(database: Path, username: str, password: str) -> None:
    page = _try(_arrive(), username, password)
    assert [error.value for error in page.error] == [sign_in.INCOMPLETE]
    assert _events(database) == []


def test_the_lock_refuses_the_right_password_in_the_same_words(database: Path) -> None:
    page = _arrive()
    for _ in range(accounts.ATTEMPTS):
        page = _try(page, "leader", "wrong")
    page = _try(page, "leader", "leader-demo-2026")
    assert _is_form(page)
    assert [error.value for error in page.error] == [sign_in.REFUSED]


def test_the_library_is_handed_the_account_that_was_typed_and_no_other(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = []
    genuine = sign_in.AuthenticationController

    def recorded(credentials, *rest, **options):
        handed.append(set(credentials["usernames"]))
        return genuine(credentials, *rest, **options)

    monkeypatch.setattr(sign_in, "AuthenticationController", recorded)
    _try(_arrive(), "leader", "wrong")
    assert handed == [{"leader"}]


def test_a_token_signs_in(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _arrive(_token(), monkeypatch).get("page_link")


def _none_algorithm() -> str:
    return jwt.encode({"username": "leader", "exp_date": time.time() + 9e5}, None, algorithm="none")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        _token(key="another key, of more than thirty-two bytes"),
        _token("nobody"),
        _token(issued=time.time() - sign_in.LIFETIME.total_seconds() - 1),
        _none_algorithm(),
    ],
    ids=["empty", "nonsense", "dotted", "foreign key", "nobody", "expired", "unsigned"],
)
def test_a_token_that_is_none_shows_the_form(database: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    page = _arrive(token, monkeypatch)
    assert _is_form(page)
    assert not page.exception
    assert not page.error


def test_a_token_issued_before_signing_out_is_refused(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _token(issued=time.time() - 60)
    assert not _is_form(_arrive(token, monkeypatch))
    _set(database, signed_out_at=audit.now() - timedelta(seconds=30))
    assert _is_form(_arrive(token, monkeypatch))
    assert not _is_form(_arrive(_token(), monkeypatch))


def _kept(page: AppTest) -> str:
    """What the browser is asked to keep."""
    (kept,) = [one for one in page.get("bidi_component") if one.proto.component_name == "party_cookie"]
    return json.loads(kept.proto.json)["value"]


def test_signing_in_has_the_browser_keep_a_token_that_signs_in_by_itself(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _kept(_try(_arrive(), "leader", "leader-demo-2026"))
    assert set(jwt.decode(token, options={"verify_signature": False})) == {"username", "exp_date"}
    assert not _is_form(_arrive(token, monkeypatch))


def test_a_token_is_as_old_as_the_sign_in_that_it_stands_for(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    """Or signing out would end another one than its own."""
    page = _try(_arrive(), "leader", "leader-demo-2026")
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {sign_in.COOKIE: _kept(page)})
    username, issued = sign_in._token()
    assert username == "leader"
    assert abs(issued - page.session_state["signed_in_at"]) < timedelta(milliseconds=1)


def test_signing_out_has_the_browser_forget(database: Path) -> None:
    page = _try(_arrive(), "leader", "leader-demo-2026")
    page.button(key="sign-out").click().run()
    assert _kept(page) == ""


def test_a_disabled_account_is_out_with_its_next_click(database: Path) -> None:
    page = _try(_arrive(), "leader", "leader-demo-2026")
    assert page.get("page_link")
    _set(database, disabled=True)
    assert _is_form(page.run())


def test_signing_out_shows_the_form_and_forgets_what_was_looked_at(database: Path) -> None:
    page = _try(_arrive(), "leader", "leader-demo-2026")
    page.query_params["period"] = "2026Q3"
    page.run()
    page.button(key="sign-out").click().run()
    assert not page.exception
    assert _is_form(page)
    assert page.query_params == {}
    assert _events(database) == [("leader", "sign_in"), ("leader", "sign_out")]
    assert _try(page, "leader", "leader-demo-2026").get("page_link")


def test_outside_the_demo_its_accounts_are_neither_listed_nor_let_in(database: Path) -> None:
    with connect(f"sqlite:///{database}").begin() as connection:
        connection.execute(installation.delete().where(installation.c.key.in_(("demo", "as_of"))))
    page = _arrive()
    assert not any("demo" in caption.value for caption in page.caption)
    assert _is_form(_try(page, "leader", "leader-demo-2026"))
