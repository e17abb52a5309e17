"""Where organisations stand (按属地): figures by place, every organisation as a point, and the sheet that a map is drawn from."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, case, false, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from data_access.queries import places, rolled
from data_access.queries.places import UNPLACED, Place
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation as org
from data_access.schema.places import place, sector
from data_access.schema.ratings import duty_figure, figure, org_score
from data_access.scoping import beneath, within
from domain import figures, geography
from domain.definition import Board
from domain.geography import Box
from domain.index import scores
from domain.indicators import INDICATORS
from domain.labelling import Sheet, inner_codes
from domain.period import Period
from domain.rounding import half_up
from domain.scope import Scope
from domain.vocabulary import Light, OrgKind, PlaceLevel

KNOWN = "已登记"  # of a position that is an organisation's own
MOST_DOTS = 2000  # more points than these are gathered into cells
MOST_CELLS = 600
MOST_POINTS = 50_000  # more are not drawn: a place so large is looked at by its parts
CELL_PIXELS = 24  # from one cell's middle to the next, on a map of the size of SHEET
SHEET = Sheet(760, 600)
FINER = 2.5  # how much finer the cells are that a map's inset enlarges
COUNTED = ("branches", "members", "branches_red", "branches_rated")  # columns that every place is told with
_TOLD = ("org_id", "org_code", "name")
_COUNTERS = ("branches", "members", "branches_red", "rated")  # the indicators that need them


@dataclass(frozen=True)
class Chosen:
    """What is looked at: a node of the tree (only what answers to it counts), a period, a place, and the filters of the map.

    `day` is the period's last, or today while it lasts: what lives on it is counted.
    `place` is the code of the smallest place chosen, whose parts are compared; `town` narrows a district to one town, or with
    `UNPLACED` to what stands in no known one. `sector` and `light` are None for all. `kind` and `light` choose what is drawn as
    a point and listed; figures by place are of branches.
    """

    org_id: int
    path: str
    period: Period
    day: date
    place: str
    town: str | None = None
    sector: str | None = None
    kind: OrgKind = OrgKind.BRANCH
    light: Light | None = None

    def at(self, place: str, town: str | None = None) -> "Chosen":
        """Return the same choice in another place."""
        return replace(self, place=place, town=town)

    @property
    def everything(self) -> "Chosen":
        """The same node and place without any filter."""
        return replace(self, sector=None, kind=OrgKind.BRANCH, light=None)


def home(connection: Connection, scope: Scope, chosen: Chosen) -> list[Place]:
    """Return the way from `chosen.place` down to the smallest place that holds all branches of the node.

    A city's committee begins with the city, a district's with the district, a branch with its town.
    """
    here = places.chain(connection, scope, chosen.place)
    while here and here[-1].level != PlaceLevel.TOWN:
        standing = by_place(connection, scope, chosen.at(here[-1].code), "branches")
        peopled = standing.loc[standing["branches"] > 0, "code"].tolist()
        if len(peopled) != 1 or peopled[0] == UNPLACED:
            break
        here = places.chain(connection, scope, peopled[0])
    return here


def by_place(connection: Connection, scope: Scope, chosen: Chosen, code: str) -> pd.DataFrame:
    """Compute the indicator `code` for every place right below `chosen.place`, from the node's branches that stand there.

    Columns, by code: code, name, level, lon, lat, value (in the indicator's unit; NaN where nothing stands), base (what it stands
    on), light (of a score, otherwise None), branches, members, branches_red, branches_rated (counts). A last row `UNPLACED` counts
    the branches that stand in the place and in none of its known parts, where there are any.
    """
    parts = places.parts(connection, scope, chosen.place)
    rules = settings(connection, scope)
    rows = _rows(connection, scope, chosen, parts, figure, [code, *_COUNTERS])
    measured = rows
    if INDICATORS[code].board is Board.DUTY:
        measured = _rows(connection, scope, chosen, parts, duty_figure, [code])
    values = figures.indicator(measured, code, ["code"], rules)
    counts = rows.groupby("code", as_index=False)[list(COUNTED)].sum()
    if (counts["code"] == UNPLACED).any():
        parts = pd.concat([parts, pd.DataFrame({"code": [UNPLACED], "name": ["属地未标明"]})], ignore_index=True)
    standing = parts.merge(values, on="code", how="left").merge(counts, on="code", how="left")
    standing[list(COUNTED)] = standing[list(COUNTED)].fillna(0).astype(int)
    return standing.assign(light=scores.light(standing["value"], rules) if INDICATORS[code].unit == "分" else None)


def _rows(connection: Connection, scope: Scope, chosen: Chosen, parts: pd.DataFrame, table: FromClause, codes: list[str]) -> pd.DataFrame:
    """The node's rolled-up rows in `chosen.place`, each with the `code` of the part that it belongs to.

    Districts come from the node's own rows; towns from the rows of the branches, because figures are not rolled up by town.
    """
    if (parts["level"] == PlaceLevel.TOWN).any():
        rows = _town_rows(connection, scope, chosen, table, codes)
        return rows.assign(code=rows["town_code"].where(rows["town_code"].isin(parts["code"]), UNPLACED))
    cut, periods = rolled.Cut(sector=chosen.sector), [chosen.period.code]
    if table is duty_figure:
        rows = rolled.duties(connection, scope, chosen.org_id, cut, periods, ("district_code",))
    else:
        known = [code for code in codes if INDICATORS[code].board is Board.FIGURE]
        rows = rolled.figures(connection, scope, chosen.org_id, cut, periods, known, by="district_code")
    return _in_parts(connection, scope, chosen, rows)


def _in_parts(connection: Connection, scope: Scope, chosen: Chosen, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the part of `chosen.place` that each row's district_code belongs to. What stands nowhere known belongs to the root."""
    shares = places.shares(connection, scope, chosen.place) | {chosen.place: UNPLACED}
    code = rows["district_code"].map(shares)
    if chosen.place == places.root(connection, scope):
        code = code.fillna(UNPLACED)
    return rows.assign(code=code).dropna(subset=["code"])


