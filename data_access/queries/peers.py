"""Peers and gaps (找差距): organisations side by side, what their records say of the last year, and whom to look at.

A peer is an existing organisation of the same kind and sector. Suggestions and candidates are inside the reader's scope; medians
(`data_access.queries.branch.peer_medians`) are aggregates of the whole installation.
"""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from data_access.queries import branch, explain, rolled
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation
from data_access.schema.places import place, sector
from data_access.schema.ratings import figure, org_score
from data_access.scoping import within
from domain import figures
from domain.figures import share
from domain.gaps import SHARES
from domain.index import BRANCH_ITEMS, light
from domain.indicators import INDICATORS
from domain.period import Period
from domain.rounding import half_up
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Duty, Light, OrgKind, Part

QUARTERS = 4  # whose records are compared
PARTS = [part.value for part in Part]
_MANY = 100  # duties from which on the share is told beside the counts
RECORDED = ("attendance", "study", "task_punctual", "dues_paid", "study_hours", "service")
_RATED_ITEMS = [item for item in BRANCH_ITEMS if item.column in ("membership_election", "membership_admission", "membership_records")]
_IDENTITY = ["org_id", "org_code", "name", "kind", "sector", "path", "sector_name", "district_name", "dissolved_on"]
_MEASURED = ["org_id", "measure", "title", "unit", "rising", "value", "told"]
_RATED = ["total", "light", "rank", "peers", "members", "rated", "branches", "bonus", "deduction", *PARTS]


def compared(connection: Connection, scope: Scope, codes: tuple[str, ...], period: str, today: date) -> pd.DataFrame:
    """The organisations of these codes, in this order; those that do not exist or lie outside the scope are left out, all alike.

    Columns: org_id, org_code, name, kind, sector, path, sector_name, district_name, dissolved_on (NaT while it lives), then of the rating
    of `period` (NaN where not rated): total, light, rank, peers, members, rated, branches, bonus, deduction, and the parts (0–1).
    """
    rows = pd.read_sql_query(
        select(
            *(organisation.c[name] for name in _IDENTITY[:6]),
            sector.c.name.label("sector_name"),
            place.c.name.label("district_name"),
            organisation.c.dissolved_on,
        )
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .where(organisation.c.org_code.in_(codes), within(scope, organisation.c.path)),
        connection,
        parse_dates=["dissolved_on"],
    )
    order = {code: number for number, code in enumerate(codes)}
    rows = rows.sort_values("org_code", key=lambda found: found.map(order), ignore_index=True)
    rated = [branch.history(connection, scope, row["org_id"], row["kind"], (period,), today) for row in rows.to_dict("records")]
    scores = pd.concat(rated, ignore_index=True) if rated else pd.DataFrame(columns=_RATED)
    return rows.assign(**{name: scores[name] for name in _RATED})


def parts(connection: Connection, scope: Scope, codes: tuple[str, ...], period: str, today: date) -> pd.DataFrame:
    """The five parts of these organisations' index beside the median of the first one's peers, in the order of the codes.

    Columns: org_code, name, part, share (0–1; NaN: left out), median (0–1; NaN where too few peers stand on the part).
    """
    rows = compared(connection, scope, codes, period, today)
    if rows.empty:
        return pd.DataFrame(columns=["org_code", "name", "part", "share", "median"])
    first = rows.iloc[0]
    own_sector = first["sector"] if isinstance(first["sector"], str) else None
    medians = branch.peer_medians(connection, scope, first["kind"], own_sector, period).set_index("part")["median"]
    long = rows.melt(["org_code", "name"], PARTS, "part", "share")
    order = {code: number for number, code in enumerate(rows["org_code"])}
    long = long.sort_values("org_code", key=lambda found: found.map(order), kind="stable", ignore_index=True)
    return long.assign(share=long["share"].astype(float), median=long["part"].map(medians).astype(float))


