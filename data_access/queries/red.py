"""Red resources (红色资源): sites, routes and what is near. Public reference data, the same for every scope."""

from dataclasses import asdict, dataclass

import pandas as pd
from sqlalchemy import Connection, Select, select

from data_access.queries import places
from data_access.schema.organisations import organisation
from data_access.schema.places import nearby_place, place, red_route, red_site, red_stop
from data_access.scoping import within
from domain import red
from domain.scope import Scope


@dataclass(frozen=True)
class Search:
    """What sites are looked for; None and what is empty are no condition. `only` lists the ids of a few."""

    district: str | None = None
    kind: str | None = None
    era: str | None = None
    theme: str | None = None
    words: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standpoint:
    """Where an organisation stands, in degrees; `schematic` where the point is placed, not surveyed."""

    name: str
    lon: float
    lat: float
    schematic: bool


EVERYTHING = Search()


def sites(connection: Connection, scope: Scope, search: Search = EVERYTHING) -> pd.DataFrame:
    """List the sites that `search` finds, by id. Columns: those of `red_site`, district_name (None: unknown), schematic (bool)."""
    query = (
        select(red_site, place.c.name.label("district_name"))
        .join_from(red_site, place, place.c.code == red_site.c.district_code, isouter=True)
        .order_by(red_site.c.site_id)
    )
    found = pd.read_sql_query(query, connection)
    found = found.assign(schematic=found["precision_m"] > red.SCHEMATIC_M)
    return red.matching(found, **asdict(search)).reset_index(drop=True)


def routes(connection: Connection, scope: Scope) -> pd.DataFrame:
    """List the routes, by id.

    Columns: route_id, name, theme, mode (None: unknown), official (bool), extra_stops, source_note, stops (how many are located),
    length_m (straight lines between located stops), lon, lat (of the first located stop; NaN where none is).
    """
    listed = pd.read_sql_query(select(red_route).order_by(red_route.c.route_id), connection)
    located = pd.read_sql_query(_located().order_by(red_stop.c.route_id, red_stop.c.seq), connection)
    located["leg_m"] = located.groupby("route_id", group_keys=False)[["lon", "lat"]].apply(red.legs) if len(located) else None
    told = located.groupby("route_id").agg(stops=("seq", "size"), length_m=("leg_m", "sum"), lon=("lon", "first"), lat=("lat", "first"))
    listed = listed.merge(told, left_on="route_id", right_index=True, how="left")
    return listed.assign(stops=listed["stops"].fillna(0).astype(int))


def stops(connection: Connection, scope: Scope, route_id: str) -> pd.DataFrame:
    """List the located stops of a route in order.

    Columns: seq, site_id, name, district_name, precision_m, schematic (bool), lon, lat, leg_m (straight from the stop before; NaN for
    the first). Empty for an unknown route.
    """
    query = _located().where(red_stop.c.route_id == route_id).order_by(red_stop.c.seq)
    found = pd.read_sql_query(query, connection)
    return found.assign(schematic=found["precision_m"] > red.SCHEMATIC_M, leg_m=red.legs(found)).drop(columns="route_id")


def routes_through(connection: Connection, scope: Scope, site_id: str) -> dict[str, str]:
    """Return {route_id: name} of the routes that stop at a site, by id."""
    query = (
        select(red_route.c.route_id, red_route.c.name)
        .join_from(red_stop, red_route, red_route.c.route_id == red_stop.c.route_id)
        .where(red_stop.c.site_id == site_id)
        .order_by(red_route.c.route_id)
    )
    return {row.route_id: row.name for row in connection.execute(query)}


def nearby(connection: Connection, scope: Scope, site_id: str) -> pd.DataFrame:
    """List what stands near a site, the nearest first. Columns: site_id, name, type, revolutionary (bool), metres."""
    query = (
        select(red_site.c.site_id, red_site.c.name, red_site.c.type, red_site.c.revolutionary, nearby_place.c.metres)
        .join_from(nearby_place, red_site, red_site.c.site_id == nearby_place.c.near_site_id)
        .where(nearby_place.c.site_id == site_id)
        .order_by(nearby_place.c.metres, red_site.c.site_id)
    )
    return pd.read_sql_query(query, connection)


def standpoint(connection: Connection, scope: Scope, org_id: int) -> Standpoint | None:
    """Return where an organisation of the scope stands, to measure distances from; None where it has no point."""
    query = select(organisation.c.name, organisation.c.lon, organisation.c.lat, organisation.c.schematic).where(
        organisation.c.org_id == org_id,
        within(scope, organisation.c.path),
        organisation.c.lon.is_not(None),
        organisation.c.lat.is_not(None),
    )
    row = connection.execute(query).one_or_none()
    return Standpoint(row.name, row.lon, row.lat, row.schematic) if row else None


def sheet(
    connection: Connection, scope: Scope, search: Search, route_id: str | None, site_id: str | None, org_id: int
) -> dict[str, pd.DataFrame]:
    """Return what the red map is drawn from.

    - areas: the parts of the installation's place that have a boundary: code, name, shape (a `Shape`);
    - sites: what `search` finds, and with it the stops of the route and the chosen site: site_id, name, type, lon, lat, schematic,
      revolutionary, found (bool: meets the search), chosen (bool);
    - stops: `stops` of the route; own: name, lon, lat of the organisation that distances are measured from, one row or none.
    """
    top = places.root(connection, scope)
    parts = places.parts(connection, scope, top) if top else places.parts(connection, scope, "")
    shapes = places.boundaries(connection, scope, parts["code"])
    areas = parts[parts["code"].isin(list(shapes))]
    route = stops(connection, scope, route_id or "")
    matched = sites(connection, scope, search)["site_id"]
    shown = sites(connection, scope)
    shown = shown.assign(found=shown["site_id"].isin(matched), chosen=shown["site_id"] == site_id)
    shown = shown[shown["found"] | shown["chosen"] | shown["site_id"].isin(route["site_id"])]
    here = standpoint(connection, scope, org_id)
    own = pd.DataFrame([(here.name, here.lon, here.lat)] if here else [], columns=["name", "lon", "lat"])
    columns = ["site_id", "name", "type", "lon", "lat", "schematic", "revolutionary", "found", "chosen"]
    return {
        "areas": areas[["code", "name"]].assign(shape=areas["code"].map(shapes)).reset_index(drop=True),
        "sites": shown[columns].reset_index(drop=True),
        "stops": route,
        "own": own,
    }


def _located() -> Select:
    columns = (
        red_site.c.site_id,
        red_site.c.name,
        place.c.name.label("district_name"),
        red_site.c.precision_m,
        red_site.c.lon,
        red_site.c.lat,
    )
    return (
        select(red_stop.c.route_id, red_stop.c.seq, *columns)
        .join_from(red_stop, red_site, red_site.c.site_id == red_stop.c.site_id)
        .join(place, place.c.code == red_site.c.district_code, isouter=True)
    )
