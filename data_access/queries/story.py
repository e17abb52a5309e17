"""Who plays in the presenter's story: found in the data by rule, so that it can be told of any installation.

The district with the lowest index; in it the branch with the lowest index that has a red light which can still be made good and a
red task; its light, its task; and the route for a theme party day that begins nearest to it. Nothing is named in advance.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, select

from data_access.counting.assignments import last_of_day
from data_access.queries import bill, explain, overview, red, weakest
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation
from data_access.schema.ratings import assignment_state, duty_record, light, org_score
from data_access.schema.records import assignment, progress_report, task
from data_access.scoping import beneath, within
from domain.geography import distance_m
from domain.period import Period, add_months
from domain.rules import TASK_PROGRESS, duty_rule
from domain.scope import Scope
from domain.vocabulary import Duty, DutyStatus, Light, Part

_NOT_PLAYED = (Duty.TALK.value, Duty.GROUP_MEETING.value)  # a talk names no period; a group's meeting needs its group


@dataclass(frozen=True)
class District:
    """The district with the lowest index: its rank among those rated (1 is the best), and how many there are."""

    code: str
    name: str
    score: float
    rank: int
    count: int


@dataclass(frozen=True)
class Missed:
    """A duty that was missed and can still be made up until `until`; `light_id` is its red light, None where it has none."""

    duty: str
    period: str
    until: date
    light_id: int | None


@dataclass(frozen=True)
class Late:
    """A red task of the branch."""

    assignment_id: int
    task_code: str
    title: str
    due_on: date
    overdue: bool
    progress: int | None
    planned: float
    light_id: int | None


@dataclass(frozen=True)
class Branch:
    """The branch of the story."""

    org_id: int
    org_code: str
    name: str
    path: str
    sector: str | None
    score: float
    reds: int


@dataclass(frozen=True)
class Route:
    """A route for a theme party day; `metres` from the branch to its first stop, None where either has no point."""

    route_id: str
    name: str
    stops: int
    metres: float | None


@dataclass(frozen=True)
class Cast:
    """Who plays; None for whom the data does not hold."""

    district: District | None
    branch: Branch | None
    missed: Missed | None
    late: Late | None
    route: Route | None


def cast(connection: Connection, scope: Scope, org_id: int, path: str, period: str, today: date) -> Cast:
    """Find who plays below an organisation, by its scores of a quarter."""
    district = _district(connection, scope, org_id, period)
    branch, missed, late = _branch(connection, scope, path, district, period, today)
    return Cast(district, branch, missed, late, _route(connection, scope, branch))


def _district(connection: Connection, scope: Scope, org_id: int, period: str) -> District | None:
    rated = overview.by_district(connection, scope, org_id, Cut(), period).dropna(subset=["score"])
    if len(rated) < 2:
        return None
    last = rated.sort_values(["score", "key"], ascending=[True, True]).iloc[0]
    above = int((rated["score"] > last["score"]).sum())
    return District(str(last["key"]), str(last["name"]), float(last["score"]), above + 1, len(rated))


def _branch(
    connection: Connection, scope: Scope, path: str, district: District | None, period: str, today: date
) -> tuple[Branch | None, Missed | None, Late | None]:
    conditions = [within(scope, organisation.c.path), beneath(path, organisation.c.path), organisation.c.dissolved_on.is_(None)]
    conditions += [organisation.c.district_code == district.code] if district else []
    rows = connection.execute(
        select(
            *(organisation.c[name] for name in ("org_id", "org_code", "name", "path", "sector")),
            org_score.c.total.label("score"),
        )
        .join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        .where(org_score.c.period == period, org_score.c.total.is_not(None), *conditions)
        .order_by(org_score.c.total, organisation.c.org_code)
    ).all()
    inside = and_(*conditions)
    reds = _reds(connection, inside)
    missed, late = _missed(connection, scope, inside, today), _late(connection, inside, today)
    for played in ((missed, late), (missed,), (late,), (reds,), ()):
        for row in rows:
            if all(row.org_id in found for found in played):
                found = Branch(**row._mapping, reds=reds.get(row.org_id, 0))
                return found, missed.get(row.org_id), late.get(row.org_id)
    return None, None, None


def _reds(connection: Connection, inside: ColumnElement[bool]) -> dict[int, int]:
    """Count the open red duty lights of branches, by org_id."""
    query = (
        select(light.c.org_id, func.count().label("count"))
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(inside, *_open_red())
        .group_by(light.c.org_id)
    )
    return {int(org_id): int(reds) for org_id, reds in connection.execute(query)}


def _open_red() -> tuple[ColumnElement[bool], ...]:
    return (light.c.light == Light.RED.value, light.c.closed_on.is_(None), light.c.exemption_id.is_(None))


def _missed(connection: Connection, scope: Scope, inside: ColumnElement[bool], today: date) -> dict[int, Missed]:
    """Find, of each branch, the latest duty that was missed, has a red light and can still be made up; a theme party day first."""
    months = settings(connection, scope).whole("duty.makeup_months")
    rows = connection.execute(
        select(duty_record.c.org_id, duty_record.c.duty, duty_record.c.period, duty_record.c.due_on)
        .join_from(duty_record, organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(
            inside,
            duty_record.c.status == DutyStatus.MISSED.value,
            duty_record.c.duty.not_in(_NOT_PLAYED),
            duty_record.c.due_on.between(add_months(today, -months - 1), today - timedelta(days=1)),
        )
        .order_by(duty_record.c.due_on.desc(), duty_record.c.duty)
    ).all()
    lit = _lights(connection, inside, [duty_rule(Duty(code)) for code in {row.duty for row in rows}])
    found: dict[int, Missed] = {}
    for row in sorted(rows, key=lambda row: row.duty != Duty.THEME_DAY):
        until = add_months(row.due_on + timedelta(days=1), months) - timedelta(days=1)
        number = lit.get((row.org_id, duty_rule(Duty(row.duty)), row.period))
        if today <= until and number is not None:
            found.setdefault(row.org_id, Missed(row.duty, row.period, until, number))
    return found


def _lights(connection: Connection, inside: ColumnElement[bool], rules: list[str]) -> dict[tuple[int, str, str], int]:
    """Return the ids of open red lights by (org_id, rule_id, subject)."""
    query = (
        select(light.c.org_id, light.c.rule_id, light.c.subject, light.c.light_id)
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(inside, *_open_red(), light.c.rule_id.in_(rules))
        .order_by(light.c.light_id.desc())
    )
    return {(row.org_id, row.rule_id, row.subject): row.light_id for row in connection.execute(query)}


def _late(connection: Connection, inside: ColumnElement[bool], today: date) -> dict[int, Late]:
    """Find, of each branch, its red task: one that still runs first, because finishing it still counts, then the heaviest."""
    state = assignment_state.c
    rows = connection.execute(
        select(assignment, task.c.task_code, task.c.title, state.progress, state.planned)
        .join_from(assignment, organisation, organisation.c.org_id == assignment.c.org_id)
        .join(assignment_state, state.assignment_id == assignment.c.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .where(inside, state.light == Light.RED.value, state.finished_on.is_(None), assignment.c.start_on <= today)
        .order_by(assignment.c.weight.desc(), assignment.c.due_on, assignment.c.assignment_id)
    ).all()
    lit = _lights(connection, inside, [TASK_PROGRESS])
    found: dict[int, Late] = {}
    for row in sorted(rows, key=lambda row: row.due_on < today):
        number = lit.get((row.org_id, TASK_PROGRESS, f"assignment:{row.assignment_id}"))
        told = Late(row.assignment_id, row.task_code, row.title, row.due_on, row.due_on < today, row.progress, row.planned, number)
        found.setdefault(row.org_id, told)
    return found


def _route(connection: Connection, scope: Scope, branch: Branch | None) -> Route | None:
    """Find the route whose first stop is nearest to the branch; the first published one where nobody knows where it stands."""
    routes = red.routes(connection, scope)
    own = red.standpoint(connection, scope, branch.org_id) if branch else None
    if routes.empty:
        return None
    metres = distance_m(own.lon, own.lat, routes["lon"], routes["lat"]) if own else pd.Series(float("nan"), index=routes.index)
    order = routes.assign(metres=metres).sort_values(["metres", "official", "route_id"], ascending=[True, False, True], na_position="last")
    first = order.iloc[0]
    known = None if pd.isna(first["metres"]) else float(first["metres"])
    return Route(str(first["route_id"]), str(first["name"]), int(first["stops"]), known)


def weakest_in(connection: Connection, scope: Scope, path: str, district: str | None, period: str, rows: int) -> pd.DataFrame:
    """The weakest branches of a district. Columns, as texts: name, sector, part (that lost most), score, reds."""
    found = weakest.weakest(connection, scope, path, Cut(place=district), period, rows)
    return pd.DataFrame(
        {
            "name": found["name"],
            "sector": found["sector_name"].fillna(""),
            "part": [f"{part} −{loss:.1f}" for part, loss in zip(found["part"], found["loss"], strict=True)],
            "score": [f"{score:.1f}" for score in found["score"]],
            "reds": [f"{count}" if count else "" for count in found["reds"]],
        }
    )


def items(connection: Connection, scope: Scope, org_id: int, period: str) -> pd.DataFrame:
    """The items of a branch's score, what lost most first. Columns, as texts: part, name, counted (done of due), earned, lost."""
    found = explain.explained(connection, scope, org_id, period)
    if found is None or found.items is None:
        return pd.DataFrame(columns=["part", "name", "counted", "earned", "lost"])
    rows = found.items[found.items["standing"] > 0]
    rows = rows.assign(loss=rows["full"] - rows["points"]).sort_values("loss", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "part": rows["part"].map(Part.labels()),
            "name": rows["name"],
            "counted": [f"{_short(done)} / {_short(due)}" for done, due in zip(rows["done"], rows["due"], strict=True)],
            "earned": [f"{got:.1f} / {full:.1f}" for got, full in zip(rows["points"], rows["full"], strict=True)],
            "lost": [f"−{loss:.1f}" if loss >= 0.05 else "" for loss in rows["loss"]],
        }
    ).reset_index(drop=True)


