"""One person's admission (个人发展历程): every step and its day, what is odd, which clocks run. For secretaries in their scope only."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Row, select

from data_access.queries.settings import settings
from data_access.schema.members import admission_step, applicant
from data_access.schema.organisations import organisation
from data_access.schema.ratings import light
from data_access.scoping import within
from domain.admission import ORDER, PROBATION_EXTENSION, STEPS
from domain.admission_clocks import Oddity, examined, running_clocks
from domain.rules import RULES
from domain.scope import Scope
from domain.vocabulary import Sex

_EXTENSION = "延长预备期"


@dataclass(frozen=True)
class Timeline:
    """One applicant: who, where, and what was recorded.

    `steps`: place (order; NaN for what is none of the steps), name, stage (label; None likewise), done_on (NaT for a step that nobody
    has recorded), days (length, NaN where none is told), gap (days since the last step recorded before), note, oddity (Chinese words;
    None where sound); steps in order, each repetition by day, then what is none of them.
    `clocks`: title, due_on, left (days; negative once it has run out), the first to run out first.
    `lights`: title, light, since, due_on, closed_on (NaT while open), source; open ones first, then the latest.
    """

    applicant_id: int
    name: str
    sex: str
    org_code: str
    org_name: str
    applied_on: date
    ended_on: date | None
    steps: pd.DataFrame
    clocks: pd.DataFrame
    lights: pd.DataFrame


def timeline(connection: Connection, scope: Scope, applicant_id: int, today: date) -> Timeline | None:
    """Return a person's admission; None alike where there is none, where it lies outside the scope, and for who may not read names."""
    if not scope.names_members:
        return None
    person = applicant.c
    found = connection.execute(
        select(
            *(person[name] for name in ("applicant_id", "org_id", "name", "sex", "birth_on", "applied_on", "ended_on")),
            organisation.c.org_code,
            organisation.c.name.label("org_name"),
        )
        .join_from(applicant, organisation, organisation.c.org_id == person.org_id)
        .where(person.applicant_id == applicant_id, within(scope, organisation.c.path))
    ).one_or_none()
    if found is None:
        return None
    recorded = _recorded(connection, applicant_id, today)
    return Timeline(
        applicant_id=found.applicant_id,
        name=found.name,
        sex=Sex(found.sex).label,
        org_code=found.org_code,
        org_name=found.org_name,
        applied_on=found.applied_on,
        ended_on=found.ended_on,
        steps=_steps(recorded),
        clocks=_clocks(connection, scope, found, recorded, today),
        lights=_lights(connection, found),
    )


def _recorded(connection: Connection, applicant_id: int, today: date) -> pd.DataFrame:
    """What was recorded, examined: the columns of `domain.admission_clocks.examined`, and note."""
    step = admission_step.c
    rows = pd.read_sql_query(
        select(step.applicant_id, step.step, step.done_on, step.days, step.note)
        .where(step.applicant_id == applicant_id)
        .order_by(step.done_on, step.step),
        connection,
        parse_dates=["done_on"],
    )
    return examined(rows.assign(days=rows["days"].astype(float)), today)


def _steps(recorded: pd.DataFrame) -> pd.DataFrame:
    known = recorded[recorded["oddity"].isna()].sort_values("done_on", kind="stable")  # what cannot be is no step from or to another
    gap = known["done_on"].diff().dt.days.reindex(recorded.index)
    ahead = [code for code in STEPS if code not in set(recorded["step"])]
    rows = pd.concat([recorded.assign(gap=gap), pd.DataFrame({"step": ahead})], ignore_index=True)
    rows["place"] = rows["step"].map(ORDER).astype(float)
    rows["name"] = [_name(step) for step in rows["step"]]
    rows["stage"] = [STEPS[step].stage.label if step in STEPS else None for step in rows["step"]]
    rows["oddity"] = [Oddity(code).label if isinstance(code, str) else None for code in rows["oddity"]]
    ordered = rows.sort_values(["place", "done_on"], kind="stable", ignore_index=True)
    return ordered[["place", "name", "stage", "done_on", "days", "gap", "note", "oddity"]]


def _name(step: str) -> str:
    if step == PROBATION_EXTENSION:
        return _EXTENSION
    return STEPS[step].name if step in STEPS else step


def _clocks(connection: Connection, scope: Scope, person: Row, recorded: pd.DataFrame, today: date) -> pd.DataFrame:
    """Columns: title, due_on, left. None where the admission has ended."""
    if person.ended_on and person.ended_on <= today:
        return pd.DataFrame(columns=["title", "due_on", "left"])
    people = pd.DataFrame(
        {
            "applicant_id": [person.applicant_id],
            "org_id": [person.org_id],
            "member_id": pd.Series([pd.NA], dtype="Int64"),
            **{name: pd.to_datetime(pd.Series([getattr(person, name)])) for name in ("birth_on", "applied_on", "ended_on")},
        }
    )
    rows = running_clocks(people, recorded, today, settings(connection, scope))
    rows["title"] = [RULES[clock].title for clock in rows["clock"]]
    rows["left"] = (rows["due_on"] - pd.Timestamp(today)).dt.days
    return rows[["title", "due_on", "left"]]


def _lights(connection: Connection, person: Row) -> pd.DataFrame:
    columns = (light.c.rule_id, light.c.light, light.c.since, light.c.due_on, light.c.closed_on)
    rows = pd.read_sql_query(
        select(*columns)
        .where(light.c.org_id == person.org_id, light.c.subject == f"applicant:{person.applicant_id}")
        .order_by(light.c.closed_on.is_not(None), light.c.since.desc(), light.c.light_id),
        connection,
        parse_dates=["since", "due_on", "closed_on"],
    )
    rules = [RULES.get(rule_id) for rule_id in rows["rule_id"]]
    rows["title"] = [rule.title if rule else rule_id for rule, rule_id in zip(rules, rows["rule_id"], strict=True)]
    rows["source"] = [rule.source if rule else None for rule in rules]
    return rows[["title", "light", "since", "due_on", "closed_on", "source"]]
