"""Escalation (督促措施): which branches were red quarter after quarter, and what their superiors do about it."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from data_access.queries.settings import settings
from data_access.schema.organisations import exemption, organisation
from data_access.schema.ratings import org_score
from data_access.scoping import beneath, within
from domain.escalation import Measure, escalations
from domain.period import Period
from domain.rules import INDEX_ESCALATION
from domain.scope import Scope
from domain.vocabulary import Light

_MEASURES = [measure.value for measure in Measure if measure is not Measure.NONE]


def settled_quarter(today: date) -> Period:
    """Return the last quarter that has frozen: an open one (暂评) is no ground for a measure."""
    quarter = Period.quarter(today)
    while not quarter.frozen(today):
        quarter = quarter.shift(-1)
    return quarter


def escalated(connection: Connection, scope: Scope, path: str, today: date) -> pd.DataFrame:
    """The living branches at and below `path` whose index was red in the last settled quarter, the longest row first, then by code.

    Columns: org_id, org_code, name, path, score (of that quarter), quarters (red in a row, as far as scores are kept), since (code of the
    first), measure (a `Measure`), exempt_to (the day until which an approved exemption switches the measure off; NaT without), reason
    and approved_by (of the exemption; None without).
    """
    last = settled_quarter(today)
    red_now = select(org_score.c.org_id).where(org_score.c.period == last.code, org_score.c.light == Light.RED)
    rows = pd.read_sql_query(
        select(
            org_score.c.org_id,
            org_score.c.period,
            org_score.c.light,
            org_score.c.total.label("score"),
            *(organisation.c[name] for name in ("org_code", "name", "path")),
        )
        .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        .where(
            org_score.c.period <= last.code,
            org_score.c.light == Light.RED,
            org_score.c.org_id.in_(red_now),
            organisation.c.dissolved_on.is_(None),
            within(scope, organisation.c.path),
            beneath(path, organisation.c.path),
        ),
        connection,
    )
    found = escalations(rows[["org_id", "period", "light"]], last, settings(connection, scope))
    told = rows[rows["period"] == last.code].drop(columns=["period", "light"])
    found = found[found["measure"].isin(_MEASURES)].merge(told, on="org_id").merge(_exempt(connection, today), on="org_id", how="left")
    found = found.sort_values(["quarters", "org_code"], ascending=[False, True], ignore_index=True)
    columns = ["org_id", "org_code", "name", "path", "score", "quarters", "since", "measure", "exempt_to", "reason", "approved_by"]
    return found[columns]


def _exempt(connection: Connection, today: date) -> pd.DataFrame:
    """The exemptions from measures in force today, the longest of each organisation."""
    rows = pd.read_sql_query(
        select(exemption.c.org_id, exemption.c.to_on.label("exempt_to"), exemption.c.reason, exemption.c.approved_by)
        .where(exemption.c.rule_id == INDEX_ESCALATION, exemption.c.from_on <= today, exemption.c.to_on >= today)
        .order_by(exemption.c.to_on, exemption.c.exemption_id),
        connection,
        parse_dates=["exempt_to"],
    )
    return rows.drop_duplicates("org_id", keep="last")


def measures_below(escalations: pd.DataFrame, paths: pd.Series) -> pd.DataFrame:
    """Count the measures due at and below each of some organisations, exempted ones left out.

    Expects the columns of `escalated`, and the organisations' paths. Returns, aligned with `paths`: reminder, talk, rectification.
    """
    due = escalations[escalations["exempt_to"].isna()]
    steps = [path.strip("/").split("/") for path in due["path"]]
    above = pd.DataFrame(
        [
            ("/" + "/".join(ids[: depth + 1]) + "/", measure)
            for ids, measure in zip(steps, due["measure"], strict=True)
            for depth in range(len(ids))
        ],
        columns=["path", "measure"],
    )
    counts = pd.crosstab(above["path"], above["measure"]).reindex(columns=_MEASURES, fill_value=0)
    return counts.reindex(paths.to_numpy(), fill_value=0).astype(int).set_axis(paths.index)
