"""The versions of the weights (权重版本) that indices are rated with, and the rows of one of them; the same for every scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Select, select

from data_access.schema.organisations import organisation
from data_access.schema.ratings import index_weight, org_score, weights_version
from data_access.scoping import beneath, within
from domain.period import Period
from domain.scope import Scope


@dataclass(frozen=True)
class Version:
    """A version of the weights that somebody was rated with."""

    version: str
    valid_from: date
    valid_to: date | None
    withdrawn: bool
    note: str | None

    def oddity(self, period: str) -> str | None:
        """Say why a quarter cannot have been rated with it (数据异常); None where it can."""
        first = Period.parse(period).first
        if self.withdrawn:
            return f"评分所用的权重版本 {self.version} 已撤销，分数仍按原版本显示，需重新评定"
        if self.valid_from > first or (self.valid_to and self.valid_to < first):
            return f"评分所用的权重版本 {self.version} 在本季首日不在有效期内，需重新评定"
        return None


def named(connection: Connection, codes: Iterable[str] | Select) -> tuple[Version, ...]:
    """Return the versions of these codes, in their order."""
    rows = connection.execute(select(weights_version).where(weights_version.c.version.in_(codes)).order_by(weights_version.c.version))
    return tuple(Version(row.version, row.valid_from, row.valid_to, bool(row.withdrawn), row.note) for row in rows)


def oddities(connection: Connection, scope: Scope, path: str, period: str) -> tuple[str, ...]:
    """Say which weights the branches at and below `path` cannot have been rated with in a quarter (数据异常); nothing where all are sound.

    Scores are looked at only where a version is odd at all.
    """
    every = named(connection, select(weights_version.c.version))
    odd = {version.version: oddity for version in every if (oddity := version.oddity(period))}
    score = org_score.c
    used = (
        select(score.org_id)
        .join_from(org_score, organisation, organisation.c.org_id == score.org_id)
        .where(score.period == period, within(scope, organisation.c.path), beneath(path, organisation.c.path))
    )
    return tuple(told for code, told in odd.items() if connection.execute(used.where(score.weights_version == code).limit(1)).first())


def versions(connection: Connection, scope: Scope) -> pd.DataFrame:
    """List the versions, the latest first. Columns: version, valid_from, valid_to (NaT while it lasts), withdrawn (bool), note."""
    version = weights_version.c
    rows = pd.read_sql_query(
        select(version.version, version.valid_from, version.valid_to, version.withdrawn, version.note).order_by(
            version.valid_from.desc(), version.version.desc()
        ),
        connection,
        parse_dates=["valid_from", "valid_to"],
    )
    return rows.assign(withdrawn=rows["withdrawn"].astype(bool))


def weights(connection: Connection, scope: Scope, version: str | None) -> pd.DataFrame:
    """List the weights of a version, parts and items, of both subjects and every template; none for no version.

    Columns: subject, sector ("*" for every other), part, item ("" for the part itself), weight.
    """
    weight = index_weight.c
    columns = (weight.subject, weight.sector, weight.part, weight.item, weight.weight)
    return pd.read_sql_query(select(*columns).where(weight.version == version).order_by(*columns[:-1]), connection)
