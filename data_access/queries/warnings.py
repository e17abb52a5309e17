"""Warnings (预警): open duty lights by rule, age and place; the lists of open, exempted and closed ones.

Counts are aggregates and hold every light; a list never holds a light about a single person for readers who may not list
members, and shows names as the scope says. Lists are pages of at most `PAGE` rows.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Select, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.schema.members import applicant, member
from data_access.schema.organisations import exemption, organisation
from data_access.schema.places import place, sector
from data_access.schema.ratings import light
from data_access.scoping import as_seen, beneath, holding, within
from domain.ageing import Age, turned
from domain.light_counts import COLOURS, SHOWN, WAYS, Chosen, counted, rule_title, totals
from domain.period import Period
from domain.rules import DUES_ARREARS, INDEX_ESCALATION, RULES, next_step, remembered
from domain.scope import Scope
from domain.vocabulary import Light

PAGE = 50

# Subjects of lights about one person. The other lights of their rules, such as dues that a branch does not report, are about nobody.
_PERSONAL = ("member:%", "applicant:%")


def cube(connection: Connection, scope: Scope, path: str, today: date, on: date | None = None) -> pd.DataFrame:
    """Every open light at and below `path` that is not exempted, counted by all that it can be counted by; `domain.light_counts` sums.

    `on` a past day: the lights that were open at its end (`Chosen.on`).

    Columns: rule_id, light, district_code, district_name, sector, sector_name, age (an `Age`), count.
    """
    spans = [(turned(age, today), age.value) for age in Age]
    age = case(*((light.c.since >= first, code) for (first, _), code in spans[:-1]), else_=spans[-1][1])
    keys = (light.c.rule_id, light.c.light, organisation.c.district_code, organisation.c.sector)
    counts = (
        select(*keys, age.label("age"), func.count().label("count"))
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(*_open(scope, path, on), _exemption(on).is_(None))
        .group_by(*keys, age)
        .subquery()
    )
    return pd.read_sql_query(
        select(counts, place.c.name.label("district_name"), sector.c.name.label("sector_name"))
        .outerjoin(place, place.c.code == counts.c.district_code)
        .outerjoin(sector, sector.c.code == counts.c.sector)
        .order_by(*(counts.c[name] for name in ("rule_id", "light", "district_code", "sector", "age"))),
        connection,
    )


def board(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> dict[str, pd.DataFrame]:
    """The chosen open lights at and below `path`, counted in every way: the tables of `light_counts.counted` by "rule", "district",
    "sector" and "age", and under "all" their sums (red, yellow, grey; one row).
    """
    lights = cube(connection, scope, path, today, chosen.on)
    tables = {by: counted(lights, by, chosen) for by in WAYS}
    return tables | {"all": pd.DataFrame([totals(lights, chosen)])}


def red_count(connection: Connection, scope: Scope, path: str) -> int:
    """How many open red lights at and below `path` are not exempted: the red ones of `board`, counted alone."""
    return connection.execute(
        select(func.count())
        .select_from(light)
        .join(organisation, organisation.c.org_id == light.c.org_id)
        .where(*_open(scope, path, None), light.c.light == Light.RED.value, light.c.exemption_id.is_(None))
    ).scalar_one()


def _open(scope: Scope, path: str, on: date | None) -> list[ColumnElement[bool]]:
    """Duty lights at and below `path` that are open, or were at the end of the day `on`, inside the scope; never an index light.

    Of a past day those are known whose rule remembers: on by then in the colour that they have or closed with, and not yet closed.
    """
    then = [] if on is None else [light.c.since <= on, light.c.rule_id.in_([rule_id for rule_id in RULES if remembered(rule_id)])]
    return [
        light.c.closed_on.is_(None) if on is None else or_(light.c.closed_on.is_(None), light.c.closed_on > on),
        *then,
        light.c.light.in_(COLOURS),
        light.c.rule_id != INDEX_ESCALATION,
        holding(scope, path),
    ]


def _exemption(on: date | None) -> ColumnElement[int]:
    """The exemption that switches a light off, or did on the day `on`: of several the one that lasts longest; null without one."""
    if on is None:
        return light.c.exemption_id
    given = exemption.alias("given")
    return (
        select(given.c.exemption_id)
        .where(given.c.org_id == light.c.org_id, given.c.rule_id == light.c.rule_id, given.c.from_on <= on, given.c.to_on >= on)
        .order_by(given.c.to_on.desc(), given.c.exemption_id)
        .limit(1)
        .scalar_subquery()
    )


def _conditions(chosen: Chosen, today: date) -> list[ColumnElement[bool]]:
    columns = {
        "rule": light.c.rule_id,
        "light": light.c.light,
        "district": organisation.c.district_code,
        "sector": organisation.c.sector,
        "org_id": light.c.org_id,
    }
    given = [column == getattr(chosen, name) for name, column in columns.items() if getattr(chosen, name) is not None]
    if chosen.age:
        given.append(light.c.since.between(*turned(Age(chosen.age), today)))
    return given


def listed(
    connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, page: int | None = None, each: int | None = None
) -> pd.DataFrame:
    """Open lights that are not exempted, red before yellow before grey, the newest first: page `page` (from 1) of `PAGE` rows.

    Without a page they are all there: for one organisation, whose lights are few. With `each`, at most so many lights of one rule are
    among them.

    Columns: light_id, rule_id, title, light, since, days (since it turned), due_on, org_code, org_name, district_name, sector_name,
    subject, person (name as the scope shows it; None where the light is about no one), text (the facts in one sentence), source, next_step.
    """
    severity = case({colour.value: number for number, colour in enumerate(SHOWN)}, value=light.c.light)
    order = (severity, light.c.since.desc(), light.c.light_id)
    wanted = [*_open(scope, path, chosen.on), _exemption(chosen.on).is_(None), *_conditions(chosen, today)]
    numbered = select(light.c.light_id).join_from(light, organisation, organisation.c.org_id == light.c.org_id)
    if each is not None:
        place = func.row_number().over(partition_by=light.c.rule_id, order_by=order).label("place")
        ranked = numbered.add_columns(place).where(*wanted, *listable(scope)).subquery()
        wanted = [light.c.light_id.in_(select(ranked.c.light_id).where(ranked.c.place <= each))]
    if page is not None:  # a city's lights are sorted without what is told of them
        shown = _paged(numbered.where(*wanted, *listable(scope)).order_by(*order), page).subquery()
        wanted = [light.c.light_id.in_(select(shown.c.light_id))]
    return _rows(connection, scope, today, _listing(scope).where(*wanted).order_by(*order))


def listed_count(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> int:
    """How many rows `listed` has on all its pages."""
    return _count(connection, scope, path, today, chosen, _exemption(chosen.on).is_(None))


def exempted_count(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> int:
    """How many rows `exempted` has on all its pages."""
    return _count(connection, scope, path, today, chosen, _exemption(chosen.on).is_not(None))


def _count(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, which: ColumnElement[bool]) -> int:
    return connection.execute(
        select(func.count())
        .select_from(light)
        .join(organisation, organisation.c.org_id == light.c.org_id)
        .where(*_open(scope, path, chosen.on), which, *_conditions(chosen, today), *listable(scope))
    ).scalar_one()


def _paged(query: Select, page: int | None) -> Select:
    return query if page is None else query.limit(PAGE).offset((page - 1) * PAGE)


def exempted(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen, page: int | None = None) -> pd.DataFrame:
    """Lights that an approved exemption switches off, the first to end first: page `page` (from 1) of `PAGE` rows, or all of them.

    Columns as `listed`, then reason, approved_by, exempt_from, exempt_to.
    """
    columns = (exemption.c.reason, exemption.c.approved_by, exemption.c.from_on.label("exempt_from"), exemption.c.to_on.label("exempt_to"))
    query = (
        _listing(scope, *columns)
        .join(exemption, exemption.c.exemption_id == _exemption(chosen.on))
        .where(*_open(scope, path, chosen.on), *_conditions(chosen, today))
        .order_by(exemption.c.to_on, light.c.light_id)
    )
    return _rows(connection, scope, today, _paged(query, page), "exempt_from", "exempt_to")


def exemptions_of(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """What approved exemptions switch off at and below `path`, measures left out: once an organisation and rule, by organisation.

    Columns: org_id, title (of the rule), reason, approved_by, exempt_to.
    """
    rows = pd.read_sql_query(
        select(light.c.org_id, light.c.rule_id, exemption.c.reason, exemption.c.approved_by, exemption.c.to_on.label("exempt_to"))
        .distinct()
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .join(exemption, exemption.c.exemption_id == light.c.exemption_id)
        .where(*_open(scope, path, None), *listable(scope))
        .order_by(light.c.org_id, light.c.rule_id, exemption.c.to_on),
        connection,
        parse_dates=["exempt_to"],
    )
    return rows.assign(title=[rule_title(rule_id) for rule_id in rows["rule_id"]])[
        ["org_id", "title", "reason", "approved_by", "exempt_to"]
    ]


def closed(connection: Connection, scope: Scope, path: str, today: date, chosen: Chosen) -> pd.DataFrame:
    """The latest lights that were closed, at most `PAGE`. Columns as `listed`, then closed_on; days counts how long it was on."""
    rows = _rows(
        connection,
        scope,
        today,
        _listing(scope, light.c.closed_on)
        .where(
            light.c.closed_on.is_not(None) if chosen.on is None else light.c.closed_on <= chosen.on,
            light.c.rule_id != INDEX_ESCALATION,
            within(scope, organisation.c.path),
            beneath(path, organisation.c.path),
            *_conditions(chosen, today),
        )
        .order_by(light.c.closed_on.desc(), light.c.light_id.desc())
        .limit(PAGE),
        "closed_on",
    )
    rows["days"] = (rows["closed_on"] - rows["since"]).dt.days
    return rows


def _listing(scope: Scope, *columns: ColumnElement) -> Select:
    return (
        select(
            *(light.c[name] for name in ("light_id", "rule_id", "light", "since", "due_on", "subject", "evidence")),
            organisation.c.org_code,
            organisation.c.name.label("org_name"),
            place.c.name.label("district_name"),
            sector.c.name.label("sector_name"),
            member.c.name.label("person"),
            *columns,
        )
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .outerjoin(place, place.c.code == organisation.c.district_code)
        .outerjoin(sector, sector.c.code == organisation.c.sector)
        .outerjoin(member, member.c.member_id == light.c.member_id)
        .where(*listable(scope))
    )


def listable(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions that leave out what is about a single person, for readers who may not list members."""
    if scope.lists_members:
        return []
    return [impersonal()]


