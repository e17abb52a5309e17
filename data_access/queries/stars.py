"""Star rating (达标创星): self-score, review, final and stars by year; the quota and the veto checked; where index and self-score disagree.

Branches answer to the nearest committee above them, whatever general branches stand between. The index of a year is the mean of the
quarter totals that it was rated with.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Integer, Select, Subquery, and_, cast, exists, func, or_, select

from data_access.counting.numbers import count_if, day_number, numbers
from data_access.queries.settings import settings
from data_access.schema.organisations import deduction, organisation, organisation_history, star_rating
from data_access.schema.places import place, sector
from data_access.schema.ratings import org_score
from data_access.scoping import beneath, discreet, passes, within
from domain.period import Period
from domain.scope import Scope
from domain.stars import Breach, allowed
from domain.stars import breaches as broken
from domain.vocabulary import OrgKind

PAGE = 50
BIN = 5  # points of a cell of the comparison with the index
_TOP = 100 - BIN  # where the last cell begins; it holds 100 itself
UNDECIDED = -1  # the stars of a branch whose rating is not final
_SCORES = ("self_score", "review_score", "final_score")
# Where a branch stood when the year of its rating ended: its history is joined by `_of`.
_SUPERIOR = func.coalesce(organisation_history.c.superior_id, organisation.c.superior_id).label("superior_id")
_PATH = func.coalesce(organisation_history.c.path, organisation.c.path).label("path")


@dataclass(frozen=True)
class Chosen:
    """Which branches a page shows; None shows all. Plain values, so that they can be part of a cache key."""

    place: str | None = None
    sector: str | None = None
    stars: int | None = None  # `UNDECIDED` for those without


@dataclass(frozen=True)
class Cell:
    """One cell of the comparison with the index, of `BIN` points each way: the lower ends of its index and of its self-score."""

    index_from: int
    self_from: int

    @property
    def code(self) -> str:
        """Return the cell as a URL names it: "75-90"."""
        return f"{self.index_from}-{self.self_from}"


def years(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """List the years that branches at and below `path` were rated in, the latest first. Columns: year, rated, final (counts)."""
    year = star_rating.c.year
    counts = (func.count().label("rated"), count_if(star_rating.c.stars.is_not(None)).label("final"))
    rows = _of(scope, path, year, *counts).group_by(year).order_by(year.desc())
    return pd.read_sql_query(rows, connection)


def by_year(connection: Connection, scope: Scope, path: str, chosen: Chosen) -> pd.DataFrame:
    """Count the branches by year and stars, by year, most stars first.

    Columns: key (the year, str), name, stars (`UNDECIDED` for those without), count.
    """
    stars = _stars()
    query = _of(scope, path, star_rating.c.year, stars.label("stars"), func.count().label("count"))
    query = query.where(*_chosen(chosen)).group_by(star_rating.c.year, stars).order_by(star_rating.c.year, stars.desc())
    rows = pd.read_sql_query(query, connection)
    years = rows["year"].astype(str)
    return rows.assign(key=years, name=years + "年")[["key", "name", "stars", "count"]]


def means(connection: Connection, scope: Scope, path: str, chosen: Chosen, year: int) -> pd.Series:
    """Average a year's scores. Index: branches, and for each score its mean (NaN where nobody has one), five (five-star branches),
    given (branches that have their stars)."""
    averages = [func.avg(star_rating.c[name]).label(name) for name in _SCORES]
    counts = [func.count().label("branches"), count_if(star_rating.c.stars == 5).label("five")]
    counts.append(count_if(star_rating.c.stars.is_not(None)).label("given"))
    query = _of(scope, path, *counts, *averages).where(star_rating.c.year == year, *_chosen(chosen))
    return pd.read_sql_query(query, connection).astype(float).iloc[0]


def by_district(connection: Connection, scope: Scope, path: str, chosen: Chosen, year: int) -> pd.DataFrame:
    """Count the branches by place (按属地) and stars, whatever place is chosen; the district with most five-star branches first.

    Columns: key (the district's code), name, stars (`UNDECIDED` for those without), count.
    """
    stars = _stars()
    query = (
        _of(scope, path, organisation.c.district_code, place.c.name, stars.label("stars"), func.count().label("count"))
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .where(star_rating.c.year == year, *_chosen(Chosen(None, chosen.sector, chosen.stars)))
        .group_by(organisation.c.district_code, place.c.name, stars)
        .order_by(organisation.c.district_code, stars.desc())
    )
    rows = pd.read_sql_query(query, connection)
    rows["name"] = rows["name"].fillna("未填")
    whole = rows.groupby("district_code", dropna=False)["count"].transform("sum")
    share = (rows["count"] / whole).where(rows["stars"] == 5, 0).groupby(rows["district_code"], dropna=False).transform("sum")
    order = rows.assign(share=-share).sort_values(["share", "district_code", "stars"], ascending=[True, True, False], kind="stable")
    return order.rename(columns={"district_code": "key"})[["key", "name", "stars", "count"]].reset_index(drop=True)


def committees(connection: Connection, scope: Scope, path: str, year: int) -> pd.DataFrame:
    """The committees at and below `path` (按隶属) with their quota of five-star branches, those over it first, then the fullest.

    Columns: org_code, name, branches (rated in the year), given (those that have their stars), five (NaN while nobody has), allowed (the
    quota, rounded down), over (five − allowed, 0 where within), share (five ÷ branches, 0–1).
    """
    counts = (func.count().label("branches"), count_if(star_rating.c.stars == 5).label("five"))
    given = count_if(star_rating.c.stars.is_not(None)).label("given")
    query = _of(scope, path, _SUPERIOR, *counts, given).where(star_rating.c.year == year).group_by(_SUPERIOR)
    rows = pd.read_sql_query(query, connection).merge(_committees(connection, scope), on="superior_id")
    whole = rows[rows["path"].str.startswith(path)]  # a committee above the node has branches beside it, too
    sums = whole.groupby(["org_code", "name"], as_index=False)[["branches", "given", "five"]].sum()
    sums["allowed"] = allowed(sums["branches"], settings(connection, scope))
    sums["five"] = sums["five"].where(sums["given"] > 0)
    sums["share"] = sums["five"] / sums["branches"]
    sums["over"] = (sums["five"] - sums["allowed"]).clip(lower=0)
    sums = sums.sort_values(["over", "share", "org_code"], ascending=[False, False, True], ignore_index=True)
    return sums[["org_code", "name", "branches", "given", "five", "allowed", "over", "share"]]


def breaches(connection: Connection, scope: Scope, path: str, year: int, today: date) -> pd.DataFrame:
    """The branches at and below `path` whose stars are not what the rules give, by what is wrong, then by code.

    The quota is checked over all branches of a committee, and only where the whole committee lies in the scope.
    Columns: org_code, name, committee_name (None where outside the scope), self_score, review_score, final_score, given (stars as
    recorded), due (stars that the rules give; NaN where the row is odd), breach (a `Breach`), veto_reason (None without, and for
    readers who see masked names).
    """
    path = _path_in(connection, path, year)
    vetoed = _vetoes(year)
    reason = select(func.min(deduction.c.reason)).where(*vetoed).scalar_subquery()
    columns = (*(organisation.c[name] for name in ("org_id", "org_code", "name")), _SUPERIOR, _PATH, star_rating.c.year)
    scores = (*(star_rating.c[name] for name in _SCORES), star_rating.c.stars.label("given"))
    query = _of(
        scope, _base(connection, scope, path), *columns, *scores, exists().where(*vetoed).label("veto"), reason.label("veto_reason")
    )
    rows = pd.read_sql_query(query.where(star_rating.c.year == year).order_by(organisation.c.org_code), connection)
    above = _committees(connection, scope)[["superior_id", "committee_id", "name"]].rename(columns={"name": "committee_name"})
    rows = rows.merge(above, on="superior_id", how="left")
    alone = rows["committee_id"].isna()
    judged = rows.assign(committee_id=rows["committee_id"].where(~alone, -rows["org_id"]), veto=rows["veto"].astype(bool))
    found = broken(judged, settings(connection, scope), today).merge(rows, on="org_id")
    unjudged = found["committee_id"].isna() & (found["breach"] == Breach.QUOTA)
    found = found[~unjudged & found["path"].str.startswith(path)]
    order = {breach.value: number for number, breach in enumerate(Breach)}
    found = found.sort_values(["breach", "org_code"], key=lambda column: column.map(order) if column.name == "breach" else column)
    told = found.reset_index(drop=True)[["org_code", "name", "committee_name", *_SCORES, "given", "due", "breach", "veto_reason"]]
    return discreet(scope, told, "veto_reason")


def disagreement(connection: Connection, scope: Scope, path: str, chosen: Chosen, year: int) -> pd.DataFrame:
    """Count the branches by their index and their self-score of the year, in cells of `BIN` points; only those that have both.

    Columns: index_from, self_from (the cell's lower ends), count; by index_from, then self_from.
    """
    rated = _index(year)
    query = _with_index(_of(scope, path, rated.c.index, star_rating.c.self_score), rated)
    known = (rated.c.index.is_not(None), star_rating.c.self_score.is_not(None))
    rows = numbers(connection, query.where(star_rating.c.year == year, *known, *_chosen(chosen)))
    cells = pd.DataFrame({f"{name}_from": (rows[column] // BIN * BIN).clip(0, _TOP) for name, column in _COMPARED.items()}).astype(int)
    return cells.value_counts(["index_from", "self_from"]).sort_index().rename("count").reset_index()


def listed_count(connection: Connection, scope: Scope, path: str, chosen: Chosen, year: int, cell: Cell | None = None) -> int:
    """How many rows `listed` has on all its pages."""
    rated = _index(year)
    query = _of(scope, path, func.count()).where(star_rating.c.year == year, *_chosen(chosen))
    return connection.scalar(query if cell is None else _with_index(query, rated).where(*_inside(cell, rated))) or 0


def listed(connection: Connection, scope: Scope, path: str, chosen: Chosen, year: int, page: int, cell: Cell | None = None) -> pd.DataFrame:
    """The branches of a year, the widest difference between self-score and index first, then those without one, by code; with a cell of
    `disagreement` those that it counts.

    Page `page` (from 1) of `PAGE` rows. Columns: org_code, name, district_name, sector_name, self_score, review_score, final_score, stars
    (NaN until final), index (mean of the quarters; NaN where never rated), quarters (rated), difference (self-score − index).
    """
    rated = _index(year)
    difference = star_rating.c.self_score - rated.c.index
    columns = (organisation.c.org_code, organisation.c.name, place.c.name.label("district_name"), sector.c.name.label("sector_name"))
    query = (
        _with_index(_of(scope, path, *columns, *_rated(), rated.c.index, rated.c.quarters, difference.label("difference")), rated)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .where(star_rating.c.year == year, *_chosen(chosen), *(_inside(cell, rated) if cell else ()))
        .order_by(difference.is_(None), func.abs(difference).desc(), organisation.c.org_code)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = pd.read_sql_query(query, connection)
    numeric = [*_SCORES, "stars", "index", "quarters", "difference"]
    return rows.astype(dict.fromkeys(numeric, float))


def of_branch(connection: Connection, scope: Scope, org_id: int) -> pd.DataFrame:
    """One branch's ratings, the latest first. Columns: year, self_score, review_score, final_score, stars, index, quarters, difference."""
    here = (organisation.c.org_id == org_id, within(scope, organisation.c.path))
    found = pd.read_sql_query(
        select(star_rating.c.year, *_rated())
        .join_from(star_rating, organisation, organisation.c.org_id == star_rating.c.org_id)
        .where(*here),
        connection,
    )
    year = func.substr(org_score.c.period, 1, 4)
    totals = pd.read_sql_query(
        select(year.label("year"), func.avg(org_score.c.total).label("index"), func.count().label("quarters"))
        .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        .where(*here, org_score.c.total.is_not(None))
        .group_by(year),
        connection,
    )
    rows = found.merge(totals.assign(year=totals["year"].astype("int64")), on="year", how="left")
    rows = rows.astype(dict.fromkeys([*_SCORES, "stars", "index", "quarters"], float))
    rows["difference"] = rows["self_score"] - rows["index"]
    return rows.sort_values("year", ascending=False, ignore_index=True)


_COMPARED = {"index": "index", "self": "self_score"}


def _rated() -> list[ColumnElement]:
    return [*(star_rating.c[name] for name in _SCORES), star_rating.c.stars]


def _stars() -> ColumnElement[int]:
    return func.coalesce(star_rating.c.stars, UNDECIDED)


def _of(scope: Scope, path: str, *columns: ColumnElement) -> Select:
    """Select of the ratings of branches that stood at and below `path` when their year ended, inside the scope."""
    then = organisation_history.c
    year_end = cast(star_rating.c.year, Integer) * 10_000 + 1231
    told = and_(
        then.org_id == star_rating.c.org_id,
        day_number(then.from_on) <= year_end,
        or_(then.to_on.is_(None), day_number(then.to_on) >= year_end),
    )
    return (
        select(*columns)
        .select_from(star_rating)
        .join(organisation, organisation.c.org_id == star_rating.c.org_id)
        .outerjoin(organisation_history, told)
        .where(
            within(scope, organisation.c.path),
            or_(and_(then.path.is_(None), beneath(path, organisation.c.path)), passes(path, then.path)),
        )
    )


def _chosen(chosen: Chosen) -> list[ColumnElement[bool]]:
    given = [organisation.c.district_code == chosen.place] if chosen.place else []
    given += [organisation.c.sector == chosen.sector] if chosen.sector else []
    return given if chosen.stars is None else [*given, _stars() == chosen.stars]


def _index(year: int) -> Subquery:
    """The mean of each branch's quarter totals of the year, and how many quarters it stands on."""
    quarters = [quarter.code for quarter in Period.quarter(date(year, 12, 31)).back(4)]
    return (
        select(org_score.c.org_id, func.avg(org_score.c.total).label("index"), func.count().label("quarters"))
        .where(org_score.c.period.in_(quarters), org_score.c.total.is_not(None))
        .group_by(org_score.c.org_id)
        .subquery()
    )


def _with_index(query: Select, rated: Subquery) -> Select:
    return query.outerjoin(rated, rated.c.org_id == star_rating.c.org_id)


def _inside(cell: Cell, rated: Subquery) -> list[ColumnElement[bool]]:
    """What a cell counts; the first and the last hold what lies beyond them, too."""
    conditions: list[ColumnElement[bool]] = [rated.c.index.is_not(None), star_rating.c.self_score.is_not(None)]
    for column, low in ((rated.c.index, cell.index_from), (star_rating.c.self_score, cell.self_from)):
        conditions += [column >= low] if low > 0 else []
        conditions += [column < low + BIN] if low < _TOP else []
    return conditions


def _vetoes(year: int) -> list[ColumnElement[bool]]:
    """What makes a veto of a branch's own in the year."""
    span = deduction.c.happened_on.between(date(year, 1, 1), date(year, 12, 31))
    return [deduction.c.org_id == star_rating.c.org_id, deduction.c.veto, deduction.c.member_id.is_(None), span]


def _committees(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Say for every organisation of the scope that a branch may answer to which committee that is: the nearest that is no general branch.

    Columns: superior_id, committee_id, org_code, name, path (of the committee). An organisation whose committee lies outside has no row.
    """
    columns = ("org_id", "org_code", "name", "path", "superior_id", "kind")
    rows = pd.read_sql_query(
        select(*(organisation.c[name] for name in columns)).where(
            and_(within(scope, organisation.c.path), organisation.c.kind != OrgKind.BRANCH)
        ),
        connection,
    )
    general = rows["kind"] == OrgKind.GENERAL_BRANCH
    above = dict(zip(rows.loc[general, "org_id"], rows.loc[general, "superior_id"], strict=True))
    committee = rows["org_id"]
    while committee.isin(list(above)).any():
        committee = committee.map(lambda org_id: above.get(org_id, org_id))
    found = pd.DataFrame({"superior_id": rows["org_id"], "committee_id": committee})
    heads = rows.rename(columns={"org_id": "committee_id"})[["committee_id", "org_code", "name", "path"]]
    return found.merge(heads, on="committee_id")


def _path_in(connection: Connection, path: str, year: int) -> str:
    """Return where the organisation that is at `path` today stood when the year ended."""
    then, last = organisation_history.c, date(year, 12, 31)
    told = (then.org_id == int(path.strip("/").rpartition("/")[2]), then.from_on <= last, or_(then.to_on.is_(None), then.to_on >= last))
    return connection.scalar(select(then.path).where(*told)) or path


def _base(connection: Connection, scope: Scope, path: str) -> str:
    """Return the path of the committee that the branches at and below `path` share a quota in; `path` where it is no part of one."""
    superiors = [int(step) for step in path.strip("/").split("/")]
    found = _committees(connection, scope)
    mine = found[found["superior_id"].isin(superiors)]
    own = [at for at in mine["path"] if path.startswith(at)]
    return max(own, key=len) if own else path
