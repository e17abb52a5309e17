"""The one place where a reader's scope becomes a condition of a query, and where names and free text that a query found are masked."""

import pandas as pd
from sqlalchemy import ColumnElement, and_, select

from data_access.schema.organisations import organisation
from domain.scope import Scope


def within(scope: Scope, path: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that `path` lies in the reader's subtree, as a range that the path's index serves."""
    return beneath(scope.path, path)


def beneath(node: str, path: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that `path` is `node` ("/1/3/") or lies below it."""
    return and_(path >= node, path < node[:-1] + "0")


def right_below(scope: Scope, org_id: int) -> ColumnElement[bool]:
    """Return the condition that an organisation answers to `org_id`; nothing answers to one that lies outside the scope."""
    superior = organisation.alias()
    inside = select(superior.c.org_id).where(superior.c.org_id == org_id, within(scope, superior.c.path))
    return organisation.c.superior_id.in_(inside)


def as_seen(scope: Scope, names: pd.Series) -> pd.Series:
    """Return people's names as the reader may see them (`Scope.person`); missing ones, and all that are not shown, are None."""
    told = [None if pd.isna(name) else scope.person(str(name)) for name in names]
    return pd.Series(told, index=names.index, dtype="object")


def discreet(scope: Scope, rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Leave out free text, which may name people, for readers who see masked names."""
    return rows if scope.names_members else rows.assign(**dict.fromkeys(columns))
