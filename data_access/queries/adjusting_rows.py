"""The rows behind what adds to and subtracts from a score besides its parts: honours, deductions and veto items.

A reason may name people, and is shown to those only who may read names; an honour's title is public.
"""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, Select, select

from data_access.queries import rated
from data_access.queries.explain import MANY, heads
from data_access.queries.item_rows import asked_of
from data_access.schema.organisations import deduction, honour, organisation
from data_access.schema.ratings import org_score
from data_access.scoping import within
from domain.index.adjustments import BONUS, VETO
from domain.index.quarters import RatedQuarter
from domain.scope import Scope

COLUMNS = ["what", "day", "points"]
_BELOW = ["org_code", "name", "members", "total", "points", "pull"]


def of_branch(connection: Connection, scope: Scope, org_id: int, adjustment: str, period: str, today: date) -> pd.DataFrame:
    """The branch's own rows of a key of `ADJUSTED` in a quarter, as they were counted; empty outside the scope.

    Columns: what (title or reason; None where the reader may read no reasons), day, points (as recorded, before the cap).
    """
    asked = asked_of(connection, scope, org_id, period, today)
    if asked is None:
        return pd.DataFrame(columns=COLUMNS)
    table = honour if adjustment == BONUS else deduction
    rows = pd.read_sql_query(
        counted(adjustment, asked.quarter).where(table.c.org_id == org_id, table.c.member_id.is_(None)), connection, parse_dates=["day"]
    )
    shown = rows if adjustment == BONUS or scope.names_members else rows.assign(what=None)
    return shown[COLUMNS]


def counted(adjustment: str, quarter: RatedQuarter) -> Select:
    """Select what, day and points of everybody's rows of a key of `ADJUSTED` that count in a quarter, the earliest first."""
    table = honour if adjustment == BONUS else deduction
    what, day = (honour.c.title, honour.c.awarded_on) if adjustment == BONUS else (deduction.c.reason, deduction.c.happened_on)
    chosen = [deduction.c.veto] if adjustment == VETO else []
    query = select(what.label("what"), day.label("day"), table.c.points)
    return query.where(day.between(quarter.period.first, quarter.evaluated_on), *chosen).order_by(day, *table.primary_key)


def below(connection: Connection, scope: Scope, org_id: int, adjustment: str, period: str) -> pd.DataFrame:
    """The branches below an organisation that a key of `ADJUSTED` concerns, what weighs most first, at most `MANY`.

    Columns: org_code, name, members, total (NaN: not rated), points (of the branch's own score, after the cap), pull (points of the
    organisation's index). Of vetoes points are those that were deducted.
    """
    path = connection.scalar(select(organisation.c.path).where(organisation.c.org_id == org_id, within(scope, organisation.c.path)))
    if path is None:
        return pd.DataFrame(columns=_BELOW)
    score = org_score.c
    points = score.bonus if adjustment == BONUS else score.deduction
    rows = pd.read_sql_query(
        select(organisation.c.org_code, organisation.c.name, score.members, score.total, points.label("points"))
        .join_from(org_score, organisation, organisation.c.org_id == score.org_id)
        .where(score.period == period, score.veto if adjustment == VETO else points > 0, *rated.inside(scope, path, period))
        .order_by((points * score.members).desc(), organisation.c.org_code)
        .limit(MANY),
        connection,
    ).astype({"total": float, "points": float})
    pull = (rows["points"] * rows["members"] / heads(connection, org_id, period)).where(rows["total"].notna())
    return rows.assign(pull=pull)[_BELOW]
