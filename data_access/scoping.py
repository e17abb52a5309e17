"""The one place where a reader's scope becomes a condition of a query, and where names and free text that a query found are masked."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, or_, select

from data_access.hints import unindexed
from data_access.schema.organisations import organisation, organisation_history
from domain.scope import Scope

_ROOT = 2  # slashes in the path of the tree's root


def within(scope: Scope, path: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that `path` lies in the reader's subtree, as a range that the path's index serves."""
    return beneath(scope.path, path)


def beneath(node: str, path: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that `path` is `node` ("/1/3/") or lies below it."""
    return and_(path >= node, path < node[:-1] + "0")


def holding(scope: Scope, node: str) -> ColumnElement[bool]:
    """Return the condition of `within` and `beneath` for rows that organisations have many of, such as lights.

    SQLite takes a range of paths for a quarter of all organisations, however many they are. Of the root it would go through every
    organisation, and look for the few rows that are asked for at each; there it goes through those rows.
    """
    whole = node.count("/") == scope.path.count("/") == _ROOT
    path = unindexed(organisation.c.path) if whole else organisation.c.path
    return and_(within(scope, path), beneath(node, path))


def right_below(scope: Scope, org_id: int) -> ColumnElement[bool]:
    """Return the condition that an organisation answers to `org_id`; nothing answers to one that lies outside the scope."""
    return organisation.c.superior_id.in_(_visible(scope, org_id))


def stood_beneath(node: str, day: date) -> ColumnElement[bool]:
    """Return the condition that an organisation stood at or below the one at `node` on `day`, wherever either stands today."""
    return _stood(day, beneath(node, organisation.c.path), passes(node, organisation_history.c.path))


def passes(node: str, path: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a former `path` passes the organisation that is at `node` today, wherever it stood then."""
    return path.contains(f"/{node.strip('/').rpartition('/')[2]}/")


def stood_right_below(scope: Scope, org_id: int, day: date) -> ColumnElement[bool]:
    """Return the condition that an organisation answered to `org_id` on `day`; where it stands today has to lie in the scope, too."""
    visible, then = _visible(scope, org_id), organisation_history.c.superior_id
    return and_(within(scope, organisation.c.path), _stood(day, organisation.c.superior_id.in_(visible), then.in_(visible)))


def _visible(scope: Scope, org_id: int) -> Select[tuple[int]]:
    superior = organisation.alias()
    return select(superior.c.org_id).where(superior.c.org_id == org_id, within(scope, superior.c.path))


def _stood(day: date, today: ColumnElement[bool], then: ColumnElement[bool]) -> ColumnElement[bool]:
    """Ask the history where it tells of the day, and otherwise today's tree; the history is short, so it is no join."""
    history = organisation_history.c
    told = select(history.org_id).where(history.from_on <= day, or_(history.to_on.is_(None), history.to_on >= day))
    return or_(and_(today, organisation.c.org_id.not_in(told)), organisation.c.org_id.in_(told.where(then)))


def as_seen(scope: Scope, names: pd.Series) -> pd.Series:
    """Return people's names as the reader may see them (`Scope.person`); missing ones, and all that are not shown, are None."""
    told = [None if pd.isna(name) else scope.person(str(name)) for name in names]
    return pd.Series(told, index=names.index, dtype="object")


def discreet(scope: Scope, rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Leave out free text, which may name people, for readers who see masked names."""
    return rows if scope.names_members else rows.assign(**dict.fromkeys(columns))
