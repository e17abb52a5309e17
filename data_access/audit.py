"""The audit: who did what, when. Append-only, and it never raises the data version."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert

from data_access.schema.access import audit_event

NAME_LENGTH = 64  # of audit_event.username


class Action(StrEnum):
    """What is audited."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    OPEN_TIMELINE = "open_timeline"  # one applicant's steps
    OPEN_PORTRAIT = "open_portrait"  # one member's index and records
    OBJECT = "object"  # to a row of a bill
    SETTLE = "settle"  # an objection


def now() -> datetime:
    """Return the moment as the tables keep it: UTC without an offset."""
    return datetime.now(UTC).replace(tzinfo=None)


def record(connection: Connection, username: str, action: Action, *, subject: str | None = None, detail: str | None = None) -> None:
    """Write one event into the connection's transaction. `username` may be what somebody typed; it is cut to the column's length."""
    event = {"at": now(), "username": username[:NAME_LENGTH], "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(audit_event).values(event))


def keep(engine: Engine, username: str, action: Action, *, subject: str | None = None, detail: str | None = None) -> None:
    """Write one event in a transaction of its own. Raises NoDatabase or WrongSchema."""
    with engine.begin() as connection:
        record(connection, username, action, subject=subject, detail=detail)
