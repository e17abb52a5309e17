"""Accounts, the audit, and what readers object to; none of them raises the data version."""

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table, Text

from data_access.schema.base import Day, Key, metadata, one_of, refers, term
from domain.vocabulary import Role

account = Table(
    "account",
    metadata,
    Column("username", String(64), primary_key=True),
    Column("display_name", String(80), nullable=False),
    Column("password_hash", String(100), nullable=False),  # bcrypt
    term("role", Role),
    refers("org_id", "organisation.org_id"),
    Column("demo", Boolean, nullable=False),  # refused when the database is not the demo
    Column("disabled", Boolean, nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", DateTime),  # UTC
    Column("signed_out_at", DateTime),  # UTC; tokens issued before are refused
    one_of("role", Role),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("event_id", Key, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False, index=True),  # UTC
    Column("username", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200)),
    Column("detail", Text),
)

# 报错: a secretary says that a row of a bill is wrong, and why. It goes to the steward's list and changes no figure by itself; what it
# names is kept as it stood then, because a light may close or be numbered anew.
objection = Table(
    "objection",
    metadata,
    Column("objection_id", Key, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False, index=True),  # UTC
    Column("username", String(64), nullable=False),
    refers("org_id", "organisation.org_id", index=True),
    Column("rule_id", String(40), nullable=False),
    Column("subject", String(40), nullable=False),  # as in `light`
    Column("due_on", Day),
    Column("evidence", Text, nullable=False),  # JSON, as in `light`
    Column("reason", Text, nullable=False),
    Column("settled_at", DateTime),  # UTC; null while nobody has looked into it
    Column("settled_by", String(64)),
    Column("upheld", Boolean),  # 属实: the record was wrong and is to be corrected at its source
    Column("answer", Text),
)
