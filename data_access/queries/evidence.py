"""What one light stands on: the rule's sentence, and the rows of facts of that one organisation, person or assignment.

A light about a single person opens only for readers who may list members. No frame holds a name, and free text, which may name
people, is shown to those only who may read names.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, Row, String, case, cast, func, literal, null, or_, select, union_all

from data_access.counting import oddities
from data_access.counting.assignments import last_of_day
from data_access.counting.meetings import odd_meetings
from data_access.queries import warnings
from data_access.queries.settings import settings
from data_access.schema.members import admission_step, applicant, member
from data_access.schema.organisations import coverage, election, organisation, post, star_rating, term_extension
from data_access.schema.ratings import duty_record, light
from data_access.schema.records import dues, meeting, progress_report
from data_access.scoping import as_seen, discreet, within
from domain import rules
from domain.admission import PROBATION_EXTENSION, STEPS
from domain.admission_clocks import Oddity
from domain.light_counts import rule_title
from domain.reporting import Record, Wrong
from domain.scope import Scope
from domain.vocabulary import Duty, MemberStatus

_STEP_NAMES = {code: step.name for code, step in STEPS.items()} | {PROBATION_EXTENSION: "延长预备期"}
DAYS = 550  # how far back the rows of a recurring duty reach


@dataclass(frozen=True)
class Opened:
    """A light opened down to the rows that it stands on. `person` is named as the scope shows names."""

    light_id: int
    rule_id: str
    title: str
    light: str
    since: date
    due_on: date | None
    closed_on: date | None
    org_code: str
    org_name: str
    person: str | None
    text: str  # the facts in one sentence
    sentence: str  # the rule's, with the installation's numbers
    source: str  # where the rule comes from
    next_step: str
    kind: str  # what `rows` are, a key of `COLUMNS`; "" where the light has no rows of its own
    rows: pd.DataFrame


# The columns of `rows` by kind.
COLUMNS = {
    "duties": ("period", "due_on", "status", "done_on", "topic", "expected", "attended"),
    "dues": ("month", "category", "due_yuan", "paid_yuan", "paid_on"),
    "steps": ("step", "done_on", "days", "note"),
    "progress": ("reported_on", "percent", "note"),
    "elections": ("what", "held_on", "term_ends_on"),
    "members": ("status", "count"),
    "posts": ("post", "count"),
    "coverage": ("source", "from_on", "to_on", "note"),
    "anomalies": ("what", "named", "day", "value", "why"),
    "stars": ("year", "self_score", "review_score", "final_score", "stars"),
}


def opened(connection: Connection, scope: Scope, light_id: int, today: date) -> Opened | None:
    """Open the light; None where there is none inside `scope`, or where it is about a person and the reader may not list members."""
    found = connection.execute(
        select(light, organisation.c.org_code, organisation.c.name.label("org_name"), member.c.name.label("member_name"))
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .outerjoin(member, member.c.member_id == light.c.member_id)
        .where(light.c.light_id == light_id, within(scope, organisation.c.path), *warnings.listable(scope))
    ).one_or_none()
    if found is None:
        return None
    rule = rules.RULES.get(found.rule_id)
    name = found.member_name
    if name is None and (number := _number(found.subject, "applicant")) is not None:
        name = connection.scalar(select(applicant.c.name).where(applicant.c.applicant_id == number))
    kind, read = _reader(found.rule_id, found.light)
    rows = read(connection, scope, found, today) if read else pd.DataFrame()
    return Opened(
        light_id=found.light_id,
        rule_id=found.rule_id,
        title=rule_title(found.rule_id),
        light=found.light,
        since=found.since,
        due_on=found.due_on,
        closed_on=found.closed_on,
        org_code=found.org_code,
        org_name=found.org_name,
        person=scope.person(name),
        text=json.loads(found.evidence)["text"],
        sentence=rule.worded(settings(connection, scope)) if rule else "",
        source=rule.source if rule else "",
        next_step=rules.next_step(found.rule_id, found.light) or "",
        kind=kind,
        rows=rows,
    )


def _number(subject: str, what: str) -> int | None:
    """The id in a subject such as "applicant:7"; None for a subject about something else."""
    head, _, tail = subject.partition(":")
    return int(tail) if head == what and tail.isdigit() else None


Read = Callable[[Connection, Scope, Row, date], pd.DataFrame]


def _reader(rule_id: str, colour: str) -> tuple[str, Read | None]:
    """Which rows a rule's light stands on. A grey light stands on the steward's marks, whatever its rule, or on records that cannot be."""
    if rule_id == rules.DATA_ANOMALY:
        return "anomalies", _anomalies
    if colour == "grey" or rule_id == rules.DATA_MISSING:
        return "coverage", _coverage
    if rule_id in _READERS:
        return _READERS[rule_id]
    family = rule_id.partition(".")[0]
    return _FAMILIES.get(family, ("", None))


def _duties(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    """Every period of the duty up to one after the light's own, with the meeting that answered it."""
    duty = Duty(found.rule_id.removeprefix("duty."))
    rows = pd.read_sql_query(
        select(
            *(duty_record.c[name] for name in ("period", "due_on", "status", "done_on")),
            *(meeting.c[name] for name in ("topic", "expected", "attended")),
        )
        .outerjoin_from(duty_record, meeting, meeting.c.meeting_id == duty_record.c.meeting_id)
        .where(
            duty_record.c.org_id == found.org_id,
            duty_record.c.duty == duty.value,
            duty_record.c.due_on >= found.since - timedelta(days=DAYS),
        )
        .order_by(duty_record.c.due_on.desc()),
        connection,
        parse_dates=["due_on", "done_on"],
    )
    return discreet(scope, rows, "topic")