def _short(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def duty_rows(connection: Connection, scope: Scope, org_id: int, duty: str, today: date, rows: int) -> pd.DataFrame:
    """A branch's latest periods of a duty. Columns, as texts: period, due, status, done, attended, alarm (the status of a missed one)."""
    found = connection.execute(
        select(duty_record)
        .join_from(duty_record, organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(
            duty_record.c.org_id == org_id,
            duty_record.c.duty == duty,
            within(scope, organisation.c.path),
            duty_record.c.due_on < add_months(today, 1),
        )
        .order_by(duty_record.c.due_on.desc())
        .limit(rows)
    ).all()
    told = [
        (
            Period.parse(row.period).label,
            f"{row.due_on:%Y-%m-%d}",
            "" if row.status == DutyStatus.MISSED else DutyStatus(row.status).label,
            DutyStatus(row.status).label if row.status == DutyStatus.MISSED else "",
            f"{row.done_on:%Y-%m-%d}" if row.done_on else "—",
        )
        for row in found
    ]
    return pd.DataFrame(told, columns=["period", "due", "status", "alarm", "done"])


def reports(connection: Connection, scope: Scope, assignment_id: int, rows: int) -> pd.DataFrame:
    """The latest reports of an assignment. Columns, as texts: day, percent."""
    found = connection.execute(
        select(progress_report.c.reported_on, progress_report.c.percent)
        .join_from(progress_report, assignment, assignment.c.assignment_id == progress_report.c.assignment_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(progress_report.c.assignment_id == assignment_id, within(scope, organisation.c.path), last_of_day())
        .order_by(progress_report.c.reported_on.desc())
        .limit(rows)
    ).all()
    return pd.DataFrame([(f"{row.reported_on:%Y-%m-%d}", f"{row.percent} %") for row in found], columns=["day", "percent"])


def owed(connection: Connection, scope: Scope, path: str, today: date, rows: int) -> pd.DataFrame:
    """A branch's bill of this month. Columns, as texts: number, alarm, watch or what (red, yellow or neither), about, responsible (as the
    scope shows names), due (of another year with the year), points."""
    found = bill.owed_by(connection, scope, path, today).head(rows)
    red_ones, yellow_ones = found["light"] == Light.RED.value, found["light"] == Light.YELLOW.value
    titles = found["what"].astype("object")
    return pd.DataFrame(
        {
            "number": [str(number) for number in range(1, len(found) + 1)],
            "alarm": titles.where(red_ones, ""),
            "watch": titles.where(yellow_ones, ""),
            "what": titles.mask(red_ones | yellow_ones, ""),
            "about": found["about"],
            "responsible": found["responsible"].fillna("—"),
            "due": [_day(day, today) for day in found["due_on"]],
            "points": [f"{points:.1f}" if pd.notna(points) else "—" for points in found["points"]],
        }
    ).reset_index(drop=True)


def _day(day: pd.Timestamp, today: date) -> str:
    if pd.isna(day):
        return "—"
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


def route_stops(connection: Connection, scope: Scope, route_id: str) -> pd.DataFrame:
    """The stops of a route in order. Columns, as texts: seq, name, district, leg."""
    found = red.stops(connection, scope, route_id)
    legs = ["" if pd.isna(leg) else f"{leg / 1000:.1f} 公里" if leg >= 1000 else f"{leg:.0f} 米" for leg in found["leg_m"]]
    return pd.DataFrame(
        {"seq": found["seq"].astype(str), "name": found["name"], "district": found["district_name"].fillna(""), "leg": legs}
    )


@dataclass(frozen=True)
class Standing:
    """Where the story's figures stand: the branch's index, light and rank, its district's index, the root's index and red lights."""

    branch: float | None
    rank: int | None
    peers: int | None
    branch_reds: int
    district: float | None
    whole: float | None
    reds: int
    task: int | None
    owed: int


def standing(connection: Connection, scope: Scope, root_id: int, found: Cast, period: str, today: date) -> Standing:
    """Return the story's figures as they are now."""
    districts = overview.by_district(connection, scope, root_id, Cut(), period)
    own = districts.loc[districts["key"] == found.district.code, "score"].dropna().tolist() if found.district else []
    whole = overview.headlines(connection, scope, root_id, Cut(), Period.parse(period), ("fortress",))
    lights = overview.red_lights(connection, scope, root_id, Cut())
    score, progress, lines = None, None, 0
    reds: dict[int, int] = {}
    if found.branch:
        inside = and_(within(scope, organisation.c.path), organisation.c.org_id == found.branch.org_id)
        rated = select(org_score.c.total, org_score.c.rank, org_score.c.peers).join_from(org_score, organisation)
        score = connection.execute(rated.where(inside, org_score.c.period == period)).one_or_none()
        reds = _reds(connection, inside)
        lines = len(bill.owed_by(connection, scope, found.branch.path, today))
    if found.late:
        state = assignment_state.c
        progress = connection.scalar(select(state.progress).where(state.assignment_id == found.late.assignment_id))
    return Standing(
        branch=score.total if score else None,
        rank=score.rank if score else None,
        peers=score.peers if score else None,
        branch_reds=reds.get(found.branch.org_id, 0) if found.branch else 0,
        district=float(own[0]) if own else None,
        whole=float(whole["value"].iloc[0]) if len(whole) and pd.notna(whole["value"].iloc[0]) else None,
        reds=int(lights["red"].sum()),
        task=progress,
        owed=lines,
    )