def _town_rows(connection: Connection, scope: Scope, chosen: Chosen, table: FromClause, codes: list[str]) -> pd.DataFrame:
    """Sum the branches' own rows by town. Columns: town_code (None: unknown), then the columns of the indicators `codes`."""
    board = Board.DUTY if table is duty_figure else Board.FIGURE
    mine = [INDICATORS[code] for code in codes if INDICATORS[code].board is board]
    summed = list(dict.fromkeys(name for item in mine for name in (*item.columns, item.base) if name))
    conditions = [table.c.period == chosen.period.code, org.c.kind == OrgKind.BRANCH, org.c.district_code == chosen.place]
    if chosen.sector:
        conditions.append(table.c.sector == chosen.sector)
    query = (
        select(org.c.town_code, *(func.sum(table.c[name]).label(name) for name in summed))
        .join_from(org, table, table.c.org_id == org.c.org_id)
        .where(within(scope, org.c.path), beneath(chosen.path, org.c.path), *conditions)
        .group_by(org.c.town_code)
        .order_by(org.c.town_code)
    )
    return pd.read_sql_query(query, connection).astype(dict.fromkeys(summed, float) | {"town_code": object})


def found(connection: Connection, scope: Scope, chosen: Chosen) -> pd.DataFrame:
    """Count the chosen organisations by the part of `chosen.place` that they stand in.

    Columns, by code: code (`UNPLACED` where none of the parts is known), found, green, yellow, red, grey (by index light), schematic
    (at a schematic point, 位置示意), pointless (without any point).
    """
    each = _each(scope, chosen, ("lon", "lat", "schematic")).subquery()
    pointless = or_(each.c.lon.is_(None), each.c.lat.is_(None))
    keys = [each.c.district_code, each.c.town_code, each.c.light if chosen.kind == OrgKind.BRANCH else each.c.score]
    counts = {"found": func.count(), "schematic": _how_many(and_(each.c.schematic, ~pointless)), "pointless": _how_many(pointless)}
    query = select(*keys, *(count.label(name) for name, count in counts.items())).group_by(*keys)
    standing = _placed(connection, scope, chosen, query)
    lit = {light.value: standing["found"].where(standing["light"] == light, 0) for light in Light}
    return standing[["code", *counts]].assign(**lit).groupby("code").sum().astype(int).reset_index()


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def listed(connection: Connection, scope: Scope, chosen: Chosen) -> pd.DataFrame:
    """List the chosen organisations, the weakest first.

    Columns: org_id, org_code, name, kind, sector_name (None where it has none), members, score (NaN: not rated), light, place_note
    (what is to be known about its point); by score, those not rated last, then by code.
    """
    standing = _placed(connection, scope, chosen, _each(scope, chosen, (*_TOLD, "kind", "sector", "lon", "lat", "schematic")))
    names = {row.code: row.name for row in connection.execute(select(sector.c.code, sector.c.name))}
    pointless = standing["lon"].isna() | standing["lat"].isna()
    note = np.select([pointless, standing["schematic"].astype(bool)], ["未登记", "位置示意"], KNOWN)
    standing = standing.assign(sector_name=standing["sector"].map(names).astype(object), place_note=note)
    columns = ["org_id", "org_code", "name", "kind", "sector_name", "members", "score", "light", "place_note"]
    return standing.sort_values(["score", "org_code"], na_position="last", ignore_index=True)[columns]


