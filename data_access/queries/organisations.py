"""Organisations: finding one, where it stands in the tree, and what a scope can be cut by."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Row, Select, and_, case, or_, select

from data_access.schema.organisations import organisation as org
from data_access.schema.places import place, sector
from data_access.schema.ratings import figure
from data_access.scoping import within
from domain.scope import Scope
from domain.vocabulary import OrgKind, PlaceLevel


@dataclass(frozen=True)
class Organisation:
    """An organisation as the masthead needs it; `district_code` is where it stands, None for one without a district."""

    org_id: int
    org_code: str
    name: str
    kind: OrgKind
    sector: str | None
    path: str
    depth: int
    district_code: str | None


@dataclass(frozen=True)
class Found:
    """An organisation that a search found, its superior's name (None for the scope's root), and whether it was dissolved."""

    organisation: Organisation
    superior: str | None
    dissolved: bool


def root(connection: Connection, scope: Scope) -> Organisation | None:
    """Return the organisation that the scope begins with; None where it no longer exists."""
    return _one(connection, _described(scope).where(org.c.org_id == scope.org_id))


def by_code(connection: Connection, scope: Scope, code: str) -> Organisation | None:
    """Return the organisation of that code; None alike where there is none and where it is outside the scope."""
    return _one(connection, _described(scope).where(org.c.org_code == code))


def find(connection: Connection, scope: Scope, words: str, limit: int = 12) -> list[Found]:
    """Find organisations whose name, pinyin, initials or code hold every word of `words` (separated by spaces).

    Existing ones come before dissolved ones, those that begin with the first word before those that only hold it, higher ones
    before lower ones, then by code; at most `limit` of them, none for an empty search.
    """
    terms = words.lower().split()
    if not terms:
        return []
    superior = org.alias("superior")
    searched = (org.c.name, org.c.pinyin, org.c.initials, org.c.org_code)
    held = [or_(*(column.icontains(term, autoescape=True) for column in searched)) for term in terms]
    begins = or_(*(column.istartswith(terms[0], autoescape=True) for column in searched))
    query = (
        _described(scope)
        .add_columns(superior.c.name.label("superior"), org.c.dissolved_on)
        .join_from(org, superior, and_(org.c.superior_id == superior.c.org_id, within(scope, superior.c.path)), isouter=True)
        .where(*held)
        .order_by(org.c.dissolved_on.is_not(None), case((begins, 0), else_=1), org.c.depth, org.c.org_code)
        .limit(limit)
    )
    return [Found(_organisation(row), row.superior, row.dissolved_on is not None) for row in connection.execute(query)]


def children(connection: Connection, scope: Scope, org_id: int) -> pd.DataFrame:
    """List the existing organisations right below `org_id`, by code.

    Columns: org_id, org_code, name, kind (str, an `OrgKind`), sector (str or None), district_code (str or None), path.
    """
    query = (
        select(org.c.org_id, org.c.org_code, org.c.name, org.c.kind, org.c.sector, org.c.district_code, org.c.path)
        .where(within(scope, org.c.path), org.c.superior_id == org_id, org.c.dissolved_on.is_(None))
        .order_by(org.c.org_code)
    )
    return pd.read_sql_query(query, connection)


def breadcrumb(connection: Connection, scope: Scope, path: str) -> list[Organisation]:
    """Return the organisations along `path` from the scope's root down to the one it belongs to; none above the root."""
    along = [int(step) for step in path.strip("/").split("/")]
    return [_organisation(row) for row in connection.execute(_described(scope).where(org.c.org_id.in_(along)).order_by(org.c.depth))]


def sectors(connection: Connection, scope: Scope) -> dict[str, str]:
    """Return {code: name} of the installation's sectors, in their order; the same for every scope."""
    return {row.code: row.name for row in connection.execute(select(sector.c.code, sector.c.name).order_by(sector.c.rank, sector.c.code))}


def districts(connection: Connection, scope: Scope) -> dict[str, str]:
    """Return {code: name} of the districts in which organisations of the scope stand, by code."""
    stood = select(org.c.district_code).where(within(scope, org.c.path)).distinct()
    query = select(place.c.code, place.c.name).where(place.c.level == PlaceLevel.DISTRICT, place.c.code.in_(stood)).order_by(place.c.code)
    return {row.code: row.name for row in connection.execute(query)}


def quarters(connection: Connection, scope: Scope) -> list[str]:
    """Return the codes of the quarters that the scope's root has figures for, oldest first."""
    query = (
        select(figure.c.period).where(figure.c.org_id == scope.org_id, figure.c.period.contains("Q")).distinct().order_by(figure.c.period)
    )
    return list(connection.scalars(query))


def _described(scope: Scope) -> Select:
    columns = (org.c.org_id, org.c.org_code, org.c.name, org.c.kind, org.c.sector, org.c.path, org.c.depth, org.c.district_code)
    return select(*columns).where(within(scope, org.c.path))


def _organisation(row: Row) -> Organisation:
    return Organisation(row.org_id, row.org_code, row.name, OrgKind(row.kind), row.sector, row.path, row.depth, row.district_code)


def _one(connection: Connection, query: Select) -> Organisation | None:
    row = connection.execute(query).one_or_none()
    return _organisation(row) if row else None
