"""Accounts: who may sign in, the lock after five wrong passwords, and how long a sign-in holds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from data_access import accounts, audit
from data_access.engine import version
from data_access.schema.access import account, audit_event
from domain.vocabulary import Role
from tests.small import ORG


def _set(engine: Engine, username: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(account).where(account.c.username == username).values(**values))


def _admitted(engine: Engine, username: str, issued=None, *, demo: bool = True) -> accounts.Account | None:
    with engine.connect() as connection:
        return accounts.admitted(connection, username, issued or audit.now(), demo=demo)


def test_an_account_that_may_sign_in_shows_its_hash(own_engine: Engine) -> None:
    assert str(accounts.attempt(own_engine, "leader", demo=True)).startswith("$2b$")


def test_nobody_and_the_disabled_show_none(own_engine: Engine) -> None:
    _set(own_engine, "steward", disabled=True)
    assert accounts.attempt(own_engine, "nobody", demo=True) is None
    assert accounts.attempt(own_engine, "steward", demo=True) is None


def test_demo_accounts_are_refused_outside_the_demo(own_engine: Engine) -> None:
    assert accounts.attempt(own_engine, "leader", demo=False) is None
    assert _admitted(own_engine, "leader", demo=False) is None


def test_an_account_of_ones_own_is_admitted_outside_the_demo(own_engine: Engine) -> None:
    _set(own_engine, "leader", demo=False)
    assert accounts.attempt(own_engine, "leader", demo=False)
    assert _admitted(own_engine, "leader", demo=False)


def test_five_attempts_then_the_account_is_locked(own_engine: Engine) -> None:
    answers = [accounts.attempt(own_engine, "leader", demo=True) is not None for _ in range(accounts.ATTEMPTS + 1)]
    assert answers == [True] * accounts.ATTEMPTS + [False]
    assert accounts.attempt(own_engine, "presenter", demo=True)  # the others are not


def test_the_lock_ends_and_the_count_begins_anew(own_engine: Engine) -> None:
    for _ in range(accounts.ATTEMPTS):
        accounts.attempt(own_engine, "leader", demo=True)
    _set(own_engine, "leader", locked_until=audit.now() + timedelta(seconds=30))
    assert accounts.attempt(own_engine, "leader", demo=True) is None
    _set(own_engine, "leader", locked_until=audit.now() - timedelta(seconds=1))
    assert [accounts.attempt(own_engine, "leader", demo=True) is not None for _ in range(accounts.ATTEMPTS + 1)][-2:] == [True, False]


def test_the_right_password_forgets_the_wrong_ones(own_engine: Engine) -> None:
    for _ in range(accounts.ATTEMPTS):
        accounts.attempt(own_engine, "leader", demo=True)
    accounts.succeeded(own_engine, "leader")  # it was the last attempt that was right
    with own_engine.connect() as connection:
        row = connection.execute(select(account).where(account.c.username == "leader")).one()
    assert (row.failed_attempts, row.locked_until) == (0, None)
    assert accounts.attempt(own_engine, "leader", demo=True)


def test_guesses_at_the_same_moment_do_not_outrun_the_count(own_engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: accounts.attempt(own_engine, "leader", demo=True), range(16)))
    assert sum(answer is not None for answer in answers) == accounts.ATTEMPTS


def test_a_sign_in_holds_with_its_scope(own_engine: Engine) -> None:
    admitted = _admitted(own_engine, "secretary")
    assert admitted is not None
    assert (admitted.scope.org_id, admitted.scope.path, admitted.scope.role) == (ORG["overdue"], "/1/2/6/12/", Role.SECRETARY)


def test_signing_out_ends_what_was_issued_before(own_engine: Engine) -> None:
    earlier = audit.now() - timedelta(hours=1)
    assert _admitted(own_engine, "leader", earlier)
    accounts.sign_out(own_engine, "leader")
    assert _admitted(own_engine, "leader", earlier) is None
    assert _admitted(own_engine, "leader", audit.now() + timedelta(microseconds=1))
    assert _admitted(own_engine, "presenter", earlier)


def test_disabling_ends_a_sign_in(own_engine: Engine) -> None:
    _set(own_engine, "leader", disabled=True)
    assert _admitted(own_engine, "leader") is None


def test_everything_is_audited_and_nothing_raises_the_data_version(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        before = version(connection)
    accounts.attempt(own_engine, "leader", demo=True)
    accounts.failed(own_engine, "x" * 200)
    accounts.succeeded(own_engine, "leader")
    accounts.sign_out(own_engine, "leader")
    with own_engine.connect() as connection:
        events = connection.execute(select(audit_event.c.username, audit_event.c.action).order_by(audit_event.c.event_id)).all()
        assert version(connection) == before
    assert [tuple(event) for event in events] == [
        ("x" * audit.NAME_LENGTH, "sign_in_failed"),
        ("leader", "sign_in"),
        ("leader", "sign_out"),
    ]


def test_the_demos_accounts_are_listed_by_role(own_engine: Engine) -> None:
    _set(own_engine, "wall", disabled=True)
    _set(own_engine, "steward", demo=False)
    with own_engine.connect() as connection:
        listed = accounts.demo_accounts(connection)
    assert listed == [
        ("leader", Role.LEADER),
        ("upstream", Role.LEADER),
        ("secretary", Role.SECRETARY),
        ("presenter", Role.PRESENTER),
    ]


@pytest.mark.parametrize("username", ["leader' OR '1'='1", "%", "", "LEADER"])
def test_names_are_values_and_never_patterns(own_engine: Engine, username: str) -> None:
    assert accounts.attempt(own_engine, username, demo=True) is None