def index(connection: Connection, scope: Scope, codes: tuple[str, ...], period: str, today: date) -> pd.DataFrame:
    """What the rating of `period` says of these organisations: the index and its parts. Columns as `records`."""
    rows = compared(connection, scope, codes, period, today)
    fortress = INDICATORS["fortress"]
    measures = [("fortress", fortress.name, fortress.unit, "total", 1, "{:.1f} 分")]
    measures += [(f"{part}_part", f"{Part(part).label}得分率", SHARES, part, 100, "{:.1f}%") for part in PARTS]
    told = [
        (row["org_id"], measure, title, unit, True, row[column] * scale, "—" if pd.isna(row[column]) else form.format(row[column] * scale))
        for row in rows.to_dict("records")
        for measure, title, unit, column, scale, form in measures
    ]
    return pd.DataFrame(told, columns=_MEASURED)


def records(connection: Connection, scope: Scope, org_ids: tuple[int, ...], period: Period) -> pd.DataFrame:
    """What the records of the four quarters up to `period` say of each organisation, measure by measure.

    Columns: org_id, measure (an indicator's code, "duty.<duty>", or an item's column), title, unit, rising (bool), value (NaN where nothing
    is known), told (the value as it is said, with the counts that it stands on; "—" where nothing is known). Every organisation has every
    measure.
    """
    quarters = tuple(quarter.code for quarter in period.back(QUARTERS))
    numbers = settings(connection, scope)
    rows = [row for org_id in org_ids for row in _records(connection, scope, org_id, quarters, numbers)]
    return pd.DataFrame(rows, columns=_MEASURED)


def _records(connection: Connection, scope: Scope, org_id: int, quarters: tuple[str, ...], numbers: Settings) -> list[tuple]:
    duties = rolled.duties(connection, scope, org_id, Cut(), quarters, ("duty",))
    sums = rolled.figures(connection, scope, org_id, Cut(), quarters, RECORDED)
    rows = [_duty(org_id, duty, duties[duties["duty"] == duty.value], numbers) for duty in Duty]
    rows += [_recorded(org_id, code, sums, numbers) for code in RECORDED]
    rows += _items(connection, scope, org_id, quarters[-1])
    return [*rows, _lights(org_id, rolled.counts(connection, scope, org_id, Cut(), ["light", "org_kind"]))]


def _items(connection: Connection, scope: Scope, org_id: int, quarter: str) -> list[tuple]:
    """What of the index no figure tells besides, as it was rated in the last of the quarters."""
    found = explain.explained(connection, scope, org_id, quarter)
    items = None if found is None or found.items is None else found.items.set_index("column")
    rows = []
    for item in _RATED_ITEMS:
        head = (org_id, item.column, item.name, SHARES, True)
        if items is None or not items.loc[item.column, "standing"]:
            rows.append((*head, float("nan"), "—"))
            continue
        value, done, due = (float(items[name].loc[item.column]) for name in ("share", "done", "due"))
        rows.append((*head, value * 100, f"{value:.1%}（{done:,.0f}/{due:,.0f}）"))
    return rows


def _duty(org_id: int, duty: Duty, counts: pd.DataFrame, numbers: Settings) -> tuple:
    head = (org_id, f"duty.{duty.value}", duty.label, SHARES, True)
    due, held, late = (int(counts[name].sum()) for name in ("due", "held", "late"))
    if not due:
        return (*head, float("nan"), "—")
    value = figures.indicator(counts, "attainment", settings=numbers)["value"].item()
    kept = f"按期 {held:,}/{due:,}" + (f"，补开 {late:,}" if late else "")
    return (*head, value, kept if due < _MANY else f"{value:.1f}%（{kept}）")


def _lights(org_id: int, counts: pd.DataFrame) -> tuple:
    """Open red lights, as many a branch: a large committee has more of them than a small one."""
    reds = int(counts.loc[(counts["dimension"] != "org_kind") & (counts["category"] == Light.RED), "count"].sum())
    branches = int(counts.loc[(counts["dimension"] == "org_kind") & (counts["category"] == OrgKind.BRANCH), "count"].sum())
    indicator = INDICATORS["lights"]
    told = f"预警 {reds:,} 项"
    if branches > 1:
        told += f"，平均每个支部 {reds / branches:.2f} 项"
    return (org_id, "lights", indicator.name, indicator.unit, False, reds / branches if branches else float("nan"), told)


