"""One organisation's record: who it is, how it was rated, which duties it did, who its members are.

Every function takes an organisation's id and answers with nothing where it lies outside the scope.
A branch is read from its own rows; any other organisation from the rolled-up figures of the branches below it.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, case, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.engine import installation
from data_access.queries import rolled
from data_access.queries.settings import settings
from data_access.schema.members import member
from data_access.schema.organisations import coverage, organisation, post, term_extension
from data_access.schema.places import place, sector
from data_access.schema.ratings import duty_record, figure, index_weight, org_score, tally
from data_access.scoping import as_seen, right_below, within
from domain.elections import effective_ends
from domain.figures import share
from domain.index import light, of_enough
from domain.period import Period
from domain.rounding import half_up
from domain.rules import INDEX_ESCALATION
from domain.scope import Scope
from domain.vocabulary import Light, OrgKind, Part, Post

PARTS = [part.value for part in Part]
_NUMBERS = ["total", "standing_weight", "bonus", "deduction", "rank", "peers", "members", "rated", "branches", *PARTS]
_CHILD = [
    "org_code",
    "name",
    "kind",
    "sector_name",
    "branches",
    "rated",
    "members",
    "total",
    "light",
    "before",
    "red",
    "yellow",
    "dissolved_on",
]


@dataclass(frozen=True)
class Record:
    """The facts at the head of one organisation's page; None where the database does not say."""

    org_id: int
    org_code: str
    name: str
    kind: str
    sector: str | None
    sector_name: str | None
    path: str
    superior_code: str | None  # None where the superior is outside the scope
    superior_name: str | None
    district_name: str | None
    town_name: str | None
    founded_on: date
    dissolved_on: date | None
    term_years: int
    term_ends_on: date | None
    extended_until: date | None  # an approved extension of the sitting term
    address: str | None  # address and phone only where the scope shows contacts
    phone: str | None

    @property
    def is_branch(self) -> bool:
        """True for a branch, which has rows of its own; false for what stands above branches."""
        return self.kind == OrgKind.BRANCH

    @property
    def term_end(self) -> date | None:
        """The day on which the sitting term ends, extension included."""
        return self.extended_until or self.term_ends_on


def record(connection: Connection, scope: Scope, org_id: int) -> Record | None:
    """Return the organisation's record, or None where there is no such organisation inside `scope`."""
    superior, district, town = organisation.alias("superior"), place.alias("district"), place.alias("town")
    found = connection.execute(
        select(
            organisation,
            sector.c.name.label("sector_name"),
            superior.c.org_code.label("superior_code"),
            superior.c.name.label("superior_name"),
            superior.c.path.label("superior_path"),
            district.c.name.label("district_name"),
            town.c.name.label("town_name"),
        )
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .outerjoin(superior, superior.c.org_id == organisation.c.superior_id)
        .outerjoin(district, district.c.code == organisation.c.district_code)
        .outerjoin(town, town.c.code == organisation.c.town_code)
        .where(organisation.c.org_id == org_id, within(scope, organisation.c.path))
    ).one_or_none()
    if found is None:
        return None
    extended = _extended(connection, scope, org_id, found.term_ends_on)
    return Record(
        org_id=found.org_id,
        org_code=found.org_code,
        name=found.name,
        kind=found.kind,
        sector=found.sector,
        sector_name=found.sector_name,
        path=found.path,
        superior_code=found.superior_code if found.superior_path and scope.holds(found.superior_path) else None,
        superior_name=found.superior_name,
        district_name=found.district_name,
        town_name=found.town_name,
        founded_on=found.founded_on,
        dissolved_on=found.dissolved_on,
        term_years=found.term_years,
        term_ends_on=found.term_ends_on,
        extended_until=extended,
        address=found.address if scope.shows_contacts else None,
        phone=found.phone if scope.shows_contacts else None,
    )


