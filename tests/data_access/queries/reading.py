"""Who reads in these tests: scopes over the small installation, and the names that must not reach all of them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, select

from data_access.schema.members import applicant, member
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import ORG, path_of

ROOT = path_of(ORG["root"])
LEADER = Scope(ORG["root"], ROOT, Role.LEADER)
PRESENTER = Scope(ORG["root"], ROOT, Role.PRESENTER)
STEWARD = Scope(ORG["root"], ROOT, Role.STEWARD)
WALL = Scope(ORG["root"], ROOT, Role.WALL)
UPSTREAM = Scope(ORG["upstream"], path_of(ORG["upstream"]), Role.LEADER)
SECRETARY = Scope(ORG["overdue"], path_of(ORG["overdue"]), Role.SECRETARY)
TOWN_SECRETARY = Scope(ORG["willow_town"], path_of(ORG["willow_town"]), Role.SECRETARY)


def ask(engine: Engine, query: Callable[..., Any], *values: Any, scope: Scope = LEADER) -> Any:
    """Return what the query answers to a reader of `scope`."""
    with engine.connect() as connection:
        return query(connection, scope, *values)


def full_names(connection: Connection) -> set[str]:
    """Return the names of all members and applicants, as they are written."""
    return {*connection.scalars(select(member.c.name)), *connection.scalars(select(applicant.c.name))}


def told(answer: Any) -> str:
    """Return everything that an answer says, as one text to search."""
    if isinstance(answer, pd.DataFrame):
        return answer.to_csv(index=False)
    if hasattr(answer, "__dict__"):
        return "\n".join(told(value) for value in vars(answer).values())
    return str(answer)