def _dues(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    """The member's dues in this branch, the latest month first; amounts in yuan."""
    rows = pd.read_sql_query(
        select(dues.c.month, dues.c.category, dues.c.due_cents, dues.c.paid_cents, dues.c.paid_on)
        .where(dues.c.org_id == found.org_id, dues.c.member_id == found.member_id)
        .order_by(dues.c.month.desc()),
        connection,
        parse_dates=["paid_on"],
    )
    rows["month"] = [f"{month // 100}-{month % 100:02d}" for month in rows["month"]]
    return rows.assign(due_yuan=rows["due_cents"] / 100, paid_yuan=rows["paid_cents"] / 100)[list(COLUMNS["dues"])]


def _steps(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    """The applicant's steps in the order in which they were done."""
    rows = pd.read_sql_query(
        select(admission_step.c.step, admission_step.c.done_on, admission_step.c.days, admission_step.c.note)
        .where(admission_step.c.applicant_id == _number(found.subject, "applicant"))
        .order_by(admission_step.c.done_on, admission_step.c.step),
        connection,
        parse_dates=["done_on"],
    )
    rows["step"] = rows["step"].replace(_STEP_NAMES)
    return discreet(scope, rows, "note")


def _progress(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    rows = pd.read_sql_query(
        select(progress_report.c.reported_on, progress_report.c.percent, progress_report.c.note)
        .where(progress_report.c.assignment_id == _number(found.subject, "assignment"), last_of_day())
        .order_by(progress_report.c.reported_on.desc()),
        connection,
        parse_dates=["reported_on"],
    )
    return discreet(scope, rows, "note")


def _elections(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    what = case((election.c.held_on > today, f"换届（{Wrong.FUTURE.label}，未计入）"), else_="换届")
    held = select(what.label("what"), election.c.held_on, election.c.term_ends_on).where(election.c.org_id == found.org_id)
    moved = select(literal("延期获批"), term_extension.c.approved_on, term_extension.c.until).where(term_extension.c.org_id == found.org_id)
    sitting = select(literal("本届"), null(), organisation.c.term_ends_on).where(organisation.c.org_id == found.org_id)
    rows = pd.read_sql_query(union_all(held, moved, sitting), connection, parse_dates=["held_on", "term_ends_on"])
    return rows.sort_values(["term_ends_on", "held_on"], ascending=False, na_position="first", ignore_index=True)


def _members(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    counted = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    return pd.read_sql_query(
        select(member.c.status, func.count().label("count"))
        .where(member.c.org_id == found.org_id, member.c.status.in_(counted))
        .group_by(member.c.status)
        .order_by(member.c.status),
        connection,
    )


def _posts(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    return pd.read_sql_query(
        select(post.c.post, func.count().label("count"))
        .where(post.c.org_id == found.org_id, post.c.to_on.is_(None))
        .group_by(post.c.post)
        .order_by(post.c.post),
        connection,
    )


def _coverage(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    return pd.read_sql_query(
        select(coverage.c.source, coverage.c.from_on, coverage.c.to_on, coverage.c.note)
        .where(coverage.c.org_id == found.org_id)
        .order_by(coverage.c.from_on.desc(), coverage.c.source),
        connection,
        parse_dates=["from_on", "to_on"],
    )


def _anomalies(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    """The records that cannot be, as they were recorded: a period or a step may be none, a day may lie in the future.

    Where a record is one person's, the sentence's count is all there is for readers who may not list members.
    """
    told = json.loads(found.evidence)
    record = Record(told["table"])
    if record.personal and not scope.lists_members:
        return pd.DataFrame(columns=list(COLUMNS["anomalies"]))
    if record is Record.MEETING:
        rows = _odd_meetings(connection, scope, found, told["rows"], today)
    elif record is Record.STEP:
        rows = _odd_steps(connection, told["rows"], today)
    else:
        kind = oddities.KINDS[record]
        rows = oddities.read(connection, record, today, kind.org_id == found.org_id, most=len(told["rows"])).rename(columns={"on": "day"})
        rows = rows.assign(what=kind.what, named=as_seen(scope, rows["name"]))
    return rows[list(COLUMNS["anomalies"])]


def _odd_meetings(connection: Connection, scope: Scope, found: Row, meeting_ids: list[int], today: date) -> pd.DataFrame:
    """Those of the meetings that cannot be, each with the reason for which it was lit; what was corrected since is left out."""
    lit = (meeting.c.org_id == found.org_id, meeting.c.meeting_id.in_(meeting_ids))
    odd = odd_meetings(connection, today, settings(connection, scope), *lit)
    periods = dict(connection.execute(select(meeting.c.meeting_id, meeting.c.period).where(*lit)).all())
    return odd.rename(columns={"on": "day"}).assign(named=odd["row"].map(periods), what=oddities.KINDS[Record.MEETING].what)


def _odd_steps(connection: Connection, applicant_ids: list[int], today: date) -> pd.DataFrame:
    step = admission_step.c
    query = select(step.step.label("named"), step.done_on.label("day"), cast(step.days, String).label("value"))
    query = query.where(step.applicant_id.in_(applicant_ids), or_(step.done_on > today, step.step.not_in(_STEP_NAMES)))
    rows = pd.read_sql_query(query.order_by(step.applicant_id, step.done_on, step.step), connection, parse_dates=["day"])
    why = pd.Series(Oddity.UNKNOWN_STEP.label, rows.index, dtype="object").mask(rows["named"].isin(_STEP_NAMES), Oddity.FUTURE.label)
    return rows.assign(what=oddities.KINDS[Record.STEP].what, named=rows["named"].replace(_STEP_NAMES), why=why)


def _stars(connection: Connection, scope: Scope, found: Row, today: date) -> pd.DataFrame:
    rows = pd.read_sql_query(
        select(*(star_rating.c[name] for name in COLUMNS["stars"]))
        .where(star_rating.c.org_id == found.org_id)
        .order_by(star_rating.c.year.desc()),
        connection,
    )
    return rows.assign(year=rows["year"].astype(str))


_READERS: dict[str, tuple[str, Read]] = {rules.COMMITTEE_SIZE: ("posts", _posts), rules.ORG_SIZE: ("members", _members)}
_FAMILIES: dict[str, tuple[str, Read]] = {
    "duty": ("duties", _duties),
    "dues": ("dues", _dues),
    "admission": ("steps", _steps),
    "task": ("progress", _progress),
    "election": ("elections", _elections),
    "star": ("stars", _stars),
}
