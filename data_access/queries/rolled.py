"""Sums over one node's rolled-up rows: the only way in which the indicator board reads `figure`, `duty_figure` and `tally`.

A node is an organisation inside the scope; one outside answers with no rows, exactly as one that does not exist. A cut narrows
the node's rows to the branches that stand in one district (by place, 按属地) or belong to one sector.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from data_access.schema.organisations import organisation
from data_access.schema.ratings import duty_figure, figure, tally
from data_access.scoping import within
from domain.indicators import INDICATORS
from domain.scope import Scope


@dataclass(frozen=True)
class Cut:
    """What narrows a node's figures: a district's code, a sector's code; None for all."""

    place: str | None = None
    sector: str | None = None


def figures(
    connection: Connection, scope: Scope, org_id: int, cut: Cut, periods: Iterable[str], codes: Iterable[str], by: str = "period"
) -> pd.DataFrame:
    """Sum what the indicators `codes` are computed from, over the node's rows of `periods`, one row a value of `by`.

    Columns: `by` (a key column of `figure`), then the indicators' columns (float; NaN where the source says nothing).
    """
    return _sums(connection, scope, figure, figure.c.org_id == org_id, cut, periods, _columns(codes), (by,))


def figures_below(
    connection: Connection, scope: Scope, org_id: int, cut: Cut, periods: Iterable[str], codes: Iterable[str]
) -> pd.DataFrame:
    """Sum like `figures`, one row an existing organisation right below the node (by the tree of superiors, 按隶属).

    Columns: org_id, then the indicators' columns.
    """
    node = organisation.alias()
    inside = select(node.c.org_id).where(node.c.org_id == org_id, within(scope, node.c.path))
    below = and_(organisation.c.superior_id.in_(inside), organisation.c.dissolved_on.is_(None))
    return _sums(connection, scope, figure, below, cut, periods, _columns(codes), ("org_id",))


def duties(connection: Connection, scope: Scope, org_id: int, cut: Cut, periods: Iterable[str], by: tuple[str, ...]) -> pd.DataFrame:
    """Count the node's duties. Columns: *by (key columns of `duty_figure`), due, held, late, missed, unknown."""
    counts = ("due", "held", "late", "missed", "unknown")
    return _sums(connection, scope, duty_figure, duty_figure.c.org_id == org_id, cut, periods, counts, by)


def duties_below(connection: Connection, scope: Scope, org_id: int, periods: Iterable[str]) -> pd.DataFrame:
    """Count the duties of each existing organisation right below the node, by period: org_id, period, due, held, late, missed, unknown."""
    node = organisation.alias()
    inside = select(node.c.org_id).where(node.c.org_id == org_id, within(scope, node.c.path))
    below = and_(organisation.c.superior_id.in_(inside), organisation.c.dissolved_on.is_(None))
    columns = ("due", "held", "late", "missed", "unknown")
    return _sums(connection, scope, duty_figure, below, Cut(), periods, columns, ("org_id", "period"))


def counts(connection: Connection, scope: Scope, org_id: int, cut: Cut, dimensions: Iterable[str]) -> pd.DataFrame:
    """Count what stands on the as-of date, by dimension ("light" stands for every "light:…").

    Columns: dimension, category, count.
    """
    wanted = tuple(dimensions)
    heads = [tally.c.dimension.startswith(f"{name}:", autoescape=True) for name in wanted]
    query = (
        select(tally.c.dimension, tally.c.category, func.sum(tally.c.count).label("count"))
        .join_from(tally, organisation, organisation.c.org_id == tally.c.org_id)
        .where(tally.c.org_id == org_id, within(scope, organisation.c.path), *_cut(tally, cut))
        .where(or_(tally.c.dimension.in_(wanted), *heads))
        .group_by(tally.c.dimension, tally.c.category)
        .order_by(tally.c.dimension, tally.c.category)
    )
    return pd.read_sql_query(query, connection)


def _sums(
    connection: Connection,
    scope: Scope,
    table: Table,
    nodes: ColumnElement[bool],
    cut: Cut,
    periods: Iterable[str],
    columns: Iterable[str],
    by: tuple[str, ...],
) -> pd.DataFrame:
    keys = [table.c[name] for name in by]
    summed = list(columns)
    query = (
        select(*keys, *(func.sum(table.c[name]).label(name) for name in summed))
        .join_from(table, organisation, organisation.c.org_id == table.c.org_id)
        .where(nodes, within(scope, organisation.c.path), table.c.period.in_(list(periods)), *_cut(table, cut))
        .group_by(*keys)
        .order_by(*keys)
    )
    rows = pd.read_sql_query(query, connection)
    return rows.astype(dict.fromkeys(summed, float))


def _cut(table: Table, cut: Cut) -> list[ColumnElement[bool]]:
    given = {"district_code": cut.place, "sector": cut.sector}
    return [table.c[name] == code for name, code in given.items() if code]


def _columns(codes: Iterable[str]) -> tuple[str, ...]:
    """The columns that these indicators need, each once, in a fixed order."""
    needed = [name for code in codes for name in (*INDICATORS[code].columns, INDICATORS[code].base) if name]
    return tuple(dict.fromkeys(needed))
