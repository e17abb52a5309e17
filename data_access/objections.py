"""Objections (报错): a secretary says that a row of a bill is wrong. A steward looks into it; no figure changes by itself.

Neither raises the data version: the facts are what they were until somebody corrects them at their source.
"""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select, update

from data_access import audit
from data_access.audit import Action
from data_access.queries import objections as queries
from data_access.schema.access import objection
from data_access.schema.organisations import organisation
from data_access.scoping import within
from domain.scope import Scope
from domain.vocabulary import Role

LONGEST = 500  # characters of a reason or an answer

NOT_YOURS = "只有本组织或上级组织的书记可以报错。"
NO_REASON = "请写明哪里有误、依据是什么。"
ALREADY = "这一项已经报错，正在核实。"
NOT_STEWARD = "只有数据管理员可以答复报错。"
NO_ANSWER = "请写明核实的结果。"
GONE = "没有找到这条报错，或它已有答复。"


class Refused(Exception):
    """An objection or an answer that is not accepted. The only argument is the Chinese sentence for the reader."""


def raise_objection(
    engine: Engine,
    scope: Scope,
    username: str,
    *,
    org_id: int,
    rule_id: str,
    subject: str,
    due_on: date | None,
    evidence: str,
    reason: str,
) -> None:
    """Put a row of a bill on the steward's list with its evidence as it stands now, audited. Raises Refused.

    Only a secretary may, for an organisation inside the own scope, and once a row while nobody has answered.
    """
    told = _told(reason, NO_REASON)
    with engine.begin() as connection:
        if scope.role is not Role.SECRETARY or not _inside(connection, scope, org_id):
            raise Refused(NOT_YOURS)
        row = {"org_id": org_id, "rule_id": rule_id, "subject": subject}
        same = [objection.c[name] == value for name, value in row.items()]
        if connection.execute(select(objection.c.objection_id).where(*same, objection.c.settled_at.is_(None)).limit(1)).first():
            raise Refused(ALREADY)
        given = {"at": audit.now(), "username": username, "due_on": due_on, "evidence": evidence, "reason": told}
        connection.execute(insert(objection).values(**row, **given))
        audit.record(connection, username, Action.OBJECT, subject=f"{org_id}:{rule_id}:{subject}", detail=told)


def settle(engine: Engine, scope: Scope, username: str, objection_id: int, *, upheld: bool, answer: str) -> None:
    """Answer an objection, audited: `upheld` where the record is wrong and will be corrected at its source. Raises Refused.

    Only a steward may, and only once.
    """
    told = _told(answer, NO_ANSWER)
    with engine.begin() as connection:
        if scope.role is not Role.STEWARD:
            raise Refused(NOT_STEWARD)
        inside = select(organisation.c.org_id).where(within(scope, organisation.c.path))
        answered = connection.execute(
            update(objection)
            .where(objection.c.objection_id == objection_id, objection.c.settled_at.is_(None), objection.c.org_id.in_(inside))
            .values(settled_at=audit.now(), settled_by=username, upheld=upheld, answer=told)
        )
        if answered.rowcount == 0:
            raise Refused(GONE)
        audit.record(connection, username, Action.SETTLE, subject=str(objection_id), detail=told)


def _told(text: str, refusal: str) -> str:
    told = text.strip()[:LONGEST]
    if not told:
        raise Refused(refusal)
    return told


def _inside(connection: Connection, scope: Scope, org_id: int) -> bool:
    found = select(organisation.c.org_id).where(organisation.c.org_id == org_id, within(scope, organisation.c.path))
    return connection.execute(found).first() is not None


def standing(engine: Engine, scope: Scope, path: str, *, below: bool) -> pd.DataFrame:
    """Return the objections as they are now, past every cache: what `queries.objections.objections` does."""
    with engine.connect() as connection:
        return queries.objections(connection, scope, path, below)


def waiting(engine: Engine, scope: Scope, path: str) -> int:
    """Count the objections at and below `path` that nobody has answered, as they are now."""
    with engine.connect() as connection:
        return queries.waiting(connection, scope, path)
