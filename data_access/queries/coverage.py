"""Cover of the new sectors (两新): units that have a party organisation, as published for places."""

import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.queries.rolled import Cut
from data_access.schema.organisations import organisation
from data_access.schema.places import installation, place, sector, sector_coverage
from data_access.scoping import within
from domain import figures
from domain.scope import Scope
from domain.vocabulary import OrgKind


def new_sectors(connection: Connection, scope: Scope, org_id: int, cut: Cut) -> pd.DataFrame:
    """Cover of each new sector in the place that the node leads, or in the district of it that the reader chose, as last published.

    Columns: key (sector code), name, units, covered, value (percent; NaN where there are no units), as_of, source; in the order of
    sectors. Empty where the node leads no place (a committee of a school does not answer for its district's enterprises).
    """
    code = _place(connection, scope, org_id, cut.place)
    latest = (
        select(sector_coverage.c.sector, func.max(sector_coverage.c.as_of).label("as_of"))
        .where(sector_coverage.c.place_code == code)
        .group_by(sector_coverage.c.sector)
        .subquery()
    )
    query = (
        select(
            sector.c.code.label("key"),
            *(sector.c.name, sector_coverage.c.units, sector_coverage.c.covered, sector_coverage.c.as_of, sector_coverage.c.source),
        )
        .join_from(sector_coverage, sector, sector.c.code == sector_coverage.c.sector)
        .join(latest, (latest.c.sector == sector_coverage.c.sector) & (latest.c.as_of == sector_coverage.c.as_of))
        .where(sector_coverage.c.place_code == code, *([sector.c.code == cut.sector] if cut.sector else []))
        .order_by(sector.c.rank, sector.c.code)
    )
    rows = pd.read_sql_query(query, connection)
    rates = figures.indicator(rows, "new_sector_coverage", ["key"])[["key", "value"]]
    return rows.merge(rates, on="key", how="left")[["key", "name", "units", "covered", "value", "as_of", "source"]]


def _place(connection: Connection, scope: Scope, org_id: int, chosen: str | None) -> str | None:
    """The code of the place that a node leads, or of `chosen` where that lies in it; None where there is none.

    A local committee (地方党委) leads the district that it stands in; with local committees below it, the place above that
    district; the root of the tree leads the installation's place.
    """
    below = organisation.alias()
    leading = (
        select(func.count()).select_from(below).where(below.c.superior_id == organisation.c.org_id, below.c.kind == OrgKind.LOCAL_COMMITTEE)
    ).scalar_subquery()
    node = connection.execute(
        select(organisation.c.depth, organisation.c.district_code, place.c.parent_code, leading.label("leading"))
        .outerjoin_from(organisation, place, place.c.code == organisation.c.district_code)
        .where(organisation.c.org_id == org_id, organisation.c.kind == OrgKind.LOCAL_COMMITTEE, within(scope, organisation.c.path))
    ).one_or_none()
    if node is None:
        return None
    if node.depth == 1:
        led = connection.scalar(select(installation.c.value).where(installation.c.key == "root_place"))
    else:
        led = node.parent_code if node.leading else node.district_code
    return led if chosen is None or chosen == led else _inside(connection, chosen, led)


def _inside(connection: Connection, code: str, led: str | None) -> str | None:
    """Return `code` where the place lies in the place `led`, at any depth; otherwise None."""
    above: str | None = code
    while above is not None and above != led:
        above = connection.scalar(select(place.c.parent_code).where(place.c.code == above))
    return code if above is not None else None
