"""The weakest branches of a node, and why they are weak."""

import pandas as pd
from sqlalchemy import Connection, select

from data_access.queries.rolled import Cut
from data_access.schema.organisations import organisation
from data_access.schema.places import place, sector
from data_access.schema.ratings import index_weight, light, org_score
from data_access.scoping import beneath, within
from domain import index
from domain.rules import INDEX_ESCALATION, RULES
from domain.scope import Scope
from domain.vocabulary import Light, Part

PARTS = [part.value for part in Part]


def weakest(connection: Connection, scope: Scope, path: str, cut: Cut, period: str, limit: int = 8) -> pd.DataFrame:
    """The rated branches at and below `path` with the lowest fortress index in `period`, lowest first, then by code.

    Columns: org_code, name, district, sector_name (None where unknown), score, light, part (label of the part that lost most),
    loss (points of 100 that it lost), deduction (points taken off, after the cap), veto (bool), reds (number of open red duty
    lights), rules (list of their titles, the most frequent first).
    """
    given = {organisation.c.district_code: cut.place, organisation.c.sector: cut.sector}
    query = (
        select(
            *(organisation.c[name] for name in ("org_id", "org_code", "name")),
            *(place.c.name.label("district"), organisation.c.sector, sector.c.name.label("sector_name")),
            *(org_score.c.total.label("score"), org_score.c.light, org_score.c.deduction, org_score.c.veto, org_score.c.weights_version),
            *(org_score.c[part] for part in PARTS),
        )
        .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .where(org_score.c.period == period, org_score.c.total.is_not(None))
        .where(within(scope, organisation.c.path), beneath(path, organisation.c.path))
        .where(*(column == code for column, code in given.items() if code))
        .order_by(org_score.c.total, organisation.c.org_code)
        .limit(limit)
    )
    rows = pd.read_sql_query(query, connection)
    losses = _losses(connection, rows)
    rows["part"] = losses.idxmax(axis=1).map(Part.labels()) if len(rows) else pd.Series(dtype="str")
    rows["loss"] = losses.max(axis=1)
    rows = rows.merge(_red_lights(connection, rows["org_id"].tolist()), on="org_id", how="left")
    rows["reds"] = rows["reds"].fillna(0).astype(int)
    rows["rules"] = [titles if isinstance(titles, list) else [] for titles in rows["rules"]]
    rows["veto"] = rows["veto"].astype(bool)
    columns = ["org_code", "name", "district", "sector_name", "score", "light", "part", "loss", "deduction", "veto", "reds", "rules"]
    return rows[columns]


def _losses(connection: Connection, rows: pd.DataFrame) -> pd.DataFrame:
    """The points that each part falls short of its weight, a column a part, aligned with `rows`; NaN where it is left out."""
    versions = rows["weights_version"].unique().tolist()
    weights = pd.read_sql_query(select(index_weight).where(index_weight.c.version.in_(versions)), connection)
    shares = rows[PARTS].astype(float)
    losses = []
    for version, group in shares.groupby(rows["weights_version"]):
        template = index.template(
            weights[weights["version"] == version], index.Subject.BRANCH, rows.loc[group.index, "sector"], index.BRANCH_ITEMS
        )
        whole = group.where(group.isna(), 1.0)
        losses.append(index.points(whole, template) - index.points(group, template))
    return pd.concat(losses).reindex(rows.index) if losses else shares


def _red_lights(connection: Connection, org_ids: list[int]) -> pd.DataFrame:
    """Open red duty lights of these organisations. Columns: org_id, reds (count), rules (list of titles, the most frequent first)."""
    query = select(light.c.org_id, light.c.rule_id).where(
        light.c.org_id.in_(org_ids),
        light.c.light == Light.RED,
        light.c.closed_on.is_(None),
        light.c.exemption_id.is_(None),
        light.c.rule_id != INDEX_ESCALATION,
    )
    rows = pd.read_sql_query(query.order_by(light.c.org_id, light.c.rule_id), connection)
    lines = []
    for org_id, rules in rows.groupby("org_id")["rule_id"]:
        titles = [RULES[rule].title if rule in RULES else rule for rule in rules.value_counts().index]
        lines.append((org_id, len(rules), list(dict.fromkeys(titles))))
    return pd.DataFrame(lines, columns=["org_id", "reds", "rules"])
