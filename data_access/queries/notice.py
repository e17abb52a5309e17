"""The month's notice to the superior (通报): how the organisations right below it stand, ranked, with what is owed and escalated."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.queries.escalation import escalated, measures_below, settled_quarter
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation
from data_access.schema.ratings import figure, tally
from data_access.scoping import beneath, right_below, within
from domain import index
from domain.figures import share
from domain.rounding import half_up
from domain.rules import INDEX_ESCALATION
from domain.scope import Scope
from domain.vocabulary import Light, OrgKind

_SUMS = ("branches", "branches_rated", "members", "score_points", "score_members")
_COUNTS = ["branches", "rated", "members", "red", "yellow"]
COLUMNS = [
    "superior_id",
    "org_code",
    "name",
    "kind",
    *_COUNTS,
    "total",
    "light",
    "change",
    "rank",
    "peers",
    "reminder",
    "talk",
    "rectification",
]


def notice(connection: Connection, scope: Scope, org_id: int, path: str, today: date) -> pd.DataFrame:
    """Rank the living organisations right below this one by their index of the last settled quarter; one row each: by kind, the best first.

    Ranks are standard competition ranks among those of one superior and kind. Columns: superior_id, org_code, name, kind, branches,
    rated (branches that the index stands on), members, red and yellow (open duty lights at or below it, exempted ones left out), total
    (NaN where not rated), light, change (against the quarter before), rank, peers (NaN where not rated), reminder, talk, rectification
    (branches at or below it that the measure is due for, exempted ones left out).
    """
    return _ranked(connection, scope, right_below(scope, org_id), path, today)


def notices(connection: Connection, scope: Scope, path: str, today: date) -> pd.DataFrame:
    """The notices of every superior at and below `path`, read at once: the columns of `notice`, by superior_id, each best first."""
    inside = and_(within(scope, organisation.c.path), beneath(path, organisation.c.path), organisation.c.path != path)
    return _ranked(connection, scope, inside, path, today)


def _ranked(connection: Connection, scope: Scope, inside: ColumnElement[bool], path: str, today: date) -> pd.DataFrame:
    rows = _standing(connection, inside, today)
    rows["total"] = share(rows["now_score_points"], rows["now_score_members"], 1).pipe(half_up)
    before = share(rows["before_score_points"], rows["before_score_members"], 1).pipe(half_up)
    rows["light"] = index.light(rows["total"], settings(connection, scope))
    ranked = index.rank(rows, by=("superior_id", "kind"))
    rows = rows.assign(change=half_up(rows["total"] - before), rank=ranked["rank"], peers=ranked["peers"])
    rows = rows.rename(columns={"now_branches": "branches", "now_branches_rated": "rated", "now_members": "members"})
    rows[_COUNTS] = rows[_COUNTS].fillna(0).astype(int)
    counted = measures_below(escalated(connection, scope, path, today), rows["path"])
    rows = rows.join(counted).assign(height=rows["kind"].map({kind.value: number for number, kind in enumerate(OrgKind)}))
    rows = rows.sort_values(["superior_id", "height", "total", "org_code"], ascending=[True, True, False, True], na_position="last")
    return rows[COLUMNS].reset_index(drop=True)


def _standing(connection: Connection, inside: ColumnElement[bool], today: date) -> pd.DataFrame:
    """The living organisations with the sums of the last settled quarter (now_…) and the one before (before_…), and their lights."""
    now = settled_quarter(today)
    quarters = {"now": now.code, "before": now.shift(-1).code}
    chosen = select(organisation.c.org_id).where(inside, organisation.c.dissolved_on.is_(None))
    sums = (
        select(
            figure.c.org_id,
            *(
                func.sum(case((figure.c.period == code, figure.c[name]))).label(f"{when}_{name}")
                for when, code in quarters.items()
                for name in _SUMS
            ),
        )
        .where(figure.c.org_id.in_(chosen), figure.c.period.in_(list(quarters.values())))
        .group_by(figure.c.org_id)
        .subquery()
    )
    lights = (
        select(
            tally.c.org_id,
            *(
                func.sum(case((tally.c.category == colour.value, tally.c.count))).label(colour.value)
                for colour in (Light.RED, Light.YELLOW)
            ),
        )
        .where(tally.c.org_id.in_(chosen), tally.c.dimension.like("light:%"), tally.c.dimension != f"light:{INDEX_ESCALATION}")
        .group_by(tally.c.org_id)
        .subquery()
    )
    return pd.read_sql_query(
        select(
            *(organisation.c[name] for name in ("superior_id", "org_code", "name", "kind", "path")),
            *(column for column in sums.c if column.name != "org_id"),
            lights.c.red,
            lights.c.yellow,
        )
        .outerjoin(sums, sums.c.org_id == organisation.c.org_id)
        .outerjoin(lights, lights.c.org_id == organisation.c.org_id)
        .where(organisation.c.org_id.in_(chosen))
        .order_by(organisation.c.org_code),
        connection,
    )