def sheet(connection: Connection, scope: Scope, chosen: Chosen, code: str) -> dict[str, pd.DataFrame]:
    """Return everything that is shown of `chosen.place`: at most a few hundred areas and cells, at most `MOST_DOTS` points.

    - standing: `by_place`, and found: `found`, for the ranking, the legend and the table;
    - areas: the columns of `by_place`, and shape (a `Shape`), role: "part" of the place, the place itself ("here"), or "beside" it;
    - spots: the towns that have a point: columns of `by_place`;
    - dots: code (of the part), org_code, name, lon, lat, light, schematic; none where there are too many, and then
    - cells: code (of the part), lon, lat, count, red; and inset_cells, finer ones of the parts that an inset enlarges. More than
      `MOST_POINTS` are not drawn at all: a place so large is looked at by its parts.
    """
    standing = by_place(connection, scope, chosen, code)
    areas = _areas(connection, scope, chosen, standing)
    spots = standing[(standing["level"] == PlaceLevel.TOWN) & standing["lon"].notna() & (standing["branches"] > 0)]
    if chosen.town:
        spots = spots[spots["code"] == chosen.town]
    counted = found(connection, scope, chosen)
    drawn = {"standing": standing, "found": counted, "areas": areas, "spots": spots.reset_index(drop=True)}
    return drawn | _points(connection, scope, chosen, areas, counted)


def marked(connection: Connection, scope: Scope, chosen: Chosen, codes: tuple[str, ...]) -> pd.DataFrame:
    """Tell where the organisations of these codes (`org_code`) stand, of whatever kind, inside `chosen.place`.

    Columns, by org_code: code (of the part; of a district that has towns only, its own), lon, lat: its own point, otherwise that of
    its town, otherwise NaN.
    """
    town = place.alias()
    own = org.c.lon.is_not(None) & org.c.lat.is_not(None)
    point = (case((own, org.c[name]), else_=town.c[name]).label(name) for name in ("lon", "lat"))
    query = (
        select(org.c.district_code, *point)
        .join_from(org, town, town.c.code == org.c.town_code, isouter=True)
        .where(within(scope, org.c.path), org.c.org_code.in_(codes))
        .order_by(org.c.org_code)
    )
    rows = pd.read_sql_query(query, connection).astype({"lon": float, "lat": float, "district_code": object})
    shares = {chosen.place: chosen.place} | places.shares(connection, scope, chosen.place)
    found = rows.assign(code=rows["district_code"].map(shares)).dropna(subset="code")
    return found[["code", "lon", "lat"]].reset_index(drop=True)