def impersonal() -> ColumnElement[bool]:
    """Return the condition that a light is about no single person."""
    return ~or_(*(light.c.subject.like(pattern) for pattern in _PERSONAL))


def _rows(connection: Connection, scope: Scope, today: date, query: Select, *days: str) -> pd.DataFrame:
    """Run a listing, word its evidence and rules, and show names as the scope says."""
    rows = pd.read_sql_query(query, connection, parse_dates=["since", "due_on", *days])
    applicants = _applicants(connection, rows["subject"])
    people = [applicants.get(subject, name) for subject, name in zip(rows["subject"], rows["person"], strict=True)]
    rows["person"] = as_seen(scope, pd.Series(people, index=rows.index, dtype="object"))
    told = [json.loads(evidence) for evidence in rows["evidence"]]
    rows["text"] = [each["text"] for each in told]
    rows["due_on"] = deadlines(rows, told)
    rows["days"] = (pd.Timestamp(today) - rows["since"]).dt.days
    rows["title"] = [rule_title(rule_id) for rule_id in rows["rule_id"]]
    rows["source"] = [RULES[rule_id].source if rule_id in RULES else None for rule_id in rows["rule_id"]]
    rows["next_step"] = [next_step(rule_id, light) for rule_id, light in zip(rows["rule_id"], rows["light"], strict=True)]
    return rows.drop(columns="evidence")


def deadlines(rows: pd.DataFrame, told: Sequence[Mapping]) -> pd.Series:
    """Return by when the matter of each light was due; NaT without a deadline. `told` is the evidence of each.

    Arrears of dues have the last day of the first unpaid month; every other rule keeps its own deadline.
    """
    first = [each["rows"][0] if rule == DUES_ARREARS and each["rows"] else None for rule, each in zip(rows["rule_id"], told, strict=True)]
    last = [month and Period.parse(f"{int(month) // 100}-{int(month) % 100:02d}").last for month in first]
    return rows["due_on"].fillna(pd.to_datetime(pd.Series(last, index=rows.index, dtype="object")))


def _applicants(connection: Connection, subjects: pd.Series) -> dict[str, str]:
    """Names of the applicants among the subjects: {"applicant:7": name}."""
    ids = [int(subject.removeprefix("applicant:")) for subject in subjects if subject.startswith("applicant:")]
    if not ids:
        return {}
    found = connection.execute(select(applicant.c.applicant_id, applicant.c.name).where(applicant.c.applicant_id.in_(ids)))
    return {f"applicant:{applicant_id}": name for applicant_id, name in found}