def _extended(connection: Connection, scope: Scope, org_id: int, term_ends_on: date | None) -> date | None:
    """Return until when the sitting term is extended, as the rules let it be; None where it is not."""
    asked = select(term_extension.c.org_id, term_extension.c.approved_on, term_extension.c.term_ends_on, term_extension.c.until)
    extensions = pd.read_sql_query(asked.where(term_extension.c.org_id == org_id), connection)
    if extensions.empty or term_ends_on is None:
        return None
    days = ["approved_on", "term_ends_on", "until"]
    extensions[days] = extensions[days].apply(pd.to_datetime)
    terms = pd.DataFrame({"org_id": [org_id], "term_ends_on": [pd.Timestamp(term_ends_on)]})
    end = effective_ends(terms, extensions, installation(connection).today, settings(connection, scope)).iloc[0].date()
    return end if end > term_ends_on else None


def committee(connection: Connection, scope: Scope, org_id: int, today: date) -> pd.DataFrame:
    """The organisation's posts on `today`, the secretary first; empty for readers who may not list members.

    Columns: post (code), name (in full or masked, as the scope says), from_on.
    """
    columns = ["post", "name", "from_on"]
    if not scope.lists_members:
        return pd.DataFrame(columns=columns)
    rank = case({item.value: number for number, item in enumerate(Post)}, value=post.c.post)
    rows = pd.read_sql_query(
        select(post.c.post, member.c.name, post.c.from_on)
        .join_from(post, member, member.c.member_id == post.c.member_id)
        .join(organisation, organisation.c.org_id == post.c.org_id)
        .where(
            post.c.org_id == org_id,
            within(scope, organisation.c.path),
            post.c.from_on <= today,
            or_(post.c.to_on.is_(None), post.c.to_on >= today),
        )
        .order_by(rank, post.c.from_on, post.c.post_id),
        connection,
    )
    rows["name"] = as_seen(scope, rows["name"])
    return rows[columns]


def history(connection: Connection, scope: Scope, org_id: int, kind: str, periods: tuple[str, ...], today: date) -> pd.DataFrame:
    """The organisation's index in every one of `periods` (quarters, oldest first), one row each; NaN where it was not rated.

    Columns: period, total (0–100), light, provisional (bool: 暂评 on `today`), standing_weight, bonus, deduction, veto, rank,
    peers, weights_version, members, rated (branches the total stands on), branches, then the five parts as shares in 0–1.
    For what is not a branch the total and the parts are means of the branches below, weighted by members, its light is the band of
    that mean, and what only single branches have is None.
    """
    read = _branch_history if kind == OrgKind.BRANCH else _group_history
    rows = read(connection, scope, org_id, periods).set_index("period").reindex(list(periods)).rename_axis("period").reset_index()
    rows[_NUMBERS] = rows[_NUMBERS].astype(float)
    rows["provisional"] = [not Period.parse(code).frozen(today) for code in rows["period"]]
    return rows[["period", "light", "provisional", "veto", "weights_version", *_NUMBERS]]


def _branch_history(connection: Connection, scope: Scope, org_id: int, periods: tuple[str, ...]) -> pd.DataFrame:
    score = org_score.c
    own = (
        "period",
        "total",
        "light",
        "provisional",
        "standing_weight",
        "bonus",
        "deduction",
        "veto",
        "rank",
        "peers",
        "weights_version",
        "members",
    )
    return pd.read_sql_query(
        select(
            *(score[name] for name in (*own, *PARTS)),
            case((score.total.is_(None), 0), else_=1).label("rated"),
            literal(1).label("branches"),
        )
        .join_from(org_score, organisation, organisation.c.org_id == score.org_id)
        .where(score.org_id == org_id, within(scope, organisation.c.path), score.period.in_(periods)),
        connection,
    )


