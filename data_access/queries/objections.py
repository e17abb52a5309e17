"""Objections (报错) and what became of them. They change without the data version, so pages ask for them afresh."""

import json

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from data_access.engine import SHANGHAI
from data_access.schema.access import objection
from data_access.schema.organisations import organisation
from data_access.scoping import beneath, within
from domain.light_counts import rule_title
from domain.lights import subject_title
from domain.scope import Scope
from domain.vocabulary import Role

LATEST = 100  # rows of the list
_COLUMNS = [
    "objection_id",
    "at",
    "username",
    "org_code",
    "org_name",
    "rule_id",
    "subject",
    "title",
    "concerns",
    "text",
    "table",
    "rows",
    "due_on",
    "reason",
    "settled_at",
    "settled_by",
    "upheld",
    "answer",
]


def objections(connection: Connection, scope: Scope, path: str, below: bool) -> pd.DataFrame:
    """The objections of the organisation at `path`, with `below` also of all beneath it: those without an answer first, the oldest of
    them on top, then the answered ones, the latest first.

    Columns: objection_id, at (in Shanghai), username, org_code, org_name, rule_id, subject, title (of the rule), concerns (the subject in
    Chinese, without a name; "" where it is the organisation as a whole), text (the row's sentence
    as it was), table and rows (the evidence it stood on: a table's name, and ids as text), due_on, reason, settled_at (NaT while open),
    settled_by, upheld (None while open), answer. At most `LATEST`. Reason and answer are free text that may name people: None for all
    but secretaries and stewards.
    """
    columns = [column for column in objection.c if column.name != "org_id"]
    rows = pd.read_sql_query(
        select(*columns, organisation.c.org_code, organisation.c.name.label("org_name"))
        .join_from(objection, organisation, organisation.c.org_id == objection.c.org_id)
        .where(*_inside(scope, path, below))
        .order_by(objection.c.settled_at.is_not(None), objection.c.settled_at.desc(), objection.c.objection_id)
        .limit(LATEST),
        connection,
        parse_dates=["at", "due_on", "settled_at"],
    )
    for name in ("at", "settled_at"):
        rows[name] = rows[name].dt.tz_localize("UTC").dt.tz_convert(SHANGHAI).dt.tz_localize(None)
    told = [json.loads(evidence) for evidence in rows["evidence"]]
    rows["title"] = [rule_title(rule) for rule in rows["rule_id"]]
    rows["concerns"] = [subject_title(subject) for subject in rows["subject"]]
    rows["text"] = [each["text"] for each in told]
    rows["table"] = [each["table"] for each in told]
    rows["rows"] = ["、".join(str(row) for row in each["rows"]) for each in told]
    if scope.role not in (Role.SECRETARY, Role.STEWARD):
        rows = rows.assign(reason=None, answer=None)
    return rows[_COLUMNS]


def waiting(connection: Connection, scope: Scope, path: str) -> int:
    """How many objections at and below `path` nobody has answered, however many are listed."""
    open_ones = select(func.count()).select_from(objection).join(organisation, organisation.c.org_id == objection.c.org_id)
    return connection.scalar(open_ones.where(*_inside(scope, path, True), objection.c.settled_at.is_(None))) or 0


def _inside(scope: Scope, path: str, below: bool) -> list[ColumnElement[bool]]:
    return [within(scope, organisation.c.path), beneath(path, organisation.c.path) if below else organisation.c.path == path]
