"""One member's portrait (党员五维画像): for the secretaries of the member's branch and of the organisations above it, and nobody else.

A member's counts are not kept but counted anew, by the functions that rate (`data_access.rating.member_counts`), over the branches
that the member belonged to. Judged are records of duties only; nothing is inferred about what anyone thinks, reads or says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, RowMapping, select

from data_access.counting.assignments import Assignments
from data_access.counting.meetings import odd_meetings
from data_access.counting.membership import stays
from data_access.counting.months import Counted, begun, silent_then
from data_access.counting.organisations import organisations
from data_access.counting.records import required_courses
from data_access.counting.sources import unknown_spans
from data_access.queries import explain, rated
from data_access.queries import weights as kept_weights
from data_access.queries.raising_member import NextSteps, next_steps
from data_access.queries.settings import settings
from data_access.queries.weights import Version
from data_access.rating.member_counts import MemberCounts
from data_access.schema.counts import branch_count
from data_access.schema.members import member, membership
from data_access.schema.organisations import organisation
from data_access.schema.places import sector
from data_access.schema.ratings import member_score
from data_access.schema.records import meeting
from data_access.scoping import within
from domain.index.adjustments import adjustments
from domain.index.explanation import TOTAL, Rated, all_done, at_shares, composition, itemised, moved, summed
from domain.index.quarters import RatedQuarter
from domain.index.scores import brought, matrix
from domain.index.weights import Subject
from domain.period import Period
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import MemberStatus, OrgKind, Part, Source

PARTS = [part.value for part in Part]
_NUMBERS = (*PARTS, "total", "bonus", "deduction", "clip")
_SCORE = ("total", "light", "rank", "peers", "provisional", "standing_weight", "bonus", "deduction", "veto", "clip", "weights_version")


@dataclass(frozen=True)
class Portrait:
    """A member's index in one quarter.

    `total`, `light` and `rank` are None where the member was not rated; `peers` are those who were, in the same sector. `parts`: part,
    share, before (a quarter earlier), median, peers, weight
    (of 100), as `components.charts.branch.portrait` expects. `items` as `itemised` returns them; None where nothing was rated.
    `composed` as `composition` returns it. `since` and `against`: `moved` from the quarter before, and from the peers' medians as in
    `explain.Explained`; None where there is nothing to compare with, or where too few are compared with.
    `history`: period, total, light, provisional, oldest first. `oddities` are Chinese sentences on what cannot be (数据异常).
    """

    member_id: int
    name: str
    status: str
    org_code: str
    org_name: str
    sector_name: str | None
    joined_on: date | None
    total: float | None
    light: str | None
    rank: int | None
    peers: int
    standing_weight: float | None
    composed: pd.Series
    before_total: float | None
    since: pd.DataFrame | None
    median_total: float | None
    against: pd.DataFrame | None
    parts: pd.DataFrame
    items: pd.DataFrame | None
    history: pd.DataFrame
    version: Version | None
    oddities: tuple[str, ...]
    next_steps: NextSteps
    vetoed: bool

    @cached_property
    def adjustments(self) -> pd.DataFrame:
        """What adds to or subtracts from the index besides its parts, as `domain.index.adjustments` returns it."""
        return adjustments(self.composed, int(self.vetoed))


def roster(connection: Connection, scope: Scope, org_id: int, period: str) -> pd.DataFrame:
    """The present members of a branch with their index in a quarter, the lowest first, those not rated last.

    Columns: member_id, name, status, total, light. Empty for readers who may not read members' names.
    """
    columns = ["member_id", "name", "status", "total", "light"]
    if not scope.names_members:
        return pd.DataFrame(columns=columns)
    score = member_score.c
    rows = pd.read_sql_query(
        select(member.c.member_id, member.c.name, member.c.status, score.total, score.light)
        .join_from(member, organisation, organisation.c.org_id == member.c.org_id)
        .outerjoin(member_score, (score.member_id == member.c.member_id) & (score.org_id == member.c.org_id) & (score.period == period))
        .where(
            member.c.org_id == org_id,
            member.c.status.in_([MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value]),
            within(scope, organisation.c.path),
        )
        .order_by(score.total.is_(None), score.total, member.c.member_id),
        connection,
    )
    return rows.astype({"total": float})[columns]


def portrait(connection: Connection, scope: Scope, member_id: int, period: str, quarters: tuple[str, ...], today: date) -> Portrait | None:
    """Draw a member's portrait; None alike where there is none, outside the scope, and for who may not read members' names.

    `quarters` are those of the history, oldest first.
    """
    found = found_in(connection, scope, member_id)
    if found is None:
        return None
    score = member_score.c
    named = (score.period, score.org_id, organisation.c.sector, *(score[name] for name in (*PARTS, *_SCORE)))
    earlier = Period.parse(period).shift(-1).code
    branches = select(membership.c.org_id).where(membership.c.member_id == member_id)
    query = (
        select(*named)
        .join_from(member_score, organisation, organisation.c.org_id == score.org_id)
        .where(score.member_id == member_id, score.org_id.in_(branches), score.period.in_([*quarters, earlier, period]))
    )
    scores = {row["period"]: row for row in connection.execute(query).mappings()}
    now = scores.get(period)
    numbers = settings(connection, scope)
    quarter = RatedQuarter(Period.parse(period), today)
    assignments = Assignments.read(connection, member_id=member_id)
    both = _rows(scores, [earlier, period])
    weights = _weights(connection, both)
    rated_now = _rated(connection, numbers, member_id, quarter, now, weights.loc[[period]], assignments)
    version = None if now is None else kept_weights.named(connection, [str(now["weights_version"])])[0]
    shares, weighed = matrix(both), matrix(weights)
    parts, typical, peers = explain.kept_medians(connection, Subject.MEMBER, found.sector, period)
    one = pd.Series([1])  # member
    composed, past = (composition(both.loc[[code]], weights.loc[[code]], one) for code in (period, earlier))
    full = pd.Series(np.nan_to_num(brought(all_done(shares), weighed))[1], index=PARTS)
    alike = at_shares(composed, full, parts.set_index("part")["median"], explain.PLAIN)
    since = moved(composed, at_shares(composed, full, pd.Series(shares[0], index=PARTS), past), past)
    against = None if typical is None else moved(composed, alike, pd.Series({TOTAL: typical}))
    before_total, total = (_number(value) for value in both["total"])
    known = _rows(scores, quarters)
    return Portrait(
        member_id=member_id,
        name=found.name,
        status=MemberStatus(found.status).label,
        org_code=found.org_code,
        org_name=found.org_name,
        sector_name=found.sector_name,
        joined_on=found.joined_on,
        total=total,
        light=None if now is None else str(now["light"]),
        rank=None if now is None or pd.isna(now["rank"]) else int(now["rank"]),
        peers=peers if now is None or now["peers"] is None else int(now["peers"]),
        standing_weight=None if now is None else _number(now["standing_weight"]),
        composed=composed,
        before_total=before_total,
        since=since if total is not None and before_total is not None else None,
        median_total=typical,
        against=against if total is not None else None,
        parts=parts.assign(before=shares[0], share=shares[1], weight=weighed[1] if now else np.nan),
        items=None if rated_now is None else itemised(summed(rated_now, pd.Series([1], index=rated_now.counts.index)), Subject.MEMBER),
        history=pd.DataFrame(
            {
                "period": list(quarters),
                "total": known["total"].to_numpy(),
                "light": known["light"].array,
                "provisional": [not Period.parse(code).frozen(today) for code in quarters],
            }
        ),
        version=version,
        oddities=_oddities(version, period, now, rated_now),
        next_steps=next_steps(connection, scope, member_id, quarter, rated_now, assignments, numbers),
        vetoed=now is not None and bool(now["veto"]),
    )


def _rows(scores: Mapping[str, RowMapping], quarters: Sequence[str]) -> pd.DataFrame:
    """Lay the scores of quarters (the index) one below the other; NaN where there is none."""
    told: list[dict] = [dict(scores[code]) if code in scores else {} for code in quarters]
    columns: dict[str, Any] = {name: np.array([row.get(name) for row in told], dtype=float) for name in _NUMBERS}
    columns |= {name: pd.array([row.get(name) for row in told], dtype="str") for name in ("light", "sector", "weights_version")}
    return pd.DataFrame(columns, index=list(quarters))


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _weights(connection: Connection, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the weights that each quarter was rated with, as `template` does; 0 where it was not rated."""
    versions = rows["weights_version"]
    pieces = [
        rated.templates(connection, Subject.MEMBER, None if version is None else str(version), rows.loc[chosen, "sector"])
        for version, chosen in [(code, versions == code) for code in versions.dropna().unique()] + [(None, versions.isna())]
        if chosen.any()
    ]
    return pd.concat(pieces).reindex(rows.index)