def _group_history(connection: Connection, scope: Scope, org_id: int, periods: tuple[str, ...]) -> pd.DataFrame:
    codes = ("fortress", "members", "branches", *(f"{part}_part" for part in PARTS))
    sums = rolled.figures(connection, scope, org_id, rolled.Cut(), periods, codes)
    rows = pd.DataFrame(
        {"period": sums["period"], "members": sums["members"], "branches": sums["branches"], "rated": sums["branches_rated"]}
    )
    rows["total"] = share(sums["score_points"], sums["score_members"], 1).pipe(half_up)
    for part in PARTS:
        rows[part] = share(sums[f"{part}_points"], sums[f"{part}_members"], 1)
    rows["light"] = light(rows["total"], settings(connection, scope))
    return rows.reindex(columns=["period", "light", "provisional", "veto", "weights_version", *_NUMBERS])


def peer_medians(connection: Connection, scope: Scope, kind: str, org_sector: str | None, period: str) -> pd.DataFrame:
    """The median of each part among rated organisations of one kind and sector in the whole installation: an aggregate, no names.

    Columns: part, median (share in 0–1; NaN where too few peers stand on the part), peers (how many do).
    """
    same = [organisation.c.kind == kind, organisation.c.sector.is_(None) if org_sector is None else organisation.c.sector == org_sector]
    if kind == OrgKind.BRANCH:
        rows = pd.read_sql_query(
            select(*(org_score.c[part] for part in PARTS))
            .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
            .where(org_score.c.period == period, org_score.c.total.is_not(None), *same),
            connection,
        ).astype(float)
    else:
        sums = pd.read_sql_query(
            select(*(func.sum(figure.c[f"{part}_{unit}"]).label(f"{part}_{unit}") for part in PARTS for unit in ("points", "members")))
            .join_from(figure, organisation, organisation.c.org_id == figure.c.org_id)
            .where(figure.c.period == period, *same)
            .group_by(figure.c.org_id)
            .having(func.sum(figure.c.branches_rated) > 0),
            connection,
        )
        rows = pd.DataFrame({part: share(sums[f"{part}_points"], sums[f"{part}_members"], 1) for part in PARTS})
    return of_enough(pd.DataFrame({"part": PARTS, "median": rows.median().to_numpy(), "peers": rows.count().to_numpy()}))


def portrait(
    connection: Connection, scope: Scope, org_id: int, kind: str, org_sector: str | None, period: str, today: date
) -> pd.DataFrame:
    """The five parts of the index in `period` beside the quarter before and the peers' median.

    Columns: part, share, before (share a quarter earlier), median, peers, weight (of 100, in the version it was rated with; NaN for what
    is not a branch). A share is NaN where the part was left out.
    """
    earlier = Period.parse(period).shift(-1).code
    scores = history(connection, scope, org_id, kind, (earlier, period), today)
    parts = peer_medians(connection, scope, kind, org_sector, period)
    parts["share"] = scores.loc[1, PARTS].to_numpy(dtype=float)
    parts["before"] = scores.loc[0, PARTS].to_numpy(dtype=float)
    version = scores.loc[1, "weights_version"]
    parts["weight"] = parts["part"].map(_weights(connection, version, org_sector)).astype(float)
    return parts[["part", "share", "before", "median", "peers", "weight"]]


def _weights(connection: Connection, version: object, org_sector: str | None) -> dict[str, float]:
    """Weight of each part in a version: the sector's own template, or the general one."""
    if not isinstance(version, str):
        return {}
    rows = connection.execute(
        select(index_weight.c.sector, index_weight.c.part, index_weight.c.weight).where(
            index_weight.c.version == version,
            index_weight.c.subject == "branch",
            index_weight.c.item == "",
            index_weight.c.sector.in_([org_sector or "*", "*"]),
        )
    )
    general: dict[str, float] = {}
    own: dict[str, float] = {}
    for code, part, weight in rows:
        (general if code == "*" else own)[part] = weight
    return general | own


def unknown_sources(connection: Connection, scope: Scope, org_id: int, first: date, last: date) -> pd.DataFrame:
    """The sources that the steward marked as unknown for this organisation on some day from `first` to `last`.

    Columns: source, from_on, to_on (NaT while it lasts), note.
    """
    return pd.read_sql_query(
        select(coverage.c.source, coverage.c.from_on, coverage.c.to_on, coverage.c.note)
        .join_from(coverage, organisation, organisation.c.org_id == coverage.c.org_id)
        .where(
            coverage.c.org_id == org_id,
            within(scope, organisation.c.path),
            coverage.c.from_on <= last,
            or_(coverage.c.to_on.is_(None), coverage.c.to_on >= first),
        )
        .order_by(coverage.c.source, coverage.c.from_on),
        connection,
        parse_dates=["from_on", "to_on"],
    )


