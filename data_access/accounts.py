"""Accounts: who may sign in, the counter of failed attempts, and whether an earlier sign-in still holds.

An attempt is counted before its password is checked and forgotten again when it was right, so that guesses made at the same
moment cannot outrun the counter. What is asked about an account that does not exist is answered as if it were locked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, or_, select, update

from data_access import audit
from data_access.audit import Action
from data_access.schema.access import account
from data_access.schema.organisations import organisation
from domain.scope import Scope
from domain.vocabulary import Role

ATTEMPTS = 5  # wrong passwords in a row that lock an account
LOCKED = timedelta(minutes=10)


@dataclass(frozen=True)
class Account:
    """A signed-in account: who it is, and the organisation whose subtree it may see."""

    username: str
    display_name: str
    org_name: str
    scope: Scope


def attempt(engine: Engine, username: str, *, demo: bool) -> str | None:
    """Count an attempt to sign in and return the bcrypt hash to check; None where the account may not sign in now.

    It may not where it does not exist, is disabled or locked, or is a demo account and the database is not the demo
    (`demo`). The last attempt allowed locks the account; `succeeded` takes that back.
    """
    at = audit.now()
    with engine.begin() as connection:
        last = account.c.failed_attempts + 1 >= ATTEMPTS
        counted = connection.execute(
            update(account)
            .where(account.c.username == username, _usable(demo), or_(account.c.locked_until.is_(None), account.c.locked_until <= at))
            .values(
                failed_attempts=case((last, 0), else_=account.c.failed_attempts + 1), locked_until=case((last, at + LOCKED), else_=None)
            )
        )
        if counted.rowcount == 0:
            return None
        return connection.scalar(select(account.c.password_hash).where(account.c.username == username))


def succeeded(engine: Engine, username: str) -> None:
    """Forget the failed attempts of an account that gave the right password, and audit the sign-in."""
    with engine.begin() as connection:
        connection.execute(update(account).where(account.c.username == username).values(failed_attempts=0, locked_until=None))
        audit.record(connection, username, Action.SIGN_IN)


def failed(engine: Engine, username: str) -> None:
    """Audit a failed sign-in; `username` is what was typed."""
    with engine.begin() as connection:
        audit.record(connection, username, Action.SIGN_IN_FAILED)


def sign_out(engine: Engine, username: str) -> None:
    """End every sign-in of the account so far, wherever it was made, and audit it."""
    with engine.begin() as connection:
        connection.execute(update(account).where(account.c.username == username).values(signed_out_at=audit.now()))
        audit.record(connection, username, Action.SIGN_OUT)


def admitted(connection: Connection, username: str, issued: datetime, *, demo: bool) -> Account | None:
    """Return the account whose sign-in of `issued` (UTC) still holds; None where it does not.

    It does not where the account is gone or disabled, has signed out since, has lost its organisation, or is a demo account
    in a database that is not the demo. To be asked on every run.
    """
    query = (
        select(account.c.username, account.c.display_name, account.c.role, organisation.c.org_id, organisation.c.path, organisation.c.name)
        .join_from(account, organisation)
        .where(account.c.username == username, _usable(demo), or_(account.c.signed_out_at.is_(None), account.c.signed_out_at < issued))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Account(row.username, row.display_name, row.name, Scope(row.org_id, row.path, Role(row.role)))


def demo_accounts(connection: Connection) -> list[tuple[str, Role]]:
    """Return (username, role) of the demo's accounts that can be used, in the order of the roles' definition."""
    query = select(account.c.username, account.c.role).where(account.c.demo, ~account.c.disabled).order_by(account.c.username)
    order = list(Role)
    return sorted(((row.username, Role(row.role)) for row in connection.execute(query)), key=lambda found: order.index(found[1]))


def _usable(demo: bool) -> ColumnElement[bool]:
    return ~account.c.disabled if demo else and_(~account.c.disabled, ~account.c.demo)
