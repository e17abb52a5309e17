"""A fortress index explained: what it is composed of, what moved it, and how it stands against its peers. Counts, no names.

A branch is explained by its own score; any other organisation by the mean of its branches, weighted by members.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from sqlalchemy import Connection, case, func, select

from data_access.counting.numbers import count_if
from data_access.queries import branch
from data_access.queries import rated as ratings
from data_access.queries import weights as kept_weights
from data_access.queries.rated import Scores
from data_access.queries.settings import settings
from data_access.queries.weights import Version
from data_access.schema.counts import branch_count, index_sum, score_median
from data_access.schema.organisations import organisation
from data_access.schema.ratings import figure, org_score
from data_access.scoping import stood_beneath, stood_right_below, within
from domain.index import LEAST_PEERS, light, of_enough
from domain.index.adjustments import adjustments
from domain.index.explanation import EXTRAS, ITEMS, SUMS, TOTAL, all_done, at_shares, composed, composition, itemised, moved, summed
from domain.index.items import arrays
from domain.index.scores import brought, matrix
from domain.index.weights import Subject
from domain.period import Period
from domain.rounding import half_up
from domain.scope import Scope
from domain.vocabulary import OrgKind, Part

PARTS = [part.value for part in Part]
MANY = 100  # branches listed behind an item
PLAIN = pd.Series(0.0, index=list(EXTRAS))  # nothing added, subtracted or clipped
TOLERANCE = 0.05  # points by which a score may differ from what its counts give, before it is called odd


@dataclass(frozen=True)
class Explained:
    """One organisation's index in one quarter, explained.

    `total` (0–100, a tenth) and `light` are None where it was not rated. `parts`: part, share (mean; NaN: left out), points, full (points
    that the part could bring), before (share a quarter earlier), median (of the peers), peers. `items` as `itemised` returns them, None
    where no counts were kept. `composed` as `composition` returns it. `since` and `against`: `moved` from the quarter before, and from
    the median of the peers (its step `SCALED`: what the medians of the parts, with nothing added or subtracted, differ by from the median
    of the index); None where there is nothing to compare with. `members` are those of the rated below a group; `vetoes`
    counts the branches with a veto item.
    `oddities` are sentences on what cannot be (数据异常).
    """

    org_id: int
    kind: str
    period: str
    total: float | None
    light: str | None
    members: int
    branches: int
    rated: int
    rank: int | None
    ranked: int | None
    standing_weight: float | None
    vetoes: int
    versions: tuple[Version, ...]
    parts: pd.DataFrame
    items: pd.DataFrame | None
    composed: pd.Series
    before_total: float | None
    since: pd.DataFrame | None
    median_total: float | None
    against: pd.DataFrame | None
    peers: int
    oddities: tuple[str, ...] = field(default=())

    @property
    def is_branch(self) -> bool:
        """True where one branch is explained, False where a mean is."""
        return self.kind == OrgKind.BRANCH

    @property
    def vetoed(self) -> bool:
        """True where one branch is explained that has a veto item."""
        return self.is_branch and bool(self.vetoes)

    @cached_property
    def adjustments(self) -> pd.DataFrame:
        """What adds to or subtracts from the index besides its parts, as `domain.index.adjustments` returns it."""
        return adjustments(self.composed, self.vetoes)


def explained(connection: Connection, scope: Scope, org_id: int, period: str) -> Explained | None:
    """Explain the index of an organisation in a quarter; None where it is not inside `scope`."""
    found = connection.execute(
        select(organisation.c.path, organisation.c.kind, organisation.c.sector).where(
            organisation.c.org_id == org_id, within(scope, organisation.c.path)
        )
    ).one_or_none()
    if found is None:
        return None
    one = found.kind == OrgKind.BRANCH
    standing = _standing(connection, found.path, period)
    now = _standing_on(connection, scope, org_id, found.path, period, one)
    before = _standing_on(connection, scope, org_id, found.path, Period.parse(period).shift(-1).code, one, itemised=False)
    alike, typical, peers = medians(connection, scope, found.kind, found.sector, period)
    parts = _parts(alike, now, before)
    by_part = parts.set_index("part")
    full = by_part["full"].fillna(0.0)
    past = at_shares(now.composed, full, by_part["before"], before.composed)
    compared = now.total is not None and typical is not None
    against = (
        moved(now.composed, at_shares(now.composed, full, by_part["median"], PLAIN), pd.Series({TOTAL: typical})) if compared else None
    )
    own = _own(connection, org_id, period) if one else None
    versions = kept_weights.named(connection, standing["weights_version"])
    return Explained(
        org_id=org_id,
        kind=found.kind,
        period=period,
        total=now.total,
        light=_light(connection, scope, now.total, own),
        members=int(standing["heads" if one else "members"].sum()),
        branches=int(standing["branches"].sum()),
        rated=int(standing["rated"].sum()),
        rank=None if own is None else own.rank,
        ranked=None if own is None else own.peers,
        standing_weight=None if own is None else own.standing_weight,
        vetoes=int(standing["vetoes"].sum()),
        versions=versions,
        parts=parts,
        items=None if now.sums is None else itemised(now.sums, Subject.BRANCH),
        composed=now.composed,
        before_total=before.total,
        since=moved(now.composed, past, before.composed) if now.total is not None and before.total is not None else None,
        median_total=typical if compared else None,
        against=against,
        peers=peers,
        oddities=_oddities(versions, period, standing, now, one),
    )


@dataclass(frozen=True)
class _Standing:
    """What one quarter's index is made of: `sums` as `domain.index.explanation.summed` returns them (None where no counts were kept);
    `composed` as `composition` returns it; `parts` by part: share, points and full (NaN where left out)."""

    sums: pd.DataFrame | None
    composed: pd.Series
    parts: pd.DataFrame

    @property
    def total(self) -> float | None:
        """The index to a tenth; None where nobody is rated."""
        whole = self.composed["total"]
        return None if np.isnan(whole) else float(half_up(pd.Series([whole])).iloc[0])


def _standing_on(
    connection: Connection, scope: Scope, org_id: int, path: str, period: str, one: bool, *, itemised: bool = True
) -> _Standing:
    """Read a quarter's sums: a group's are rolled up; a branch's, or of what nobody below is rated in, are added up from the counts.

    Where it need not be `itemised` the counts are left alone, and there are no sums.
    """
    if not one and len(rolled := _rolled(connection, org_id, period)):
        return _Standing(rolled, composed(rolled), _shares(rolled))
    scores = ratings.scores(connection, scope, path, period)
    rated = ratings.rated(connection, scope, path, period, scores) if itemised else None
    whole = composition(scores.rows, scores.weights, scores.rows["members"])
    if rated is None:
        return _Standing(None, whole, _stored_shares(scores))
    sums = summed(rated, scores.rows["members"])
    return _Standing(sums, whole, _shares(sums) if not np.isnan(whole["total"]) else _stored_shares(scores))


def _rolled(connection: Connection, org_id: int, period: str) -> pd.DataFrame:
    """The sums of a group by measure; empty where nobody below it was rated."""
    column = index_sum.c
    rows = pd.read_sql_query(
        select(column.measure, *(column[name] for name in SUMS)).where(column.org_id == org_id, column.period == period),
        connection,
        index_col="measure",
    ).astype(float)
    return rows if EXTRAS[0] in rows.index else rows.iloc[:0]


def _shares(sums: pd.DataFrame) -> pd.DataFrame:
    """The mean share of each part among those who stand on it, and what it brings, and could bring, to the mean score."""
    own, heads = sums.reindex(PARTS), float(sums["members"][TOTAL])
    stands = own["members"] > 0
    means = own[["points", "full"]].div(heads).where(stands)
    return means.assign(share=(own["share"] / own["members"].where(stands)))


def _stored_shares(found: Scores) -> pd.DataFrame:
    """The columns of `_shares` of a quarter whose counts are kept no more: from the parts as they are stored."""
    scored = found.rows["total"].notna().to_numpy()
    heads = found.rows["members"].to_numpy(dtype=float)[scored, None]
    shares, weights = matrix(found.rows)[scored], matrix(found.weights)[scored]
    known = ~np.isnan(shares)
    stands = known.any(axis=0)
    over = {"share": (known * heads).sum(axis=0), "points": heads.sum(), "full": heads.sum()}
    sums = {"share": shares, "points": brought(shares, weights), "full": brought(all_done(shares), weights)}
    means = {
        name: (np.nan_to_num(values) * heads).sum(axis=0) / np.where(stands & (over[name] > 0), over[name], np.nan)
        for name, values in sums.items()
    }
    return pd.DataFrame(means, index=PARTS)


def behind(connection: Connection, scope: Scope, org_id: int, item: str, period: str) -> pd.DataFrame:
    """The branches below an organisation that lose points by an item, those that pull its index down most first, at most `MANY`.

    Columns: org_code, name, members, done, due, lost (points of the branch's own score), pull (points of the organisation's index).
    """
    columns = ["org_code", "name", "members", "done", "due", "lost", "pull"]
    path = connection.scalar(select(organisation.c.path).where(organisation.c.org_id == org_id, within(scope, organisation.c.path)))
    if path is None:
        return pd.DataFrame(columns=columns)
    measured = next(found for found in ITEMS[Subject.BRANCH] if found.column == item)
    count, lost = branch_count.c, branch_count.c[measured.lost]
    rows = pd.read_sql_query(
        select(count.org_id, organisation.c.org_code, organisation.c.name, lost.label("lost"))
        .join_from(branch_count, organisation, organisation.c.org_id == count.org_id)
        .where(count.period == period, lost > 0, count.members > 0, *ratings.inside(scope, path, period))
        .order_by((lost * count.members).desc(), organisation.c.org_code)
        .limit(MANY),
        connection,
        index_col="org_id",
    )
    counts = ratings.counts_of(connection, scope, [int(number) for number in rows.index], period) if len(rows) else None
    if counts is None:
        return pd.DataFrame(columns=columns)
    done, due, _ = measured.measure(arrays(counts), settings(connection, scope))
    rows = rows.join(pd.DataFrame({"members": counts["members"], "done": done, "due": due}, index=counts.index))
    return rows.assign(pull=rows["lost"] * rows["members"] / heads(connection, org_id, period)).reset_index(drop=True)[columns]


def heads(connection: Connection, org_id: int, period: str) -> float:
    """The members that the index of an organisation above branches is a mean over; NaN where nobody below it is rated."""
    column = index_sum.c
    found = connection.scalar(select(column.members).where(column.org_id == org_id, column.period == period, column.measure == TOTAL))
    return float(found) if found else float("nan")


def _standing(connection: Connection, path: str, period: str) -> pd.DataFrame:
    """Count the scores of those that stood at and below `path` in the quarter, by the version of their weights: the branches of the
    index of `path`, which the caller may see, wherever they stand today.

    Columns: weights_version, branches, heads (their members), vetoes, rated, members (of the rated), score (Σ total × members).
    """
    score = org_score.c
    known = score.total.is_not(None)
    query = (
        select(
            score.weights_version,
            func.count().label("branches"),
            func.sum(score.members).label("heads"),
            count_if(score.veto).label("vetoes"),
            func.count(score.total).label("rated"),
            func.coalesce(func.sum(case((known, score.members), else_=0)), 0).label("members"),
            func.coalesce(func.sum(score.total * score.members), 0.0).label("score"),
        )
        .join_from(org_score, organisation, organisation.c.org_id == score.org_id)
        .where(score.period == period, stood_beneath(path, Period.parse(period).last))
        .group_by(score.weights_version)
    )
    return pd.read_sql_query(query, connection)


def _parts(rows: pd.DataFrame, now: _Standing, before: _Standing) -> pd.DataFrame:
    """The columns of `Explained.parts`; `rows` of `medians`."""
    own, past = (found.parts.reindex(rows["part"]).reset_index(drop=True).astype(float) for found in (now, before))
    return rows.assign(share=own["share"], before=past["share"], points=own["points"], full=own["full"])


Medians = tuple[pd.DataFrame, float | None, int]


def medians(connection: Connection, scope: Scope, kind: str, sector: str | None, period: str) -> Medians:
    """The peers' medians. Of the share of each part: columns part, median (NaN where too few stand on it), peers. Of the index: None where
    too few stand on any part. How many peers are rated.

    Branches have theirs since the rating; what stands above branches is compared with its like (`branch.peer_medians`).
    """
    if kind == OrgKind.BRANCH:
        return kept_medians(connection, Subject.BRANCH, sector, period)
    found = branch.peer_medians(connection, scope, kind, sector, period)
    return _compared(found, *_median_total(connection, kind, sector, period))


def _compared(found: pd.DataFrame, typical: float | None, rated: int) -> Medians:
    return found, typical if found["peers"].max() >= LEAST_PEERS else None, rated


def kept_medians(connection: Connection, subject: Subject, sector: str | None, period: str) -> Medians:
    """The medians that the rating kept among the branches of a sector, or their members: what `medians` tells."""
    column = score_median.c
    alike = (column.subject == subject.value, column.kind == OrgKind.BRANCH.value, column.sector == (sector or ""))
    rows = connection.execute(select(column.measure, column.median, column.peers).where(column.period == period, *alike))
    kept = {row.measure: (row.median, row.peers) for row in rows}
    medians, peers = zip(*(kept.get(part, (None, 0)) for part in PARTS), strict=True)
    found = pd.DataFrame({"part": PARTS, "median": pd.Series(medians, dtype=float), "peers": peers})
    return _compared(of_enough(found), *kept.get(TOTAL, (None, 0)))


def _median_total(connection: Connection, kind: str, sector: str | None, period: str) -> tuple[float | None, int]:
    """The median index of those rated of one kind above branches and sector in the whole installation, None where there is none; and how
    many they are."""
    same = organisation.c.sector.is_(None) if sector is None else organisation.c.sector == sector
    means = connection.scalars(
        select(func.sum(figure.c.score_points) * 1.0 / func.sum(figure.c.score_members))
        .join_from(figure, organisation, organisation.c.org_id == figure.c.org_id)
        .where(figure.c.period == period, organisation.c.kind == kind, same)
        .group_by(figure.c.org_id)
        .having(func.sum(figure.c.score_members) > 0)
    ).all()
    return float(np.median([float(mean) for mean in means])) if means else None, len(means)


def contributions(connection: Connection, scope: Scope, org_id: int, period: str) -> pd.DataFrame:
    """How the organisations right below it in the quarter make up this one's index: the one that pulls it down most first, then by code.

    Columns: org_code, name, total (0–100), light, members (of the branches rated), contribution (points; they add up to the index),
    pull (points that the index is higher or lower for its standing apart from it). Those without a rated branch are left out.
    """
    child = select(organisation.c.org_id).where(stood_right_below(scope, org_id, Period.parse(period).last))
    sums = pd.read_sql_query(
        select(
            organisation.c.org_code,
            organisation.c.name,
            func.sum(figure.c.score_points).label("points"),
            func.sum(figure.c.score_members).label("members"),
        )
        .join_from(figure, organisation, organisation.c.org_id == figure.c.org_id)
        .where(figure.c.org_id.in_(child), figure.c.period == period)
        .group_by(organisation.c.org_code, organisation.c.name)
        .order_by(organisation.c.org_code),
        connection,
    )
    rows = sums[sums["members"] > 0].astype({"points": float})
    whole = max(int(rows["members"].sum()), 1)
    rows = rows.assign(total=rows["points"] / rows["members"], contribution=rows["points"] / whole)
    rows["pull"] = (rows["total"] - rows["points"].sum() / whole) * rows["members"] / whole
    rows["total"] = half_up(rows["total"])
    rows["light"] = light(rows["total"], settings(connection, scope))
    ordered = rows.sort_values("pull", kind="stable", ignore_index=True)
    return ordered[["org_code", "name", "total", "light", "members", "contribution", "pull"]]


def _own(connection: Connection, org_id: int, period: str):
    """What only a branch's own score has: its light, rank, peers and standing weight; None where it has no row."""
    score = org_score.c
    return connection.execute(
        select(score.light, score.rank, score.peers, score.standing_weight).where(score.org_id == org_id, score.period == period)
    ).one_or_none()


def _light(connection: Connection, scope: Scope, total: float | None, own) -> str | None:
    if own is not None:
        return own.light
    return None if total is None else str(light(pd.Series([total]), settings(connection, scope)).iloc[0])


def _oddities(versions: tuple[Version, ...], period: str, standing: pd.DataFrame, now: _Standing, one: bool) -> tuple[str, ...]:
    """Say what cannot be: weights that were withdrawn or not valid then, and a score that its own counts, or branches, do not give."""
    told = [oddity for version in versions if (oddity := version.oddity(period))]
    if now.sums is not None:
        points, members = (float(now.sums[name][TOTAL]) for name in ("points", "members"))
        if (
            bool(members) != bool(standing["members"].sum())
            or abs(_mean(points, members) - _mean(*standing[["score", "members"]].sum())) > TOLERANCE
        ):
            told.append("分数与留存的计数不一致，需重新评定" if one else "本级指数与所属支部现有的分数不一致，需重新评定")
    return tuple(told)


def _mean(points: float, members: float) -> float:
    return points / members if members else 0.0
