"""Sign-in: streamlit-authenticator over the accounts of the database, and the only module that knows the library.

The library checks the password; what it leaves open is decided here (docs/decisions/0002-sign-in.md): it is handed the one
account that was typed, attempts are counted in the database, and on every run the sign-in must still hold there. The cookie is
written and read without its browser component, which would run every page twice.
"""

import secrets
from datetime import UTC, datetime, timedelta
from functools import cache

import bcrypt
import jwt
import streamlit as st
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator
from streamlit_authenticator.controllers import AuthenticationController

import pages
from components import text
from components.browser import cookie
from data_access import accounts, audit, keys
from data_access.accounts import Account
from data_access.cache import Reader
from data_access.engine import Installation
from domain.vocabulary import Role
from pages.access.front import drawn
from pages.shared import audited

COOKIE = "party_sign_in"
LIFETIME = timedelta(days=7)
RENEWED = timedelta(days=1)  # before its end a wall's sign-in is renewed, and no other
LONGEST_PASSWORD = 72  # bytes; bcrypt takes no more

REFUSED = f"用户名或密码不正确。连续 {accounts.ATTEMPTS} 次不正确，该账号将锁定 {accounts.LOCKED.seconds // 60} 分钟。"
INCOMPLETE = "请输入用户名和密码。"


def require(engine: Engine, installation: Installation, front: DeltaGenerator) -> Account:
    """Return the account that is signed in; where there is none draw the form on `front` and end the run.

    Raises NoDatabase or WrongSchema.
    """
    account = _present(engine, installation.demo)
    if account is None:
        audited.forget()
        with drawn(front, 400):
            _form(engine, installation)
            _cookie()
        pages.load()  # while the visitor types
        st.stop()
    if _ends_soon(account):
        _begin(account.username)
    with front:
        _cookie()
    return account


def stale(reader: Reader) -> bool:
    """True where the app must be run anew for the sign-in's sake: it ended, is another's or of another scope, or is to be renewed.

    For what runs between the runs of a page. Raises NoDatabase or WrongSchema.
    """
    account = _present(reader.engine, reader.installation.demo)
    return account is None or (account.username, account.scope) != (reader.username, reader.scope) or _ends_soon(account)


def _ends_soon(account: Account) -> bool:
    """True where the sign-in is a wall's, at which nobody could sign in again, and near its end."""
    return account.scope.role is Role.WALL and audit.now() >= st.session_state["signed_in_at"] + LIFETIME - RENEWED


def arrives() -> bool:
    """True once: in the run that follows the form, where the URL asks for nothing in particular."""
    return bool(st.session_state.pop("arrives", False)) and not st.query_params


def leave(engine: Engine) -> None:
    """Sign out: end every sign-in of the account, forget this one and what it looked at. For use as a callback."""
    accounts.sign_out(engine, st.session_state["username"])
    AuthenticationController({"usernames": {}}).logout()
    st.session_state["cookie"] = ""
    st.query_params.clear()


def _present(engine: Engine, demo: bool) -> Account | None:
    """Return the account of this session, or of the browser's cookie, if its sign-in still holds."""
    if st.session_state.get("authentication_status"):
        username, issued = st.session_state["username"], st.session_state["signed_in_at"]
    else:
        username, issued = _token()
    if username is None or audit.now() >= issued + LIFETIME:
        return None
    with engine.connect() as connection:
        account = accounts.admitted(connection, username, issued, demo=demo)
    st.session_state.update(authentication_status=bool(account), username=account and username, signed_in_at=issued)
    return account


def _token() -> tuple[str | None, datetime]:
    """Return whom the cookie names and when it was issued (UTC); None for no cookie, or for one that is not ours."""
    nobody = None, datetime.min
    if st.session_state.get("logout"):
        return nobody  # the cookies of a session are those it began with
    try:
        claims = jwt.decode(st.context.cookies.get(COOKIE, ""), keys.cookie_key(), algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return nobody
    return claims["username"], datetime.fromtimestamp(claims["exp_date"], UTC).replace(tzinfo=None) - LIFETIME


def _begin(username: str) -> None:
    """Begin a sign-in now, and make the token for it, in the library's form, that the browser is to keep."""
    now = audit.now()
    claims = {"username": username, "exp_date": (now + LIFETIME).replace(tzinfo=UTC).timestamp()}
    st.session_state.update(signed_in_at=now, cookie=jwt.encode(claims, keys.cookie_key(), algorithm="HS256"))


def _form(engine: Engine, installation: Installation) -> None:
    st.markdown(f"## {text.plain(installation.title)}", anchors=False, text_alignment="center")
    with st.container(horizontal=True, horizontal_alignment="center"):
        if installation.demo:
            st.badge("演示数据", icon=":material/science:", color="yellow")
        else:
            st.caption("请使用本单位分配的账号登录", width="content")
    with st.container(key="sign-in-form-frame"), st.form("sign-in-form"):
        st.text_input("用户名", key="sign-in-username", autocomplete="username", max_chars=audit.NAME_LENGTH)
        st.text_input("密码", key="sign-in-password", type="password", autocomplete="current-password")
        st.form_submit_button(
            "登录", type="primary", width="stretch", on_click=_submitted, args=(engine, installation.demo), key="sign-in-submit"
        )
    refusal = st.session_state.pop("sign_in_refusal", None)
    if refusal:
        st.error(refusal, icon=":material/lock:")
    if installation.demo:
        _demo_accounts(engine)


def _submitted(engine: Engine, demo: bool) -> None:
    """Check what was typed; the page that follows draws what was asked for, or the form again with the refusal."""
    username = st.session_state["sign-in-username"].strip().lower()
    password = st.session_state["sign-in-password"].strip()
    st.session_state["sign-in-password"] = ""
    if not username or not password:
        st.session_state["sign_in_refusal"] = INCOMPLETE
        return
    checked = accounts.attempt(engine, username, demo=demo) if username.isprintable() else None
    fits = len(password.encode()) <= LONGEST_PASSWORD
    # An account that may not sign in costs a visitor the same time as one that may.
    known = {"usernames": {username: {"name": username, "password": checked or _nobody()}}}
    if AuthenticationController(known, auto_hash=False).login(username, password if fits else "*") and checked and fits:
        accounts.succeeded(engine, username)
        st.session_state.update(logout=None, arrives=True)
        _begin(username)
        return
    accounts.failed(engine, "".join(filter(str.isprintable, username)))
    st.session_state.update(authentication_status=None, username=None, sign_in_refusal=REFUSED)


@cache
def _nobody() -> str:
    """A hash that no password has."""
    return bcrypt.hashpw(secrets.token_bytes(32), bcrypt.gensalt()).decode()


def _cookie() -> None:
    """Have the browser keep the sign-in that began in this session, or forget the one that ended in it."""
    kept = st.session_state.get("cookie")
    if kept is not None:
        with st.container(key="cookie"):
            cookie.keep(COOKIE, kept, LIFETIME)


def _demo_accounts(engine: Engine) -> None:
    with engine.connect() as connection:
        known = accounts.demo_accounts(connection)
    listed = " · ".join(f"**{text.plain(username)}**\u00a0{role.label}" for username, role in known)
    st.caption(f"演示账号：{listed}", text_alignment="center")
    st.caption("密码：用户名加 **-demo-2026**，如 leader-demo-2026", text_alignment="center")