def duties(connection: Connection, scope: Scope, org_id: int, year: int) -> pd.DataFrame:
    """A branch's duties of one year, one row a duty and period.

    Columns: duty, period, status, due_on, done_on (NaT where not done), meeting_id (the evidence; None without).
    """
    return pd.read_sql_query(
        select(*(duty_record.c[name] for name in ("duty", "period", "status", "due_on", "done_on", "meeting_id")))
        .join_from(duty_record, organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(duty_record.c.org_id == org_id, within(scope, organisation.c.path), _of_year(duty_record.c.period, year))
        .order_by(duty_record.c.duty, duty_record.c.period),
        connection,
        parse_dates=["due_on", "done_on"],
    )


def _of_year(period: ColumnElement[str], year: int) -> ColumnElement[bool]:
    return func.substr(period, 1, 4) == str(year)


def children(connection: Connection, scope: Scope, org_id: int, period: str) -> pd.DataFrame:
    """The organisations directly below this one with their figures in `period`, best index first.

    Columns: org_code, name, kind, sector_name, branches, rated, members, total (NaN where not rated), light (of the total), before (a
    quarter earlier), red and yellow (open duty lights at or below it, exempted ones left out), dissolved_on (NaT while it lives).
    """
    child = organisation
    earlier = Period.parse(period).shift(-1).code
    below = right_below(scope, org_id)
    inside = select(child.c.org_id).where(below)
    sums = (
        select(
            figure.c.org_id,
            *(_when(figure.c.period == period, figure.c[name]).label(name) for name in ("branches", "branches_rated", "members")),
            *(_when(figure.c.period == period, figure.c[name]).label(name) for name in ("score_points", "score_members")),
            *(_when(figure.c.period == earlier, figure.c[name]).label(f"before_{name}") for name in ("score_points", "score_members")),
        )
        .where(figure.c.org_id.in_(inside), figure.c.period.in_([period, earlier]))
        .group_by(figure.c.org_id)
        .subquery()
    )
    counted = (
        select(
            tally.c.org_id,
            *(_when(tally.c.category == colour.value, tally.c.count).label(colour.value) for colour in (Light.RED, Light.YELLOW)),
        )
        .where(tally.c.org_id.in_(inside), tally.c.dimension.like("light:%"), tally.c.dimension != f"light:{INDEX_ESCALATION}")
        .group_by(tally.c.org_id)
        .subquery()
    )
    rows = pd.read_sql_query(
        select(
            *(child.c[name] for name in ("org_code", "name", "kind", "dissolved_on")),
            sector.c.name.label("sector_name"),
            *(column for column in sums.c if column.name != "org_id"),
            counted.c.red,
            counted.c.yellow,
        )
        .select_from(child)
        .outerjoin(sector, sector.c.code == child.c.sector)
        .outerjoin(sums, sums.c.org_id == child.c.org_id)
        .outerjoin(counted, counted.c.org_id == child.c.org_id)
        .where(below)
        .order_by(child.c.org_code),
        connection,
        parse_dates=["dissolved_on"],
    )
    rows["total"] = share(rows["score_points"], rows["score_members"], 1).pipe(half_up)
    rows["before"] = share(rows["before_score_points"], rows["before_score_members"], 1).pipe(half_up)
    rows["light"] = light(rows["total"], settings(connection, scope))
    rows = rows.rename(columns={"branches_rated": "rated"}).sort_values("total", ascending=False, kind="stable", na_position="last")
    return rows[_CHILD].reset_index(drop=True)


def _when(condition: ColumnElement[bool], value: ColumnElement) -> ColumnElement:
    return func.sum(case((condition, value)))