def _recorded(org_id: int, code: str, sums: pd.DataFrame, numbers: Settings) -> tuple:
    indicator = INDICATORS[code]
    head = (org_id, code, indicator.name, indicator.unit, bool(indicator.rising))
    found = figures.indicator(sums, code, settings=numbers)
    value = found["value"].item()
    if pd.isna(value):
        return (*head, value, "—")
    if indicator.unit != SHARES:
        return (*head, value, f"{value:,.{indicator.digits}f} {indicator.unit}/季")
    (done,) = indicator.over
    return (*head, value, f"{value:.1f}%（{sums[done].sum():,.0f}/{found['base'].item():,.0f}）")


def candidates(connection: Connection, scope: Scope, org_id: int, kind: str, org_sector: str | None) -> int:
    """How many other existing organisations of the kind and sector the scope holds."""
    counted = select(func.count()).select_from(organisation).where(*_peers(scope, org_id, kind, org_sector))
    return connection.scalar(counted) or 0


def suggestions(
    connection: Connection, scope: Scope, org_id: int, kind: str, org_sector: str | None, period: str, limit: int = 8
) -> pd.DataFrame:
    """Peers inside the scope that were rated better in `period`, the nearest in size first, then the better ones, then by code.

    An organisation that was not rated itself gets the nearest rated ones.
    Columns: org_code, name, district_name, members, total, light.
    """
    read = _branches if kind == OrgKind.BRANCH else _groups
    rows = read(connection, scope, org_id, kind, org_sector, period)
    own = rows[rows["org_id"] == org_id]
    size, total = (own["members"].iloc[0], own["total"].iloc[0]) if len(own) else (float("nan"), float("nan"))
    others = rows[(rows["org_id"] != org_id) & rows["total"].notna()]
    better = others if pd.isna(total) else others[others["total"] > total]
    near = better.assign(apart=(better["members"] - size).abs(), behind=-better["total"])
    return (
        near.sort_values(["apart", "behind", "org_code"])
        .head(limit)[["org_code", "name", "district_name", "members", "total", "light"]]
        .reset_index(drop=True)
    )


def _peers(scope: Scope, org_id: int, kind: str, org_sector: str | None) -> list[ColumnElement[bool]]:
    return [*_alike(scope, kind, org_sector), organisation.c.org_id != org_id]


def _alike(scope: Scope, kind: str, org_sector: str | None) -> list[ColumnElement[bool]]:
    same = organisation.c.sector.is_(None) if org_sector is None else organisation.c.sector == org_sector
    return [within(scope, organisation.c.path), organisation.c.kind == kind, same, organisation.c.dissolved_on.is_(None)]


def _named() -> list[ColumnElement]:
    return [*(organisation.c[name] for name in ("org_id", "org_code", "name")), place.c.name.label("district_name")]


def _branches(connection: Connection, scope: Scope, org_id: int, kind: str, org_sector: str | None, period: str) -> pd.DataFrame:
    return pd.read_sql_query(
        select(*_named(), org_score.c.members, org_score.c.total, org_score.c.light)
        .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .where(org_score.c.period == period, *_alike(scope, kind, org_sector)),
        connection,
    )


def _groups(connection: Connection, scope: Scope, org_id: int, kind: str, org_sector: str | None, period: str) -> pd.DataFrame:
    counted = ("members", "score_points", "score_members")
    rows = pd.read_sql_query(
        select(*_named(), *(func.sum(figure.c[name]).label(name) for name in counted))
        .join_from(figure, organisation, organisation.c.org_id == figure.c.org_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .where(figure.c.period == period, *_alike(scope, kind, org_sector))
        .group_by(*_named()),
        connection,
    )
    total = share(rows["score_points"], rows["score_members"], 1).pipe(half_up)
    return rows.assign(total=total, light=light(total, settings(connection, scope)))