def _points(connection: Connection, scope: Scope, chosen: Chosen, areas: pd.DataFrame, counted: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The dots and cells of a sheet. Names are read only of dots: they are most of what a city's organisations weigh."""
    drawable = int(counted["found"].sum() - counted["pointless"].sum())
    dotted = drawable <= MOST_DOTS
    query = _each(scope, chosen, (*_TOLD, "lon", "lat", "schematic") if dotted else ("lon", "lat"))
    if dotted:
        query = query.order_by(org.c.org_code)
    else:
        needed = ("lon", "lat", "district_code", "town_code", "light" if chosen.kind == OrgKind.BRANCH else "score")
        query = query.with_only_columns(*(query.selected_columns[name] for name in needed), maintain_column_froms=True)
    query = query.where(org.c.lon.is_not(None), org.c.lat.is_not(None))
    points = _placed(connection, scope, chosen, query if drawable <= MOST_POINTS else query.where(false()))
    none = points.head(0).reindex(columns=["code", *_TOLD, "lon", "lat", "light", "schematic"])
    if dotted or points.empty:
        return {"dots": points if dotted else none, "cells": _cells(none, 1), "inset_cells": _cells(none, 1)}
    size = CELL_PIXELS * _pixel(points)
    inner = points["code"].isin(inner_codes(dict(zip(areas["code"], areas["shape"], strict=True))))
    finer = _cells(points[inner], size / FINER)
    while len(cells := _cells(points, size)) > MOST_CELLS:
        size *= 1.25
    return {"dots": none, "cells": cells, "inset_cells": finer}


def _areas(connection: Connection, scope: Scope, chosen: Chosen, standing: pd.DataFrame) -> pd.DataFrame:
    """The parts that have a boundary; where none has, the place itself among its neighbours."""
    shapes = places.boundaries(connection, scope, standing["code"])
    if shapes:
        areas = standing[standing["code"].isin(list(shapes))].assign(role="part")
        return areas.assign(shape=areas["code"].map(shapes)).reset_index(drop=True)
    way = places.chain(connection, scope, chosen.place)
    alone = pd.DataFrame([(step.code, step.name) for step in way[-1:]], columns=["code", "name"])
    around = places.parts(connection, scope, way[-2].code) if len(way) > 1 else alone
    shapes = places.boundaries(connection, scope, around["code"])
    areas = around[around["code"].isin(list(shapes))].copy()
    areas["role"] = (areas["code"] == chosen.place).map({True: "here", False: "beside"})
    return areas.assign(shape=areas["code"].map(shapes)).reset_index(drop=True)


def _pixel(points: pd.DataFrame) -> float:
    """World units a pixel, on a map of the size of `SHEET` that shows all points."""
    return geography.fit(Box.around(points[["lon", "lat"]].to_numpy(dtype=float)), SHEET.width, SHEET.height).pixel


def _cells(points: pd.DataFrame, size: float) -> pd.DataFrame:
    return geography.cells(points, size, ["code"], points["light"] == Light.RED)


def _placed(connection: Connection, scope: Scope, chosen: Chosen, query: Select) -> pd.DataFrame:
    """Read rows of `_each`, or counts of them, and add light (where it is a group's) and code: the part of `chosen.place`."""
    parts = places.parts(connection, scope, chosen.place)
    rows = pd.read_sql_query(query, connection)
    rows = rows.astype({name: float for name in ("lon", "lat", "score") if name in rows} | {"town_code": object, "district_code": object})
    if chosen.kind == OrgKind.BRANCH:
        rows["light"] = rows["light"].fillna(Light.GREY.value)
    else:
        rows["score"] = half_up(rows["score"])
        rows["light"] = scores.light(rows["score"], settings(connection, scope))
    if chosen.light:
        rows = rows[rows["light"] == chosen.light]
    if not (parts["level"] == PlaceLevel.TOWN).any():
        return _in_parts(connection, scope, chosen, rows).reset_index(drop=True)
    rows = rows[rows["district_code"] == chosen.place]
    rows = rows.assign(code=rows["town_code"].where(rows["town_code"].isin(parts["code"]), UNPLACED))
    return (rows[rows["code"] == chosen.town] if chosen.town else rows).reset_index(drop=True)


def _each(scope: Scope, chosen: Chosen, told: tuple[str, ...]) -> Select:
    """Select the chosen organisations that live on `chosen.day`, wherever they stand.

    Columns: `told` (of `organisation`), district_code, town_code, members, score, and of a branch its light. A branch is rated in
    its own right; an organisation above branches has the mean of those below it.
    """
    conditions: list[ColumnElement[bool]] = [
        within(scope, org.c.path),
        beneath(chosen.path, org.c.path),
        org.c.kind == chosen.kind,
        org.c.founded_on <= chosen.day,
        or_(org.c.dissolved_on.is_(None), org.c.dissolved_on >= chosen.day),
    ]
    if chosen.sector:
        conditions.append(org.c.sector == chosen.sector)
    columns, period = [org.c[name] for name in (*told, "district_code", "town_code")], chosen.period.code
    if chosen.kind == OrgKind.BRANCH:
        rated = and_(org_score.c.org_id == org.c.org_id, org_score.c.period == period)
        query = select(*columns, org_score.c.members, org_score.c.total.label("score"), org_score.c.light)
        return query.join_from(org, org_score, rated, isouter=True).where(*conditions)
    mean = func.sum(figure.c.score_points) / func.nullif(func.sum(figure.c.score_members), 0)
    below = select(figure.c.org_id, func.sum(figure.c.members).label("members"), mean.label("score"))
    standing = below.where(figure.c.period == period).group_by(figure.c.org_id).subquery()
    query = select(*columns, standing.c.members, standing.c.score)
    return query.join_from(org, standing, standing.c.org_id == org.c.org_id, isouter=True).where(*conditions)
