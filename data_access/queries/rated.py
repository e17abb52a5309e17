"""The branches of a subtree as they were rated: the counts, weights and extras that the rating had, ready for `domain.index`.

Read in columns of numbers by the driver's own cursor, because the whole tree may be asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, select

from data_access.counting.frames import frame
from data_access.counting.numbers import numbers
from data_access.queries.settings import settings
from data_access.schema.counts import branch_count
from data_access.schema.organisations import organisation
from data_access.schema.ratings import index_weight, org_score
from data_access.scoping import stood_beneath, within
from domain.index.explanation import ITEMS, Rated
from domain.index.weights import Subject, template_of
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Part, Source

PARTS = [part.value for part in Part]
_KEYS = ("period", "org_id")
_FLAGS = ["open", *(f"{source.value}_{said}" for source in Source for said in ("installed", "unknown"))]
_LOST = [item.lost for item in ITEMS[Subject.BRANCH]]
_COUNTS = [column.name for column in branch_count.c if column.name not in (*_KEYS, *_FLAGS, *_LOST)]
_SCORED = ("members", "total", "bonus", "deduction", "clip", "veto", *PARTS)


@dataclass(frozen=True)
class Scores:
    """The scores of the branches of a subtree in one quarter, by org_id: `rows` has members, the parts, bonus, deduction, clip, veto
    (bool), total (NaN: not rated); `weights` are aligned, as `template` returns them.
    """

    rows: pd.DataFrame
    weights: pd.DataFrame


def scores(connection: Connection, scope: Scope, path: str, period: str) -> Scores:
    """Return the scores of the branches that stood at and below `path` in the quarter, inside the scope, as they are stored."""
    return _scores(connection, inside(scope, path, period), period)


def scores_of(connection: Connection, scope: Scope, org_ids: Sequence[int], period: str) -> Scores:
    """Return the scores of single branches, those inside the scope."""
    return _scores(connection, [within(scope, organisation.c.path), organisation.c.org_id.in_(org_ids)], period)


def every_score(connection: Connection, period: str) -> Scores:
    """Return the scores of all branches of the installation: for what is rolled up, and for no reader."""
    return _scores(connection, [], period)


def of_branch(connection: Connection, org_id: int, period: str, known: Mapping[str, float]) -> tuple[Rated, pd.Series] | None:
    """Return one branch as it was rated, and its members (index org_id): for what is rolled up, and for no reader.

    None where it was not; `known` are the installation's settings.
    """
    own = [organisation.c.org_id == org_id]
    found = _scores(connection, own, period)
    rated = counted(connection, own, period, found, known)
    return None if rated is None else (rated, found.rows["members"])


def rated(connection: Connection, scope: Scope, path: str, period: str, found: Scores) -> Rated | None:
    """Return the branches of `found` (the same subtree and quarter) with the counts that they were rated from.

    None where no counts were kept: of quarters that are rated no more.
    """
    return counted(connection, inside(scope, path, period), period, found, settings(connection, scope))


def rated_of(connection: Connection, scope: Scope, org_ids: Sequence[int], period: str, known: Mapping[str, float]) -> Rated | None:
    """Return single branches, those inside the scope, with the counts that they were rated from; None where none were kept.

    `known` are the installation's settings.
    """
    found = scores_of(connection, scope, org_ids, period)
    conditions = [within(scope, organisation.c.path), organisation.c.org_id.in_(org_ids)]
    return counted(connection, conditions, period, found, known)


def counted(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], period: str, found: Scores, known: Mapping[str, float]
) -> Rated | None:
    """Return the branches of `found`, which meet `conditions`, with the counts that they were rated from; None where none were kept.

    `known` are the installation's settings.
    """
    counts = None if found.rows.empty else _kept(connection, conditions, period)
    if counts is None:
        return None
    counts = counts.reindex(found.rows.index)
    return Rated(Subject.BRANCH, counts, found.weights, found.rows[["bonus", "deduction", "veto"]], known)


def counts_of(connection: Connection, scope: Scope, org_ids: Sequence[int], period: str) -> pd.DataFrame | None:
    """Return the counts alone of single branches, those inside the scope, by org_id; None where none were kept."""
    return _kept(connection, [within(scope, organisation.c.path), organisation.c.org_id.in_(org_ids)], period)


def _kept(connection: Connection, conditions: Sequence[ColumnElement[bool]], period: str) -> pd.DataFrame | None:
    """The counts of the branches that meet the conditions, by org_id, as `domain.index.branch_items` expects them."""
    count = branch_count.c
    query = select(count.org_id, *(count[name] for name in (*_COUNTS, *_FLAGS))).where(count.period == period)
    counts = numbers(connection, _meeting(query, conditions), {"org_id": "int64", **dict.fromkeys(_FLAGS, "bool")})
    return None if counts.empty else counts.set_index("org_id")


def templates(connection: Connection, subject: Subject, version: str | None, sectors: pd.Series) -> pd.DataFrame:
    """Return the weights of a version for each row's sector (its code; missing allowed), as `domain.index.template` does."""
    weight = index_weight.c
    columns = (weight.subject, weight.sector, weight.part, weight.item, weight.weight)
    of_version = select(*columns).where(weight.version == version, weight.subject == subject.value).order_by(*columns[:-1])
    rows = ((of, sector, part, item, float(number)) for of, sector, part, item, number in connection.execute(of_version))
    return template_of(rows, subject, sectors, ITEMS[subject])


def _weights(connection: Connection, subject: Subject, rated_with: pd.Series, sectors: pd.Series) -> pd.DataFrame:
    """Return each row's template in the version that it was rated with."""
    versions = sorted(rated_with.unique()) or [None]
    if len(versions) == 1:
        return templates(connection, subject, versions[0], sectors)
    pieces = [templates(connection, subject, version, sectors[rated_with == version]) for version in versions]
    return pd.concat(pieces).reindex(sectors.index)


def inside(scope: Scope, path: str, period: str) -> list[ColumnElement[bool]]:
    """Return the conditions that an organisation stands inside the scope, and at or below `path` on the last day of the period."""
    return [within(scope, organisation.c.path), stood_beneath(path, Period.parse(period).last)]


def _scores(connection: Connection, conditions: Sequence[ColumnElement[bool]], period: str) -> Scores:
    score = org_score.c
    query = select(score.org_id, *(score[name] for name in (*_SCORED, "weights_version")), organisation.c.sector)
    query = query.join_from(org_score, organisation, organisation.c.org_id == score.org_id).where(score.period == period, *conditions)
    found = frame(connection, query, floats=_SCORED, terms=("weights_version", "sector")).set_index("org_id").sort_index()
    rows = found[list(_SCORED)].assign(veto=found["veto"] == 1)
    texts = (found[name].astype(object) for name in ("weights_version", "sector"))
    return Scores(rows, _weights(connection, Subject.BRANCH, *texts))


def _meeting(query: Select, conditions: Sequence[ColumnElement[bool]]) -> Select:
    """Return a query of `branch_count` for the branches that meet the conditions; the tree is asked only where there are any."""
    if not conditions:
        return query
    return query.join_from(branch_count, organisation, organisation.c.org_id == branch_count.c.org_id).where(*conditions)
