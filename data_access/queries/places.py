"""Places: the way down from the installation's root, what lies right below a place, and the boundaries to draw them with.

Places are public reference data and the same for every scope.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from data_access.schema.places import installation, place
from domain.geography import Shape, read_shape
from domain.scope import Scope
from domain.vocabulary import PlaceLevel

LOG = logging.getLogger("party.places")

UNPLACED = "none"  # stands for "no known place of this level" where a place's code stands otherwise


@dataclass(frozen=True)
class Place:
    """A place on the way down the map."""

    code: str
    name: str
    level: PlaceLevel


def root(connection: Connection, scope: Scope) -> str | None:
    """Return the code of the place that the installation covers."""
    return connection.scalar(select(installation.c.value).where(installation.c.key == "root_place"))


def chain(connection: Connection, scope: Scope, code: str) -> list[Place]:
    """Return the places from the installation's root down to `code`; none where the code is unknown or not below the root."""
    top = root(connection, scope)
    found: list[Place] = []
    at: str | None = code
    while at is not None:
        row = connection.execute(select(place).where(place.c.code == at)).one_or_none()
        if row is None:
            break
        found.insert(0, Place(row.code, row.name, PlaceLevel(row.level)))
        if row.code == top:
            return found
        at = row.parent_code
    return []


def parts(connection: Connection, scope: Scope, parent: str) -> pd.DataFrame:
    """List the places right below `parent`, villages left out. Columns, by code: code, name, level, lon, lat (NaN: unknown)."""
    query = (
        select(place.c.code, place.c.name, place.c.level, place.c.lon, place.c.lat)
        .where(place.c.parent_code == parent, place.c.level != PlaceLevel.VILLAGE)
        .order_by(place.c.code)
    )
    return pd.read_sql_query(query, connection).astype({"lon": float, "lat": float})


def shares(connection: Connection, scope: Scope, parent: str) -> dict[str, str]:
    """Tell which part of `parent` each city, district or town belongs to: {its code: code of the place right below `parent`}."""
    levels = (PlaceLevel.CITY, PlaceLevel.DISTRICT, PlaceLevel.TOWN)
    above = {
        row.code: row.parent_code for row in connection.execute(select(place.c.code, place.c.parent_code).where(place.c.level.in_(levels)))
    }
    found = {}
    for code in above:
        at = code
        while above.get(at) not in (None, parent):
            at = above[at]
        if above.get(at) == parent:
            found[code] = at
    return found


def boundaries(connection: Connection, scope: Scope, codes: Iterable[str]) -> dict[str, Shape]:
    """Return the boundaries of those of `codes` that have one, by code. One that is no GeoJSON polygon counts as none."""
    query = (
        select(place.c.code, place.c.boundary).where(place.c.code.in_(list(codes)), place.c.boundary.is_not(None)).order_by(place.c.code)
    )
    found = {}
    for row in connection.execute(query):
        try:
            found[row.code] = read_shape(row.boundary)
        except ValueError as error:
            LOG.warning("the boundary of place %s cannot be read: %s", row.code, error)
    return found