def found_in(connection: Connection, scope: Scope, member_id: int) -> Row | None:
    """Return who the member is and where; None where the portrait does not open to the reader."""
    if not scope.names_members:
        return None
    return connection.execute(
        select(
            *(member.c[name] for name in ("name", "status", "joined_on", "org_id")),
            organisation.c.org_code,
            organisation.c.name.label("org_name"),
            organisation.c.sector,
            sector.c.name.label("sector_name"),
        )
        .join_from(member, organisation, organisation.c.org_id == member.c.org_id)
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .where(member.c.member_id == member_id, within(scope, organisation.c.path))
    ).one_or_none()


def _rated(
    connection: Connection,
    known: Settings,
    member_id: int,
    quarter: RatedQuarter,
    now: RowMapping | None,
    weights: pd.DataFrame,
    assignments: Assignments,
) -> Rated | None:
    """Count the member's quarter anew, as the rating does; None where the member, or the branch in that quarter, was not rated.

    `weights`, a row, are those of the quarter. The counts have org_id, sector and path of the branch of that quarter besides.
    """
    if now is None:
        return None
    told = connection.execute(
        select(branch_count).where(branch_count.c.period == quarter.code, branch_count.c.org_id == int(now["org_id"]))
    ).one_or_none()
    if told is None:
        return None
    own = stays(connection, member_id=member_id)
    found = organisations(connection, tuple(int(number) for number in own["org_id"].unique()))
    courses = required_courses(connection, [quarter])
    installed = {quarter.code: {source for source in Source if getattr(told, f"{source.value}_installed")}}
    empty = pd.DataFrame()
    silent = silent_then(connection, found[found["kind"] == OrgKind.BRANCH], begun([quarter]), quarter.today)
    org_ids = found["org_id"].tolist()
    met = (meeting.c.org_id.in_(org_ids), meeting.c.held_on.between(quarter.period.first, quarter.evaluated_on))
    odd = odd_meetings(connection, quarter.today, known, *met)["row"].tolist()
    marked = unknown_spans(connection, org_ids)
    counted = Counted(quarter.today, [quarter], found, own, empty, silent, courses, empty, installed, marked, odd=odd)
    counts = MemberCounts(connection, counted, assignments, [quarter]).of(quarter)
    counts = counts[counts["member_id"] == member_id].reset_index(drop=True)
    if counts.empty:
        return None
    paths = dict(zip(found["org_id"], found["path"], strict=True))
    counts["path"] = [paths[org_id] for org_id in counts["org_id"]]
    extras = pd.DataFrame({name: [now[name]] for name in ("bonus", "deduction", "veto")})
    return Rated(Subject.MEMBER, counts, weights.set_axis(counts.index), extras, known)


def _oddities(version: Version | None, period: str, now: RowMapping | None, found: Rated | None) -> tuple[str, ...]:
    told = [oddity] if version and (oddity := version.oddity(period)) else []
    if found is not None and now is not None:
        again, kept = _number(found.scores["total"].iloc[0]), now["total"]
        if (again is None) != (kept is None) or (again is not None and abs(again - kept) > explain.TOLERANCE):
            told.append("分数与现有记录不一致，需重新评定")
    return tuple(told)
